import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rows, boxesOf, freshRows, type Frame } from './rows.ts';

const FRAME: Frame = { width: 1200, tall: 200, gap: 10 };

/** Ratios that are the same in each run: the numbers are spread by a step that shares no divisor with them. */
function someRatios(count: number): number[] {
  return Array.from({ length: count }, (_, index) => 0.5 + ((index * 37) % 101) / 50);
}

function laidOut(ratios: number[], frame = FRAME): Rows {
  const rows = new Rows(frame);
  while (rows.grow((first, end) => ratios.slice(first, end), true));
  return rows;
}

const slice = (ratios: number[]) => (first: number, end: number) => ratios.slice(first, end);

test('every work stands in one row, in its order, and rows fill the width', () => {
  const ratios = someRatios(2000);
  const rows = laidOut(ratios);
  assert.equal(rows.laid, 2000);
  const found = rows.first.map((_, row) => rows.boxes(row, slice(ratios)));
  assert.deepEqual(found.flat().map(({ index }) => index), ratios.map((_, index) => index));
  for (const boxes of found.slice(0, -1)) {
    const end = boxes.at(-1)!;
    assert.ok(Math.abs(end.left + end.width - FRAME.width) < 0.01);
  }
});

test('works keep their ratio, to the rounding of a row', () => {
  const ratios = someRatios(500);
  const rows = laidOut(ratios);
  rows.first.forEach((_, row) => {
    for (const { index, width } of rows.boxes(row, slice(ratios))) {
      assert.ok(Math.abs(width / rows.heights[row]! / ratios[index]! - 1) < 0.02, `${index}`);
    }
  });
});

test('rows are near the height that is wanted, the last one is not stretched', () => {
  const rows = laidOut(someRatios(301));
  for (const height of rows.heights) assert.ok(height >= 100 && height <= 400, String(height));
  const [box] = laidOut([1]).boxes(0, slice([1]));
  assert.ok(box!.width <= 250);
});

test('a wall that grows breaks its rows as one that is there at once', () => {
  const ratios = someRatios(3000);
  const growing = new Rows(FRAME);
  for (const known of [10, 700, 701, 2400, 3000]) {
    while (growing.grow(slice(ratios.slice(0, known)), known === 3000));
  }
  const atOnce = laidOut(ratios);
  assert.deepEqual(growing.first, atOnce.first);
  assert.deepEqual(growing.heights, atOnce.heights);
});

test('what does not fill a row waits for what comes', () => {
  const rows = new Rows(FRAME);
  assert.equal(rows.grow(slice([1, 1]), false), false);
  assert.equal(rows.laid, 0);
  assert.equal(rows.grow(slice([1, 1]), true), true);
  assert.equal(rows.laid, 2);
  assert.equal(rows.grow(slice([1, 1]), true), false);
});

test('the row of a work is found', () => {
  const rows = laidOut(someRatios(999));
  for (const index of [0, 1, 500, 998]) {
    const row = rows.rowOf(index);
    assert.ok(rows.first[row]! <= index && index < (rows.first[row + 1] ?? 999));
  }
  assert.equal(rows.rowOf(-1), -1);
  assert.equal(rows.rowOf(999), -1);
});

test('what arrives leaves the full rows as they are', () => {
  const ratios = someRatios(40);
  let before = freshRows(ratios.slice(0, 20), FRAME);
  for (let count = 21; count <= 40; count += 1) {
    const after = freshRows(ratios.slice(0, count), FRAME);
    assert.deepEqual(after.slice(0, before.length - 1), before.slice(0, -1));
    before = after;
  }
  assert.equal(before.reduce((sum, { count }) => sum + count, 0), 40);
  assert.deepEqual(freshRows([], FRAME), []);
});

test('a narrow window has rows of one or two', () => {
  const ratios = someRatios(50);
  const rows = laidOut(ratios, { width: 358, tall: 152, gap: 8 });
  assert.equal(rows.laid, 50);
  for (const [row] of rows.first.entries()) {
    for (const { left, width } of rows.boxes(row, slice(ratios))) assert.ok(left + width <= 358.01);
  }
  assert.deepEqual(boxesOf([1, 1], 4, 100, { width: 400, tall: 100, gap: 8 }).map(({ index, left }) => [index, left]), [[4, 0], [5, 108]]);
});
