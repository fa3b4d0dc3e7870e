import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reproduction } from './reproduction.ts';
import { aPrompt } from './samples.ts';

function repeated(found: Record<string, unknown> | null, status = 'completed') {
  return reproduction(aPrompt({ status, reproduces: 12, artifact_metadata: found && { reproduction: { of: 12, ...found } } }));
}

test('a prompt that repeats no other says nothing, whatever its metadata claim', () => {
  assert.equal(reproduction(aPrompt({ metadata: { reproduces: 12 } })), null);
});

test('until it is made nothing is claimed', () => {
  assert.deepEqual(repeated(null, 'pending'), { original: 12, identical: null, sentence: 'This runs an earlier recipe again.' });
});

test('the comparison is said in words', () => {
  const whole = { compared: 1, expected: 1 };
  assert.match(repeated({ ...whole, identical: true, same_bytes: true })!.sentence, /byte for byte/);
  assert.match(repeated({ ...whole, identical: true, same_bytes: false })!.sentence, /same to look at/);
  assert.match(repeated({ ...whole, identical: false, same_bytes: false })!.sentence, /another result/);
  assert.equal(repeated({ identical: false, compared: 1, expected: 4 })!.sentence, 'Not the same: it has 1 picture, and the earlier one had 4.');
  assert.equal(repeated({ identical: false, compared: 0, expected: 0 })!.identical, null);
});
