import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differences, isSketch, recipe, seed } from './recipe.ts';
import { anArtifact, aPrompt } from './samples.ts';

test('the recipe says what was asked and what came of it', () => {
  const made = anArtifact({
    metadata: { backend: 'sketch', workflow: 'sketch-image', seed: 42, width: 640, height: 480, bytes: 1200, parameters: { style: 'night', width: 640 } },
  });
  const prompt = aPrompt({ artifacts: [made], processing_duration: 2.4 });
  const rows = Object.fromEntries(recipe(prompt, made).map(({ label, value }) => [label, value]));
  assert.equal(rows['Made by'], 'the built-in sketch engine');
  assert.equal(rows['Size'], '640 × 480 px');
  assert.equal(rows['Style'], 'night');
  assert.equal(rows['Seed'], '42');
  assert.equal(rows['Took'], '2.4 s');
  assert.ok(!('Width' in rows) && !('Finished' in rows));
  assert.equal(isSketch(made), true);
});

test('a seed is found in the result first, then in the request', () => {
  assert.equal(seed(aPrompt({ parameters: { seed: 1 } }), anArtifact({ metadata: { seed: 2 } })), '2');
  assert.equal(seed(aPrompt({ parameters: { seed: 0 } }), null), '0');
  assert.equal(seed(aPrompt(), null), null);
});

test('files that it was made from can be had', () => {
  const rows = recipe(aPrompt({ parameters: { image: 'upload:ab', other: 'artifact:7', third: 'example.png' } }), null);
  const found = Object.fromEntries(rows.map(({ label, value, file }) => [label, [value, file]]));
  assert.deepEqual(found['Image'], ['a file of yours', '/api/uploads/upload:ab']);
  assert.deepEqual(found['Other'], ['result 7', '/api/artifacts/7']);
  assert.deepEqual(found['Third'], ['example.png', undefined]);
});

test('two recipes differ in what they say, not in when', () => {
  const one = [{ label: 'Words', value: 'a fox' }, { label: 'Seed', value: '7' }, { label: 'Steps', value: '20' }, { label: 'Took', value: '3 s' }];
  const other = [{ label: 'Words', value: 'a fox' }, { label: 'Seed', value: '8' }, { label: 'Style', value: 'ink' }, { label: 'Took', value: '9 s' }];
  assert.deepEqual(differences(one, other), [
    { label: 'Seed', one: '7', other: '8' },
    { label: 'Steps', one: '20', other: null },
    { label: 'Style', one: null, other: 'ink' },
  ]);
  assert.deepEqual(differences(one, one), []);
});
