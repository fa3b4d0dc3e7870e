import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digest, type News } from './digest.ts';

const one: News = { status: 'completed', kind: 'image', sentence: 'Finished: picture “a lighthouse”.' };

test('one prompt is told by its own sentence', () => {
  assert.equal(digest([one]), 'Finished: picture “a lighthouse”.');
});

test('many are counted by what became of them, failures first, and by kind', () => {
  const news: News[] = [one, { ...one, status: 'processing' }, one, { ...one, kind: 'text' }, { ...one, status: 'failed' }];
  assert.equal(digest(news), 'Failed: 1 picture. Finished: 2 pictures, 1 writing. Begun: 1 picture.');
});

test('nothing is told of nothing', () => {
  assert.equal(digest([]), '');
});
