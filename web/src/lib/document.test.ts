import assert from 'node:assert/strict';
import { test } from 'node:test';
import { documentRows } from './document.ts';

test('a picture’s document is read row by row, and empty parts are left out', () => {
  const document = {
    prompt: 'a fox in the snow', negative_prompt: '', style_tags: ['ink', 'wide'], technical_params: { mood: 'calm', quality: '' },
  };
  assert.deepEqual(documentRows(JSON.stringify(document)), [
    { label: 'Prompt', value: 'a fox in the snow' },
    { label: 'Style tags', value: 'ink, wide' },
    { label: 'Mood', value: 'calm' },
  ]);
});

test('a song’s parts stand under their names', () => {
  const document = { title: 'Ferry', structure: [{ type: 'verse', number: 1, lyrics: 'one\ntwo' }, { type: 'chorus', number: null, lyrics: 'la' }, { type: 'outro', lyrics: '' }] };
  assert.deepEqual(documentRows(JSON.stringify(document)), [
    { label: 'Title', value: 'Ferry' },
    { label: 'Verse 1', value: 'one\ntwo' },
    { label: 'Chorus', value: 'la' },
  ]);
});

test('what is no object is no document', () => {
  assert.equal(documentRows('Salt on the rail'), null);
  assert.equal(documentRows('["a"]'), null);
});
