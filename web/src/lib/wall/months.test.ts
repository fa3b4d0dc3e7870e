import assert from 'node:assert/strict';
import { test } from 'node:test';
import { monthName, monthsAlong } from './months.ts';

test('months have the share of the wall that their works have', () => {
  const months = monthsAlong([{ period: '2026-02', count: 3 }, { period: '2026-01', count: 4 }, { period: '2025-12', count: 2 }]);
  assert.deepEqual(months.map(({ period, first, end, isYear }) => [period, first, end, isYear]), [
    ['2026-02', 0, 3, true],
    ['2026-01', 3, 7, false],
    ['2025-12', 7, 9, true],
  ]);
  assert.deepEqual(monthsAlong([]), []);
});

test('works without a time have their place and no month', () => {
  const months = monthsAlong([{ period: '2026-02', count: 3 }, { period: null, count: 4 }, { period: '2026-01', count: 1 }]);
  assert.deepEqual(months.map(({ period, first }) => [period, first]), [['2026-02', 0], ['2026-01', 7]]);
});

test('a month is named as its reader writes it, wherever that is', () => {
  assert.equal(monthName('2026-11', 'en'), 'November 2026');
  assert.equal(monthName('2026-01', 'de'), 'Januar 2026');
  assert.equal(monthName('', 'en'), '');
});
