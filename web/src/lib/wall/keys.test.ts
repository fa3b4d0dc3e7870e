import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrowed, type Walled } from './keys.ts';
import { Order } from './order.ts';
import { Rows } from './rows.ts';

/** Twelve square works in three rows of four. */
function aWall(): Walled {
  const order = new Order();
  const ids = Array.from({ length: 12 }, (_, index) => 12 - index);
  order.append({ ids, types: ids.map(() => 'image'), ratios: ids.map(() => 1), days: [], next_cursor: null });
  const rows = new Rows({ width: 430, tall: 100, gap: 10 });
  const ratios = (first: number, end: number) => order.ratios(first, end);
  while (rows.grow(ratios, true));
  return { order, rowCount: rows.first.length, rowOf: (index) => rows.rowOf(index), boxes: (row) => rows.boxes(row, ratios) };
}

test('left and right go along the works, up and down to the one above and below', () => {
  const wall = aWall();
  assert.equal(wall.rowCount, 3);
  assert.deepEqual(['ArrowRight', 'ArrowLeft', 'ArrowDown', 'ArrowUp'].map((key) => arrowed(key, 5, wall)), [6, 4, 9, 1]);
  assert.deepEqual(['Home', 'End', 'Enter'].map((key) => arrowed(key, 5, wall)), [0, 11, null]);
});

test('at an edge there is nothing that way', () => {
  const wall = aWall();
  assert.deepEqual(['ArrowLeft', 'ArrowUp'].map((key) => arrowed(key, 0, wall)), [-1, -1]);
  assert.deepEqual(['ArrowRight', 'ArrowDown'].map((key) => arrowed(key, 11, wall)), [-1, -1]);
});

test('what is gone is passed over', () => {
  const wall = aWall();
  for (const id of [12 - 6, 12 - 9, 1]) wall.order.remove(id);
  assert.equal(arrowed('ArrowRight', 5, wall), 7);
  assert.ok([8, 10].includes(arrowed('ArrowDown', 5, wall)!));
  assert.equal(arrowed('End', 5, wall), 10);
});
