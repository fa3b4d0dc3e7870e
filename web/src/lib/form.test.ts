import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canEnhance, changed, countIn, emptyDraft, layout, parse, readDraft, readTicket, shown, submission, ticketFor, workflowsOf } from './form.ts';
import { aField, aWorkflow } from './samples.ts';

const width = aField({ name: 'w', type: 'int', role: 'width', default: 768 });
const height = aField({ name: 'h', type: 'int', role: 'height', default: 768 });
const steps = aField({ name: 'steps', type: 'int', default: 20, advanced: true });
const seed = aField({ name: 'seed', type: 'int', role: 'seed' });
const count = aField({ name: 'n', type: 'int', role: 'count', default: 1 });
const words = aField({ name: 'positive', type: 'longtext', role: 'prompt' });
const workflow = aWorkflow([words, width, height, seed, steps, count]);

test('sizes pair up, advanced fields fold away, the prompt has its own place', () => {
  const parts = layout(workflow);
  assert.deepEqual(parts.size, { width, height });
  assert.deepEqual(parts.plain, [seed]);
  assert.deepEqual(parts.advanced, [steps]);
  assert.equal(parts.count, count);
});

test('a width without a height stays a plain field', () => {
  const parts = layout(aWorkflow([width]));
  assert.equal(parts.size, null);
  assert.deepEqual(parts.plain, [width]);
});

test('a field shows what was set, else its default', () => {
  assert.equal(shown(steps, {}), 20);
  assert.equal(shown(steps, { steps: 4 }), 4);
  assert.equal(shown(seed, {}), null);
});

test('typed words become values of the type of the field', () => {
  assert.equal(parse(steps, '12'), 12);
  assert.equal(parse(steps, ' '), null);
  assert.equal(parse(steps, 'many'), null);
  assert.equal(parse(aField({ type: 'float' }), '0.5'), 0.5);
  assert.equal(parse(aField({ type: 'bool' }), true), true);
  assert.equal(parse(aField(), ''), '');
  assert.equal(parse(aField({ type: 'choice' }), ''), null);
});

test('only what was changed is sent', () => {
  assert.deepEqual(changed(workflow, { steps: 20, seed: 0, w: 512, gone: 1, n: 4 }), { seed: 0, w: 512 });
});

test('a submission says its type, and names a workflow only when another than the default was chosen', () => {
  const draft = { ...emptyDraft(), kind: 'image' as const, text: ' a heron ', values: { 'sketch-image': { seed: 7, n: 3 } } };
  assert.deepEqual(submission(draft, workflow), {
    prompt_text: 'a heron', prompt_type: 'image', priority: 5, parameters: { seed: 7 }, workflow: null, count: 3,
  });
  assert.equal(submission(draft, { ...workflow, default: false }).workflow, 'sketch-image');
  const poem = submission({ ...draft, kind: 'text', textType: 'poem' }, null);
  assert.equal(poem.prompt_type, 'poem');
  assert.equal(poem.count, null);
});

test('where words are not used none are needed', () => {
  const scaler = aWorkflow([], { name: 'scaler', title: 'Scaler', takes_text: false, default: false });
  assert.equal(submission(emptyDraft(), scaler).prompt_text, 'Scaler');
  assert.equal(submission({ ...emptyDraft(), text: ' the old mill ' }, scaler).prompt_text, 'the old mill');
  assert.equal(submission(emptyDraft(), workflow).prompt_text, '');
});

test('a count belongs to its form', () => {
  const draft = { ...emptyDraft(), kind: 'image' as const, text: 'a heron', values: { 'sketch-image': { n: 4 } } };
  const song = aWorkflow([{ ...count, default: 1 }], { name: 'sketch-music', kind: 'music' });
  assert.equal(submission(draft, workflow).count, 4);
  assert.equal(submission({ ...draft, kind: 'music' }, song).count, 1);
  assert.equal(submission({ ...draft, kind: 'music' }, aWorkflow([words], { name: 'plain' })).count, null);
  assert.equal(countIn(workflow, { n: 99 }), 16);
  assert.equal(countIn(aWorkflow([{ ...count, default: 2, maximum: 3 }]), {}), 2);
  assert.equal(countIn(aWorkflow([{ ...count, maximum: 3 }]), { n: 9 }), 3);
  assert.equal(countIn(workflow, { n: 'many' }), 1);
});

test('workflows are offered by kind', () => {
  assert.deepEqual(workflowsOf([workflow, aWorkflow([], { kind: 'music' })], 'image'), [workflow]);
});

test('a stored draft comes back, field by field', () => {
  const draft = { ...emptyDraft(), kind: 'music', text: 'slow piano', priority: 2 };
  assert.deepEqual(readDraft(JSON.stringify(draft)), draft);
  assert.deepEqual(readDraft(null), emptyDraft());
  assert.deepEqual(readDraft('{broken'), emptyDraft());
  assert.deepEqual(readDraft('3'), emptyDraft());
  assert.deepEqual(readDraft('{"kind":"sculpture","text":5,"values":null,"priority":4}'), { ...emptyDraft(), priority: 4 });
});

test('the same submission keeps its key until it is answered', () => {
  const draft = { ...emptyDraft(), text: 'x' };
  let made = 0;
  const newKey = () => `key-${(made += 1)}`;
  const first = ticketFor(null, submission(draft, null), newKey);
  const reloaded = readTicket(JSON.stringify(first));
  assert.equal(ticketFor(reloaded, submission(draft, null), newKey).key, first.key);
  assert.notEqual(ticketFor(reloaded, submission({ ...draft, text: 'y' }, null), newKey).key, first.key);
});

test('a broken ticket is none', () => {
  assert.deepEqual(['', '{', '{"key":1}', 'null'].map(readTicket), [null, null, null, null]);
});

test('the poets are offered for pictures and music while nothing is known against them', () => {
  const poets = aWorkflow([], { kind: 'text', source: 'poets' });
  assert.equal(canEnhance([poets], 'image'), true);
  assert.equal(canEnhance([poets], 'voice'), false);
  assert.equal(canEnhance([{ ...poets, problem: 'no language model' }], 'music'), false);
  assert.equal(canEnhance([aWorkflow([])], 'image'), false);
  const draft = { ...emptyDraft(), kind: 'image' as const, text: 'a fox', enhance: true };
  assert.equal(submission(draft, null, true).enhance, true);
  assert.equal('enhance' in submission(draft, null), false);
  assert.equal('enhance' in submission({ ...draft, enhance: false }, null, true), false);
});
