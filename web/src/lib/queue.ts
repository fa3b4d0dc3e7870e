/** What the queue shows, worked out from the prompts that the page knows. Pure: a map in, lists out. */
import type { Prompt, Stats } from './api/types.ts';
import { counted, excerpt, ordinal } from './format.ts';
import { outputs, words } from './kinds.ts';

export interface Sections {
  running: Prompt[];
  waiting: Prompt[];
  failed: Prompt[];
  finished: Prompt[];
}

export const SHOWN_FINISHED = 8;
export const KEPT_SETTLED = 60;

export function sections(prompts: Iterable<Prompt>): Sections {
  const all = [...prompts];
  const of = (...statuses: string[]) => all.filter((prompt) => statuses.includes(prompt.status));
  return {
    running: of('processing').sort((a, b) => a.id - b.id),
    waiting: of('pending').sort(byTurn),
    failed: of('failed').sort(newestFirst),
    finished: of('completed', 'cancelled').sort(newestFirst).slice(0, SHOWN_FINISHED),
  };
}

/** The order in which waiting prompts start: priority, then age. A retry that waits for its time comes last. */
export function byTurn(a: Prompt, b: Prompt): number {
  const later = Number(Boolean(a.next_attempt_at)) - Number(Boolean(b.next_attempt_at));
  return later || a.priority - b.priority || a.id - b.id;
}

/** Ids of settled prompts that nobody looks at any more, so that a page left open for weeks stays small. */
export function forgettable(prompts: Iterable<Prompt>, held: number | null): number[] {
  const settled = [...prompts].filter((prompt) => prompt.status === 'completed' || prompt.status === 'cancelled');
  return settled
    .sort(newestFirst)
    .slice(KEPT_SETTLED)
    .map((prompt) => prompt.id)
    .filter((id) => id !== held);
}

/** One sentence for the live region when a prompt moves on; null when there is nothing to say. */
export function announcement(before: Prompt | undefined, after: Prompt): string | null {
  if (!before || before.status === after.status) return null;
  const kind = words(after.kind);
  const what = `${kind.one} “${excerpt(after.prompt_text, 40)}”`;
  switch (after.status) {
    case 'processing':
      return `${kind.doing}: ${what}.`;
    case 'completed':
      return `Finished: ${outputs(after) > 1 ? `${counted(outputs(after), kind.one, kind.many)}, ` : ''}${what}.`;
    case 'failed':
      return `Failed: ${what}. ${after.error_message ?? ''}`.trim();
    case 'cancelled':
      return `Cancelled: ${what}.`;
    case 'pending':
      return `Back in the queue: ${what}.`;
    default:
      return null;
  }
}

/** Where a waiting prompt stands, in words. */
export function turn(prompt: Prompt, index: number, now: number): string {
  const due = prompt.next_attempt_at ? Date.parse(prompt.next_attempt_at) - now : 0;
  if (due > 0) return `Trying again in ${Math.ceil(due / 1000)} s`;
  return index === 0 ? 'Next' : `${ordinal(index + 1)} in line`;
}

/** 0..1, or null while the length is unknown. */
export function fraction(prompt: Prompt): number | null {
  const progress = prompt.progress;
  if (!progress || !(progress.max > 0)) return null;
  return Math.min(1, Math.max(0, progress.value / progress.max));
}

export type Notice = 'no-worker' | 'disk-low' | 'paused';

/** What stands between a prompt and its result, most pressing first. */
export function notices(stats: Stats | null): Notice[] {
  if (!stats) return [];
  const found: Notice[] = [];
  if (!stats.worker?.alive) found.push('no-worker');
  if (stats.disk_low) found.push('disk-low');
  if (stats.paused) found.push('paused');
  return found;
}

function newestFirst(a: Prompt, b: Prompt): number {
  return settledAt(b) - settledAt(a) || b.id - a.id;
}

function settledAt(prompt: Prompt): number {
  return Date.parse(prompt.completed_at ?? prompt.created_at ?? '') || 0;
}
