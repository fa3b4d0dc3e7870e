import assert from 'node:assert/strict';
import { test } from 'node:test';
import { badge, download, outputs, ratio, titleOf, words } from './kinds.ts';
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

test('a title that repeats the prompt is not said again', () => {
  const writing = { id: 1, title: 'Rain', content: '', content_type: 'poem', mood: null, word_count: 1, line_count: 1, character_count: 4, explicit_content: false, created_at: null };
  assert.equal(titleOf(aPrompt({ writing, prompt_text: 'rain ' })), null);
  assert.equal(titleOf(aPrompt({ writing, prompt_text: 'the weather' })), 'Rain');
  assert.equal(titleOf(aPrompt()), null);
});

test('a download keeps the query of a signed address', () => {
  assert.equal(download(anArtifact({ file_url: '/api/artifacts/1' })), '/api/artifacts/1?download=1');
  assert.equal(download(anArtifact({ file_url: '/media/a.png?sig=x' })), '/media/a.png?sig=x&download=1');
});
