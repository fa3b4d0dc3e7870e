import assert from 'node:assert/strict';
import { test } from 'node:test';
import { belongs, shownWith, type Filter } from './gallery.ts';
import { anArtifact, aPrompt } from './samples.ts';

const ALL: Filter = { type: '', q: '', starred: false };

test('the results of a prompt come with its words', () => {
  const prompt = aPrompt({ id: 5, starred: true, artifacts: [anArtifact({ id: 7 }), anArtifact({ id: 8 })] });
  const found = shownWith(prompt);
  assert.deepEqual(found.map(({ id, prompt_text, starred }) => [id, prompt_text, starred]), [
    [7, prompt.prompt_text, true],
    [8, prompt.prompt_text, true],
  ]);
});

test('filters decide who joins', () => {
  const sound = anArtifact({ artifact_type: 'audio' });
  assert.equal(belongs(sound, ALL), true);
  assert.equal(belongs(sound, { ...ALL, type: 'image' }), false);
  assert.equal(belongs(sound, { ...ALL, starred: true }), false);
  assert.equal(belongs(sound, { ...ALL, q: 'rain' }), false);
});
