import assert from 'node:assert/strict';
import test from 'node:test';
import { aField, aWorkflow } from './samples.ts';
import { rows, valuesFor } from './settings.ts';

test('what another program says fills the fields that mean the same', () => {
  const workflow = aWorkflow([
    aField({ name: 'seed_2', type: 'int', role: 'seed' }),
    aField({ name: 'width', type: 'int', role: 'width', minimum: 64, maximum: 1024 }),
    aField({ name: 'height', type: 'int', role: 'height', minimum: 64, maximum: 1024 }),
    aField({ name: 'negative', type: 'longtext', role: 'negative_prompt' }),
    aField({ name: 'sampler', type: 'choice', role: 'sampler', choices: ['euler'] }),
    aField({ name: 'speed', type: 'int', role: null }),
  ]);
  const settings = { prompt: 'a fox', negative_prompt: 'dull', seed: 7, width: 512, height: 4096, sampler: 'Euler a' };
  assert.deepEqual(valuesFor(workflow, settings), { seed_2: 7, width: 512, negative: 'dull' });
});

test('a number beyond what a page counts is left out', () => {
  const workflow = aWorkflow([aField({ name: 'seed', type: 'int', role: 'seed' })]);
  assert.deepEqual(valuesFor(workflow, { seed: 2 ** 60 }), {});
});

test('what is known is listed in words', () => {
  assert.deepEqual(rows({ seed: 0, prompt: 'a fox', width: null }), [['Words', 'a fox'], ['Seed', '0']]);
});
