import assert from 'node:assert/strict';
import { test } from 'node:test';
import { badge, outputs, ratio, words } from './kinds.ts';
import { anArtifact, aPrompt } from './samples.ts';

test('the badge counts what was made, or asked for', () => {
  assert.equal(badge(aPrompt()), 'image');
  assert.equal(badge(aPrompt({ parameters: { count: 4 } })), 'image (4)');
  assert.equal(badge(aPrompt({ artifacts: [anArtifact(), anArtifact({ id: 2 })], parameters: { count: 4 } })), 'image (2)');
  assert.equal(outputs(aPrompt({ artifact_metadata: { count: 3 } })), 3);
  assert.equal(words('music').one, 'piece');
  assert.equal(words(null).kind, 'text');
});

test('a picture has its true ratio, or a square while it is unknown', () => {
  assert.equal(ratio(anArtifact({ metadata: { width: 1024, height: 512 } })), 2);
  assert.equal(ratio(anArtifact({ metadata: { width: 0, height: 512 } })), 1);
});
