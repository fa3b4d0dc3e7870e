import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sought } from './seeking.ts';

test('arrows go by five seconds, Home and End to the edges, other keys nowhere', () => {
  assert.deepEqual(
    ['ArrowRight', 'ArrowUp', 'ArrowLeft', 'ArrowDown', 'Home', 'End', 'a'].map((key) => sought(key, 20, 60)),
    [25, 25, 15, 15, 0, 60, undefined],
  );
});
