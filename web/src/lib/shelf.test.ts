import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVERYTHING, isFiltered, lineOf, lineOfHit, queryOf } from './shelf.ts';

const WRITING = {
  id: 3, title: ' The Lamp ', content_type: 'poem', mood: 'calm', word_count: 12, line_count: 4, character_count: 60,
  explicit_content: false, created_at: null, excerpt: 'Salt on\nthe rail', tags: ['sea'],
};

test('a filter becomes a query', () => {
  assert.deepEqual(queryOf(EVERYTHING), {});
  assert.deepEqual(queryOf({ ...EVERYTHING, type: 'poem', explicit: 'without' }), { content_type: 'poem', explicit: false });
  assert.deepEqual(queryOf({ ...EVERYTHING, explicit: 'only' }), { explicit: true });
  assert.equal(isFiltered({ ...EVERYTHING, q: '  ' }), false);
  assert.equal(isFiltered({ ...EVERYTHING, tag: 'sea' }), true);
});

test('a writing is a line with its facts and tags', () => {
  const line = lineOf(WRITING);
  assert.deepEqual([line.href, line.title, line.tags], ['/writings/3', 'The Lamp', ['sea']]);
  assert.deepEqual(line.facts, ['poem', 'calm', '12 words']);
  assert.deepEqual(line.parts, [{ text: 'Salt on the rail', match: false }]);
  assert.equal(lineOf({ ...WRITING, excerpt: '# Lamp\n**Ruth:** 2 * 3' }).parts[0]!.text, 'Lamp Ruth: 2 * 3');
  assert.equal(lineOf({ ...WRITING, title: null, explicit_content: true }).title, 'Untitled');
  assert.deepEqual(lineOf({ ...WRITING, explicit_content: true }).facts.at(-1), 'explicit');
});

test('a hit leads to its writing or to its prompt', () => {
  const hit = { type: 'prompt', id: 9, title: 'a lamp', subtype: 'image', status: 'failed', explicit_content: null, created_at: null, snippet: [{ text: 'lamp', match: true }] };
  assert.deepEqual([lineOfHit(hit).href, lineOfHit(hit).facts], ['/prompts/9', ['image', 'failed']]);
  assert.equal(lineOfHit({ ...hit, type: 'writing', status: null }).href, '/writings/9');
});
