import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anArtifact, aPrompt } from './samples.ts';
import { doing, fallback, stages, wantsBetterWords } from './stages.ts';

function at(stage: string) {
  return stages(aPrompt({ status: 'processing', progress: { value: 1, max: 2, stage, eta_seconds: null } }));
}

test('the stage that runs is told from the progress', () => {
  assert.equal(at('painting'), null);
  assert.deepEqual(at('1 of 2: Anthony writes')?.map((stage) => stage.state), ['now', 'later']);
  assert.deepEqual(at('2 of 2: painting')?.map((stage) => stage.state), ['done', 'now']);
  assert.deepEqual(at('2 of 2: painting')?.map((stage) => stage.title), ['The words', 'The picture']);
});

test('before anybody has spoken the words are being found', () => {
  const prompt = aPrompt({ status: 'processing', enhance: true });
  assert.equal(doing(prompt), '1 of 2: finding the words');
  assert.deepEqual(stages(prompt)?.map((stage) => stage.state), ['now', 'later']);
  assert.equal(doing(aPrompt()), 'Painting');
  assert.equal(stages(aPrompt()), null);
});

test('a fallback gives its reason', () => {
  assert.equal(fallback(aPrompt({ artifacts: [anArtifact()] })), '');
  assert.equal(fallback(aPrompt({ artifacts: [anArtifact({ metadata: { enhanced: false, fallback_reason: 'no model' } })] })), 'no model');
  assert.equal(fallback(aPrompt({ artifacts: [anArtifact({ metadata: { enhanced: false } })] })), 'no reason was given');
});

test('better words are wanted by wish or by type', () => {
  assert.equal(wantsBetterWords(aPrompt()), false);
  assert.equal(wantsBetterWords(aPrompt({ enhance: true })), true);
  assert.equal(wantsBetterWords(aPrompt({ prompt_type: 'image_prompt' })), true);
  assert.equal(wantsBetterWords(aPrompt({ prompt_type: 'lyrics_prompt', enhance: false })), false);
});
