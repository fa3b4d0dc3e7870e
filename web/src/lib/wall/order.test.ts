import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GalleryIndex } from '../api/types.ts';
import { anArtifact } from '../samples.ts';
import { Order, tileRatio, workOf } from './order.ts';

function page(ids: number[], change: Partial<GalleryIndex> = {}): GalleryIndex {
  return {
    ids, types: ids.map(() => 'image'), ratios: ids.map(() => 1.5), days: [{ day: '2026-11-28', count: ids.length }],
    next_cursor: null, ...change,
  };
}

function ordered(...pages: GalleryIndex[]): Order {
  const order = new Order();
  pages.forEach((each) => order.append(each));
  return order;
}

const ids = (order: Order) => Array.from({ length: order.length }, (_, index) => order.idAt(index));

test('pages follow each other, and each work is found by its id', () => {
  const order = ordered(page([90, 80, 70]), page([60, 50]));
  assert.deepEqual(ids(order), [90, 80, 70, 60, 50]);
  assert.deepEqual([90, 60, 50].map((id) => order.indexOf(id)), [0, 3, 4]);
  assert.deepEqual([95, 65, 10].map((id) => order.indexOf(id)), [-1, -1, -1]);
  assert.deepEqual([95, 65, 10].map((id) => order.nearest(id)), [0, 3, 5]);
});

test('what arrives stands in front, the newest first', () => {
  const order = ordered(page([20, 10]));
  for (const id of [30, 40]) {
    assert.equal(order.isNewer(id), true);
    order.prepend(workOf(anArtifact({ id, artifact_type: 'audio', created_at: '2026-11-29T08:00:00Z' })));
  }
  assert.deepEqual(ids(order), [40, 30, 20, 10]);
  assert.equal(order.isNewer(35), false);
  assert.deepEqual([order.typeAt(1), order.typeAt(2)], ['audio', 'image']);
  assert.deepEqual([order.dayAt(0), order.dayAt(3)], ['2026-11-29', '2026-11-28']);
  assert.deepEqual([order.fresh, order.freshRatios().length, order.ratios(0, 9).length], [2, 2, 2]);
});

test('days and months are found, also where pages meet', () => {
  const order = ordered(
    page([9, 8, 7], { days: [{ day: '2026-11-28', count: 2 }, { day: '2026-11-01', count: 1 }] }),
    page([6, 5, 4], { days: [{ day: '2026-11-01', count: 1 }, { day: null, count: 1 }, { day: '2026-09-30', count: 1 }] }),
  );
  assert.deepEqual([0, 1, 2, 3, 4, 5].map((index) => order.dayAt(index)), ['2026-11-28', '2026-11-28', '2026-11-01', '2026-11-01', '', '2026-09-30']);
  assert.deepEqual(['2026-11', '2026-09', '2026-10'].map((month) => order.firstOf(month)), [0, 5, -1]);
  assert.equal(new Order().dayAt(0), '');
});

test('what is taken away leaves its place, and comes back to it', () => {
  const order = ordered(page([3, 2, 1]));
  assert.equal(order.remove(2), true);
  assert.equal(order.remove(2), false);
  assert.equal(order.remove(77), false);
  assert.deepEqual([order.length, order.shown, order.isGone(2)], [3, 2, true]);
  assert.equal(order.next(0, 1), 2);
  assert.equal(order.bringBack(2), true);
  assert.deepEqual([order.shown, order.next(0, 1)], [3, 1]);
});

test('the next of a kind is found in both directions', () => {
  const order = ordered(page([5, 4, 3, 2, 1], { types: ['image', 'audio', 'text', 'image', 'audio'] }));
  const isImage = (index: number) => order.typeAt(index) === 'image';
  assert.deepEqual([order.next(0, 1, isImage), order.next(3, 1, isImage), order.next(3, -1, isImage), order.next(0, -1)], [3, -1, 0, -1]);
});

test('tiles of pictures have their ratio within reason, those of sounds and texts one of their own', () => {
  assert.deepEqual([tileRatio('image', 1.5), tileRatio('image', 40), tileRatio('image', 0.01), tileRatio('image', null)], [1.5, 3, 0.5, 1]);
  assert.equal(tileRatio('audio', 9), tileRatio('audio', null));
  assert.equal(tileRatio('unheard of', 1), 1.6);
  assert.equal(workOf(anArtifact({ metadata: { width: 300, height: 200 } })).ratio, 1.5);
  assert.equal(workOf(anArtifact({ metadata: { width: 300, height: 0 } })).ratio, null);
});
