import assert from 'node:assert/strict';
import { test } from 'node:test';
import { peaksOf, thin } from './peaks.ts';

test('peaks are thinned to the loudest of each part and scaled', () => {
  assert.deepEqual(thin([0.1, 0.5, -0.25, 0.2], 2), [1, 0.5]);
  assert.deepEqual(thin([0.5], 96), [1]);
  assert.deepEqual(thin([], 10), []);
  assert.deepEqual(thin([0, 0], 2), [0, 0]);
  assert.equal(thin(Array.from({ length: 1000 }, (_, index) => index / 1000), 96).length, 96);
  assert.deepEqual(peaksOf({ peaks: [0.5, 'x', 1] }), [0.5, 1]);
  assert.deepEqual(peaksOf({}), []);
});
