import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MusingDetail, MusingStep, Prompt } from './api/types.ts';
import { fieldOf, nameOf, problemOf, progressOf, replyWith, results, stateOf, statusOf, titleOf } from './musing.ts';

function prompt(number: number, title: string | null, content = 'The fox goes out.'): Prompt {
  const writing = title === null ? null : { title, content };
  return { id: number, status: 'completed', musing_number: number, writing, artifacts: [] } as unknown as Prompt;
}

function step(more: Partial<MusingStep>): MusingStep {
  return { name: 'poem', title: 'Poem', kind: 'text', state: 'completed', problem: null, ask: null, question: null, prompt_ids: [], edits: {}, chosen: [1], prompts: [], ...more };
}

test('every state has its words', () => {
  assert.equal(stateOf(step({ state: 'asking' })), 'asks you');
  assert.equal(statusOf({ status: 'completed' }), 'Done.');
  assert.equal(progressOf({ steps: [step({}), step({ state: 'skipped' }), step({ state: 'running' })] }), '2 of 3 steps');
  assert.equal(progressOf({ steps: [step({})] }), '1 of 1 step');
});

test('a problem is told without the command that the button stands for', () => {
  assert.equal(problemOf({ problem: 'Picture: Prompt 2: no paint. `musings musing retry 1 --step picture` makes it anew and goes on.' }), 'Picture: Prompt 2: no paint.');
  assert.equal(
    problemOf({ problem: 'poem: Prompt 1 was deleted, and later steps need what it made. Bring it back from the trash, or `musings musing retry 1 --step poem` makes it anew.' }),
    'poem: Prompt 1 was deleted, and later steps need what it made. Bring it back from the trash',
  );
  assert.equal(problemOf({ problem: null }), '');
});

test('what is shown of a step is what later steps use', () => {
  const made = [prompt(1, 'One'), prompt(2, 'Two'), { ...prompt(3, null), status: 'failed' }];
  assert.deepEqual(results(step({ state: 'asking', chosen: [], prompts: made })).map(({ number }) => number), [1, 2]);
  assert.deepEqual(results(step({ chosen: [2], prompts: made })).map(({ title }) => title), ['Two']);
  assert.equal(results(step({ prompts: made, edits: { '1': 'The hare.' } }))[0]?.text, 'The hare.');
});

test('the title is that of the leading text, else the idea', () => {
  const musing = (steps: MusingStep[]) => ({ idea: 'a fox\n in the snow', steps }) as unknown as MusingDetail;
  assert.equal(titleOf(musing([step({ prompts: [prompt(1, 'Snow')] })])), 'Snow');
  assert.equal(titleOf(musing([step({ state: 'asking', prompts: [prompt(1, 'Snow')] })])), 'a fox in the snow');
  assert.equal(titleOf(musing([step({ chosen: [1, 2], prompts: [prompt(1, 'One'), prompt(2, 'Two')] })])), 'a fox in the snow');
});

test('only what was changed is an edit', () => {
  const made = results(step({ state: 'asking', prompts: [prompt(1, 'One'), prompt(2, 'Two')] }));
  assert.deepEqual(replyWith({}, made), { action: 'approve', edits: [], numbers: [] });
  assert.deepEqual(replyWith({ 1: 'The fox goes out.', 2: 'It stays.' }, made), { action: 'edit', edits: [{ number: 2, text: 'It stays.' }], numbers: [] });
});

test('a parameter says by its default what field it needs', () => {
  assert.equal(fieldOf({ default: 'ink', choices: ['ink', 'oil'] }), 'choice');
  assert.equal(fieldOf({ default: false, choices: [] }), 'switch');
  assert.equal(fieldOf({ default: 3, choices: [] }), 'number');
  assert.equal(fieldOf({ default: '', choices: [] }), 'text');
  assert.equal(nameOf({ name: 'how_many', title: '' }), 'how many');
});
