import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from './errors.ts';
import { aField, aWorkflow } from './samples.ts';
import { grouped, initially, isFile, lost, nameOf, sentences, sourceOf, stateOf, takes } from './workflows.ts';

test('a field says what it takes', () => {
  assert.equal(takes(aField({ type: 'int', minimum: 64, maximum: 2048 })), 'a whole number, 64 to 2048');
  assert.equal(takes(aField({ type: 'float', minimum: 0 })), 'a number, 0 or more');
  assert.equal(takes(aField({ type: 'float', maximum: 9 })), 'a number, 9 at most');
  assert.equal(takes(aField({ type: 'choice', choices: ['euler', 'heun'] })), 'a choice of 2: euler, heun');
  assert.equal(takes(aField({ type: 'choice', choices: Array.from({ length: 30 }, (_, n) => `way ${n}`) })), 'a choice of 30');
  assert.equal(takes(aField({ type: 'image' })), 'a picture');
  assert.equal(initially(aField({ default: 20 })), '20');
  assert.equal(initially(aField({ default: null })), '');
});

test('built-in workflows stay, files can go', () => {
  assert.equal(isFile(aWorkflow([], { source: 'sketch' })), false);
  assert.equal(isFile(aWorkflow([], { source: 'poets' })), false);
  assert.equal(isFile(aWorkflow([], { source: 'script' })), true);
  assert.equal(sourceOf(aWorkflow([], { source: 'comfyui' })), 'a ComfyUI graph');
  assert.equal(sourceOf(aWorkflow([], { source: 'new' })), 'new');
});

test('workflows stand by kind, the first of a kind first', () => {
  const [poem, fox, owl] = [aWorkflow([], { kind: 'text' }), aWorkflow([], { name: 'fox' }), aWorkflow([], { name: 'owl' })];
  assert.deepEqual(grouped([fox, poem, owl], ['text', 'image', 'music']), [
    { kind: 'text', workflows: [poem] },
    { kind: 'image', workflows: [fox, owl] },
  ]);
});

test('a backend is described in a line', () => {
  const backend = { kind: 'comfyui', url: 'http://studio:8188', reachable: true, version: '0.3', queue_length: 0, last_error: null, asleep: false };
  assert.equal(nameOf({ ...backend, kind: 'llm' }), 'The poets’ language model');
  assert.equal(nameOf({ ...backend, kind: 'new' }), 'new');
  assert.equal(stateOf(backend), 'ready, nothing in its queue');
  assert.equal(stateOf({ ...backend, queue_length: 2 }), 'busy, 2 jobs in its queue');
  assert.equal(stateOf({ ...backend, queue_length: null }), 'ready');
  assert.equal(stateOf({ ...backend, reachable: false }), 'does not answer');
  assert.equal(stateOf({ ...backend, reachable: false, asleep: true }), 'asleep, woken when a prompt needs it');
});

test('a refused file is explained by its faults', () => {
  const faults = [{ where: 'file', message: 'is no workflow' }];
  assert.deepEqual(sentences(new ApiError('Invalid', 422, faults)), ['The file is no workflow.']);
  assert.deepEqual(sentences(new ApiError('There is one already.', 409)), ['There is one already.']);
});

test('a preset says which of its values have no place any more', () => {
  assert.equal(lost(['cfg']), 'cfg is gone from the workflow; what was kept for it is not used.');
  assert.equal(lost(['cfg', 'steps', 'seed']), 'cfg, steps and seed are gone from the workflow; what was kept for them is not used.');
});
