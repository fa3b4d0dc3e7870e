import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathOf, route } from './route.ts';

test('paths lead to pages, and a prompt keeps the page behind it', () => {
  assert.deepEqual(route('/'), { page: 'studio', prompt: null });
  assert.deepEqual(route('/gallery'), { page: 'gallery', prompt: null });
  assert.deepEqual(route('/workflows/'), { page: 'workflows', prompt: null });
  assert.deepEqual(route('/connect'), { page: 'connect', prompt: null });
  assert.deepEqual(route('/schedules'), { page: 'schedules', prompt: null });
  assert.deepEqual(route('/writings/7'), { page: 'writings', prompt: null, item: 7 });
  assert.deepEqual(route('/musings/'), { page: 'chains', prompt: null });
  assert.deepEqual(route('/musings/7'), { page: 'chains', prompt: null, item: 7 });
  assert.deepEqual(route('/elsewhere'), { page: 'studio', prompt: null });
  assert.deepEqual(route('/prompts/12', 'gallery'), { page: 'gallery', prompt: 12 });
  assert.deepEqual(route('/prompts/12'), { page: 'studio', prompt: 12 });
  assert.deepEqual(route('/prompts/twelve'), { page: 'studio', prompt: null });
  assert.equal(pathOf('gallery'), '/gallery');
});
