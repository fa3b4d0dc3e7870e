/** What the queue shows, worked out from the prompts that the page knows. Pure: a map in, lists out. */
import type { Prompt, Stats } from './api/types.ts';
import { counted, excerpt, ordinal, span, timeOfDay } from './format.ts';
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

/** A place in the line: what is more urgent, or as urgent and older, stands before it. */
export interface Place {
  priority: number;
  id: number;
}

export function isBeyond(prompt: Place, place: Place): boolean {
  return (prompt.priority - place.priority || prompt.id - place.id) > 0;
}

/** How many there are: the server counts, but what this page has just seen may be newer than its count. */
export function countOf(stats: Stats | null, status: string, seen: number): number {
  return Math.max(stats?.by_status[status] ?? 0, seen);
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

/**
 * One sentence for the live region when a prompt moves on; null when there is nothing to say. One that is seen for the
 * first time is told if it `isYoung`, made since the page was opened: another program's, which was quick.
 */
export function announcement(before: Prompt | undefined, after: Prompt, isYoung = false): string | null {
  if (before ? before.status === after.status : !isYoung || after.status === 'pending') return null;
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
  const due = dueIn(prompt, now);
  if (due >= 90) return `Trying again in ${span(due)}, at ${timeOfDay(prompt.next_attempt_at ?? '')}`;
  if (due > 0) return `Trying again in ${Math.ceil(due)} s`;
  return index === 0 ? 'Next' : `${ordinal(index + 1)} in line`;
}

/** Why a prompt waits for something other than its turn; empty when it does not. */
export function reasonToWait(prompt: Prompt, now: number): string {
  if (prompt.status !== 'pending') return '';
  return prompt.waiting_reason || (dueIn(prompt, now) > 0 ? (prompt.error_message?.trim() ?? '') : '');
}

/** That its workflow has changed since it was submitted, while that matters; empty when it does not. */
export function newerWorkflow(prompt: Prompt): string {
  if (!prompt.newer_workflow || prompt.status === 'completed') return '';
  const open = prompt.status === 'pending' || prompt.status === 'processing';
  return `There is a newer version of its workflow. ${open ? 'It runs' : 'A retry runs'} with the one it was submitted with.`;
}

/**
 * Which attempt this is: `attempt 2 of 3`; empty for the first. Tries that count against nobody (a worker that stopped,
 * a server that was away) are left out, and no limit is named that was passed.
 */
export function attemptWords(prompt: Prompt): string {
  const used = prompt.attempts_used;
  if (used <= 1) return '';
  return used > prompt.max_attempts ? `attempt ${used}` : `attempt ${used} of ${prompt.max_attempts}`;
}

/** Seconds until the queue is empty, or why that cannot be said; null when there is nothing to say. */
export function outlook(stats: Stats | null, next: Prompt | undefined, now: number): { seconds: number } | { reason: string } | null {
  if (!stats?.pending || stats.paused || !stats.worker?.alive) return null;
  const reason = next ? reasonToWait(next, now) : '';
  if (reason) return { reason };
  const seconds = next && dueIn(next, now) > 0 ? null : stats.eta_seconds.p50;
  return seconds === null ? null : { seconds };
}

function dueIn(prompt: Prompt, now: number): number {
  return prompt.next_attempt_at ? (Date.parse(prompt.next_attempt_at) - now) / 1000 : 0;
}

/** 0..1, or null while the length is unknown. */
export function fraction(prompt: Prompt): number | null {
  const progress = prompt.progress;
  if (!progress || !(progress.max > 0)) return null;
  return Math.min(1, Math.max(0, progress.value / progress.max));
}

export type Notice = 'no-worker' | 'scheduled' | 'disk-low' | 'hours' | 'paused';

/** What stands between a prompt and its result, most pressing first. */
export function notices(stats: Stats | null): Notice[] {
  if (!stats) return [];
  const found: Notice[] = [];
  const mode = stats.worker?.mode ?? 'none'; // no worker ever came
  if (mode !== 'running') found.push(mode === 'scheduled' ? mode : 'no-worker');
  if (stats.disk_low) found.push('disk-low');
  if (stats.hours_message) found.push('hours');
  if (stats.paused) found.push('paused');
  return found;
}

function newestFirst(a: Prompt, b: Prompt): number {
  return settledAt(b) - settledAt(a) || b.id - a.id;
}

function settledAt(prompt: Prompt): number {
  return Date.parse(prompt.completed_at ?? prompt.created_at ?? '') || 0;
}
