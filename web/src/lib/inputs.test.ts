import assert from 'node:assert/strict';
import { test } from 'node:test';
import { artifactIn, isInput, referenceTo } from './inputs.ts';
import { anArtifact } from './samples.ts';

test('a result is named by its number', () => {
  assert.equal(referenceTo(anArtifact({ id: 12 })), 'artifact:12');
  assert.equal(artifactIn('artifact:12'), 12);
  for (const other of ['example.png', 'artifact:', 'artifact:1x', '', null, 12]) assert.equal(artifactIn(other), null);
});

test('pictures and sounds are inputs', () => {
  assert.deepEqual(['image', 'audio', 'text', 'int'].map(isInput), [true, true, false, false]);
});
