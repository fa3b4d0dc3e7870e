import assert from 'node:assert/strict';
import { test } from 'node:test';
import { appended, belongs, merged, type Filter } from './gallery.ts';
import { anArtifact, aPrompt } from './samples.ts';

const ALL: Filter = { type: '', q: '', starred: false };

test('a finished prompt joins the gallery in front', () => {
  const old = anArtifact({ id: 3, prompt_id: 2 });
  const prompt = aPrompt({ id: 5, status: 'completed', artifacts: [anArtifact({ id: 7 }), anArtifact({ id: 8 })] });
  const items = merged([old], 5, prompt, ALL);
  assert.deepEqual(items.map(({ id }) => id), [8, 7, 3]);
  assert.equal(items[0]?.prompt_text, prompt.prompt_text);
  assert.deepEqual(merged(items, 5, prompt, ALL).map(({ id }) => id), [8, 7, 3]);
});

test('a prompt that is gone takes its results along; a star shows at once', () => {
  const mine = anArtifact({ id: 3, prompt_id: 2 });
  assert.deepEqual(merged([mine], 2, null, ALL), []);
  assert.equal(merged([mine], 2, aPrompt({ id: 2, starred: true, artifacts: [mine] }), ALL)[0]?.starred, true);
});

test('results older than the loaded pages wait for their page', () => {
  const items = [anArtifact({ id: 30 }), anArtifact({ id: 20 })];
  const prompt = aPrompt({ id: 9, artifacts: [anArtifact({ id: 4, prompt_id: 9 })] });
  assert.deepEqual(merged(items, 9, prompt, ALL), items);
});

test('filters decide who joins', () => {
  const sound = anArtifact({ artifact_type: 'audio' });
  assert.equal(belongs(sound, ALL), true);
  assert.equal(belongs(sound, { ...ALL, type: 'image' }), false);
  assert.equal(belongs(sound, { ...ALL, starred: true }), false);
  assert.equal(belongs(sound, { ...ALL, q: 'rain' }), false);
});

test('pages that overlap are joined once', () => {
  const [a, b, c] = [1, 2, 3].map((id) => anArtifact({ id }));
  assert.deepEqual(appended([c!, b!], [b!, a!]).map(({ id }) => id), [3, 2, 1]);
});
