import assert from 'node:assert/strict';
import { test } from 'node:test';
import { following, LOOPS, SPEEDS, turned } from './playlist.ts';

test('one follows the other, and the end leads round only when all are repeated', () => {
  const list = [9, 7, 4];
  assert.equal(following(list, 9, 1, 'off'), 7);
  assert.equal(following(list, 7, -1, 'off'), 9);
  assert.equal(following(list, 4, 1, 'off'), null);
  assert.equal(following(list, 4, 1, 'all'), 9);
  assert.equal(following(list, 9, -1, 'all'), 4);
});

test('what stands alone, or in no list, is followed by nothing', () => {
  assert.equal(following([], 9, 1, 'all'), null);
  assert.equal(following([9], 9, 1, 'all'), null);
  assert.equal(following([7, 4], 9, 1, 'all'), null);
});

test('a button goes through its choices and begins anew', () => {
  assert.deepEqual(LOOPS.map((loop) => turned(LOOPS, loop)), ['all', 'one', 'off']);
  assert.equal(turned(SPEEDS, 0.75), 1);
});
