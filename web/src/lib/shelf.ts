/** The shelf of writings: what is asked for, and what a line of it says. Pure. */
import type { SearchHit, WritingSummary } from './api/types.ts';
import { counted, excerpt } from './format.ts';

export interface ShelfFilter {
  q: string;
  type: string;
  tag: string;
  explicit: '' | 'without' | 'only';
}

export const EVERYTHING: ShelfFilter = { q: '', type: '', tag: '', explicit: '' };

export interface ShelfLine {
  key: string;
  href: string;
  kind: 'writing' | 'prompt';
  title: string;
  facts: string[];
  tags: string[];
  parts: { text: string; match: boolean }[];
}

export function isFiltered(filter: ShelfFilter): boolean {
  return Boolean(filter.q.trim() || filter.type || filter.tag || filter.explicit);
}

/** The query of both lists: the shelf and the search. */
export function queryOf(filter: ShelfFilter): { content_type?: string; explicit?: boolean } {
  return {
    ...(filter.type ? { content_type: filter.type } : {}),
    ...(filter.explicit ? { explicit: filter.explicit === 'only' } : {}),
  };
}

export function lineOf(writing: WritingSummary): ShelfLine {
  return {
    key: `writing-${writing.id}`,
    href: `/writings/${writing.id}`,
    kind: 'writing',
    title: writing.title?.trim() || 'Untitled',
    facts: facts(writing),
    tags: writing.tags,
    parts: [{ text: excerpt(plain(writing.excerpt), 200), match: false }],
  };
}

export function lineOfHit(hit: SearchHit): ShelfLine {
  const writing = hit.type === 'writing';
  return {
    key: `${hit.type}-${hit.id}`,
    href: writing ? `/writings/${hit.id}` : `/prompts/${hit.id}`,
    kind: writing ? 'writing' : 'prompt',
    title: hit.title.trim() || 'Untitled',
    facts: [hit.subtype, writing ? null : hit.status, hit.explicit_content ? 'explicit' : null].filter((each): each is string => Boolean(each)),
    tags: [],
    parts: hit.snippet.map((part) => ({ ...part, text: plain(part.text) })),
  };
}

export function facts(writing: Omit<WritingSummary, 'excerpt' | 'tags'>): string[] {
  const counts = writing.word_count ? counted(writing.word_count, 'word') : null;
  const said = [writing.content_type, writing.mood, counts, writing.explicit_content ? 'explicit' : null];
  return said.filter((each): each is string => Boolean(each));
}

/** Without the signs of Markdown, which only disturb in a line of a list. */
function plain(text: string): string {
  return text.replace(/\*{2,3}|__|^#{1,6} /gm, '');
}
