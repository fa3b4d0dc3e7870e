/**
 * Writings are Markdown of the plainest sort: a heading, paragraphs whose line breaks count, stress, a rule, a quote.
 * The result is data for the page to lay out, so nothing written by a model is ever treated as HTML.
 */

export interface Run {
  text: string;
  style: 'plain' | 'em' | 'strong';
}

export type Block =
  | { type: 'heading' | 'paragraph' | 'quote'; lines: Run[][] }
  | { type: 'rule' };

export function blocks(markdown: string): Block[] {
  const parts = markdown.replace(/\r\n?/g, '\n').split(/\n\s*\n/);
  return parts.map((part) => part.replace(/^\n+/, '').trimEnd()).filter(Boolean).flatMap(block);
}

/** Leave out a first heading that only repeats the title shown above the writing. */
export function withoutTitle(markdown: string, title: string): string {
  const [first = '', ...rest] = markdown.trimStart().split('\n');
  return first.replace(/^#+\s*/, '').trim() === title.trim() && first.startsWith('#') ? rest.join('\n') : markdown;
}

function block(part: string): Block[] {
  if (/^\s*([-*_]\s*){3,}$/.test(part)) return [{ type: 'rule' }];
  const lines = part.split('\n');
  const heading = /^#{1,6}\s+(.*)$/.exec(lines[0] ?? '');
  if (heading) {
    const rest = lines.slice(1).join('\n').trim();
    const head: Block = { type: 'heading', lines: [runs(heading[1] ?? '')] };
    return rest ? [head, ...block(rest)] : [head];
  }
  if (lines.every((line) => line.startsWith('>'))) {
    return [{ type: 'quote', lines: lines.map((line) => runs(line.replace(/^>\s?/, ''))) }];
  }
  return [{ type: 'paragraph', lines: lines.map((line) => runs(line.trimEnd())) }];
}

function runs(line: string): Run[] {
  const found: Run[] = [];
  const stress = /\*\*(\S(?:[^*]*\S)?)\*\*|(?<![\w*])[*_](\S(?:[^*_]*\S)?)[*_](?![\w*])/g;
  let end = 0;
  for (const match of line.matchAll(stress)) {
    if (match.index > end) found.push({ text: line.slice(end, match.index), style: 'plain' });
    found.push(match[1] ? { text: match[1], style: 'strong' } : { text: match[2] ?? '', style: 'em' });
    end = match.index + match[0].length;
  }
  if (end < line.length || found.length === 0) found.push({ text: line.slice(end), style: 'plain' });
  return found;
}
