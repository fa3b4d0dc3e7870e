import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeholder } from './thumbhash.ts';

test('a thumbhash becomes a small picture', () => {
  const url = placeholder('1QcSHQRnh493V4dIh4eXh1h4kJUI');
  assert.match(url ?? '', /^data:image\/png;base64,/);
  assert.equal(placeholder('1QcSHQRnh493V4dIh4eXh1h4kJUI'), url);
});

test('a missing or broken hash gives none', () => {
  assert.deepEqual(['', '%%%', 'AA==', 'A'.repeat(400)].map(placeholder), [null, null, null, null]);
});
