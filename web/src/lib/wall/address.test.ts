import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSame, searchOf, shownIn } from './address.ts';

test('an address says what is shown, and is said by it', () => {
  for (const search of ['', '?type=image', '?q=a+fox', '?type=audio&q=rain&starred=1&at=120&work=7']) {
    assert.equal(searchOf(shownIn(search)), search);
  }
});

test('what is no filter, place or work is left out', () => {
  const shown = shownIn('?type=smell&q=+&starred=yes&at=-4&work=1e9&more=1');
  assert.deepEqual(shown, { type: '', q: ' ', starred: false, at: null, work: null });
  assert.equal(searchOf(shown), '');
});

test('blanks around a search make no other one', () => {
  const filter = { type: '', q: 'fox', starred: false } as const;
  assert.equal(isSame(filter, { ...filter, q: ' fox ' }), true);
  assert.equal(isSame(filter, { ...filter, starred: true }), false);
});
