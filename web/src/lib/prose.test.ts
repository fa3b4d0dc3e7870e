import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blocks, withoutTitle } from './prose.ts';

const plain = (text: string) => [{ text, style: 'plain' }];

test('paragraphs keep their line breaks', () => {
  assert.deepEqual(blocks('one\r\ntwo\n\n\nthree\n'), [
    { type: 'paragraph', lines: [plain('one'), plain('two')] },
    { type: 'paragraph', lines: [plain('three')] },
  ]);
});

test('headings, rules and quotes', () => {
  assert.deepEqual(blocks('## Dawn\nlight\n\n* * *\n\n> hush\n> now').map(({ type }) => type), ['heading', 'paragraph', 'rule', 'quote']);
});

test('stress within a line', () => {
  assert.deepEqual(blocks('a *b* **c d** e')[0], {
    type: 'paragraph',
    lines: [[
      { text: 'a ', style: 'plain' },
      { text: 'b', style: 'em' },
      { text: ' ', style: 'plain' },
      { text: 'c d', style: 'strong' },
      { text: ' e', style: 'plain' },
    ]],
  });
  assert.deepEqual(blocks('2 * 3 * 4 and snake_case_name')[0], { type: 'paragraph', lines: [plain('2 * 3 * 4 and snake_case_name')] });
});

test('markup stays words', () => {
  assert.deepEqual(blocks('<img src=x onerror=alert(1)>')[0], { type: 'paragraph', lines: [plain('<img src=x onerror=alert(1)>')] });
});

test('a title is not said twice', () => {
  assert.equal(withoutTitle('# Rain\n\nIt fell.', 'Rain'), '\nIt fell.');
  assert.equal(withoutTitle('Rain\nfell', 'Rain'), 'Rain\nfell');
});

test('nothing gives nothing', () => assert.deepEqual(blocks(' \n\n'), []));
