/** What the gallery shows, as the query of its address: filters, search, the place on the wall, the work that is open. */
import type { Filter } from '../gallery.ts';

export interface Shown extends Filter {
  /** The work at the top of the window. */
  at: number | null;
  /** The work that is looked at in full. */
  work: number | null;
}

export const NOTHING: Filter = { type: '', q: '', starred: false };
const TYPES: readonly string[] = ['image', 'audio', 'text', 'video'];

export function shownIn(search: string): Shown {
  const query = new URLSearchParams(search);
  const type = query.get('type') ?? '';
  return {
    type: (TYPES.includes(type) ? type : '') as Filter['type'],
    q: query.get('q') ?? '',
    starred: query.get('starred') === '1',
    at: idOf(query.get('at')),
    work: idOf(query.get('work')),
  };
}

/** With its `?`; empty where everything is shown from the top. */
export function searchOf({ type, q, starred, at, work }: Shown): string {
  const query = new URLSearchParams();
  if (type) query.set('type', type);
  if (q.trim()) query.set('q', q.trim());
  if (starred) query.set('starred', '1');
  if (at) query.set('at', String(at));
  if (work) query.set('work', String(work));
  const said = query.toString();
  return said ? `?${said}` : '';
}

export function isSame(one: Filter, other: Filter): boolean {
  return one.type === other.type && one.starred === other.starred && one.q.trim() === other.q.trim();
}

function idOf(value: string | null): number | null {
  return value && /^[1-9]\d{0,15}$/.test(value) ? Number(value) : null;
}
