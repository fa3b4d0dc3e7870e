import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ago, bytes, clock, counted, excerpt, ordinal, span } from './format.ts';

test('clock', () => {
  assert.deepEqual([0, 7.9, 200, 3725, Number.NaN, -3].map(clock), ['0:00', '0:07', '3:20', '1:02:05', '0:00', '0:00']);
});

test('span', () => {
  assert.deepEqual([0.44, 9.96, 12.2, 89, 90, 3600, 7500].map(span), ['0.4 s', '10 s', '12 s', '89 s', '2 min', '1 h', '2 h 5 min']);
});

test('ago', () => {
  const now = Date.UTC(2026, 0, 2);
  const before = (seconds: number) => ago(now - seconds * 1000, now);
  assert.deepEqual([3, 60, 3599, 7200, 86_400, 3 * 86_400].map(before), ['just now', '1 min ago', '60 min ago', '2 h ago', 'yesterday', '3 days ago']);
  assert.equal(ago(Number.NaN, now), '');
});

test('bytes, counts and places', () => {
  assert.deepEqual([412, 18_400, 2_420_000].map(bytes), ['412 B', '18 kB', '2.4 MB']);
  assert.equal(counted(1, 'picture'), '1 picture');
  assert.equal(counted(4, 'picture'), '4 pictures');
  assert.deepEqual([1, 2, 3, 4, 11, 12, 13, 21, 102, 111].map(ordinal), ['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '102nd', '111th']);
});

test('an excerpt ends at a word and stays within its limit', () => {
  assert.equal(excerpt('  short\n text '), 'short text');
  assert.equal(excerpt('one two three four', 10), 'one two…');
  assert.equal(excerpt('x'.repeat(30), 10).length, 11);
});
