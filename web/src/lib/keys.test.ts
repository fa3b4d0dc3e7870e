import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyed } from './keys.ts';

const keys = (...names: string[]) => keyed(names.map((name) => ({ name }))).map((entry) => entry.key);

test('an item keeps its key wherever it stands', () => {
  assert.deepEqual(keys('a', 'b').sort(), keys('b', 'a').sort());
});

test('no two items have one key', () => {
  const found = keys('a', 'a', '1 a', 'a', '0 a', '');
  assert.equal(new Set(found).size, found.length);
});
