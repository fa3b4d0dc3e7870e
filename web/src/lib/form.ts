/** The form of a workflow as pure data: which fields show, what they hold, what is sent. */
import type { FormField, Kind, Submission, Workflow } from './api/types.ts';
import { KINDS } from './kinds.ts';

export type Value = string | number | boolean | null;
export type Values = Record<string, Value>;

export const MOST_AT_ONCE = 16;

/** Fields that the page draws in its own way, by role, never as a plain input. */
const OWN_PLACE = new Set(['prompt', 'count']);

export interface Layout {
  size: { width: FormField; height: FormField } | null;
  plain: FormField[];
  advanced: FormField[];
  count: FormField | null;
}

export function layout(workflow: Workflow): Layout {
  const role = (name: string) => workflow.form.find((field) => field.role === name) ?? null;
  const [width, height] = [role('width'), role('height')];
  const size = width && height ? { width, height } : null;
  const rest = workflow.form.filter(
    (field) => !OWN_PLACE.has(field.role ?? '') && !(size && (field === width || field === height)),
  );
  return {
    size,
    plain: rest.filter((field) => !field.advanced),
    advanced: rest.filter((field) => field.advanced),
    count: role('count'),
  };
}

export function workflowsOf(workflows: readonly Workflow[], kind: Kind): Workflow[] {
  return workflows.filter((workflow) => workflow.kind === kind);
}

export function shown(field: FormField, values: Values): Value {
  return field.name in values ? (values[field.name] ?? null) : ((field.default ?? null) as Value);
}

/** What a person typed, as the type of the field; null means: let the workflow choose. */
export function parse(field: FormField, typed: string | boolean): Value {
  if (typeof typed === 'boolean') return typed;
  if (field.type === 'choice' && typed === '') return null;
  if (field.type !== 'int' && field.type !== 'float') return typed;
  if (typed.trim() === '') return null;
  const value = Number(typed);
  return Number.isFinite(value) ? value : null;
}

/** Only what was changed is sent: the server completes the rest, so a newer default is not frozen by a draft. */
export function changed(workflow: Workflow, values: Values): Values {
  const sent: Values = {};
  for (const field of workflow.form) {
    const value = values[field.name];
    if (field.role === 'count' || value === undefined || value === null || value === field.default) continue;
    sent[field.name] = value;
  }
  return sent;
}

export interface Draft {
  kind: Kind;
  text: string;
  textType: string;
  workflow: Partial<Record<Kind, string>>;
  values: Record<string, Values>;
  priority: number;
  enhance: boolean;
}

export function emptyDraft(): Draft {
  return { kind: 'text', text: '', textType: 'text', workflow: {}, values: {}, priority: 5, enhance: false };
}

/** A stored draft; anything unreadable or of an older shape falls back field by field. */
export function readDraft(stored: string | null): Draft {
  const draft = emptyDraft();
  let found: unknown;
  try {
    found = JSON.parse(stored ?? '{}');
  } catch {
    return draft;
  }
  if (typeof found !== 'object' || found === null) return draft;
  for (const key of Object.keys(draft) as (keyof Draft)[]) {
    const value = (found as Record<string, unknown>)[key];
    if (value !== null && typeof value === typeof draft[key]) Object.assign(draft, { [key]: value });
  }
  if (!KINDS.some(({ kind }) => kind === draft.kind)) draft.kind = 'text';
  return draft;
}

/** Whether the poets may write the words first: for pictures and music, where they are not known to be away. */
export function canEnhance(workflows: readonly Workflow[], kind: Kind): boolean {
  return (kind === 'image' || kind === 'music') && workflows.some((each) => each.source === 'poets' && !each.problem);
}

/**
 * How many are asked for: as set in the form of this workflow, else what it begins with; null where it has no count. It
 * is kept with the form, so four pictures never become four songs.
 */
export function countIn(workflow: Workflow, values: Values): number | null {
  const field = layout(workflow).count;
  if (!field) return null;
  const count = Number(shown(field, values) ?? 1);
  return Number.isFinite(count) ? Math.min(field.maximum ?? MOST_AT_ONCE, Math.max(1, Math.round(count))) : 1;
}

/** What is sent. The default is not named: the server knows it, and it may be another by now. */
export function submission(draft: Draft, workflow: Workflow | null, poets = false): Submission {
  const values = workflow ? (draft.values[workflow.name] ?? {}) : {};
  const text = draft.text.trim();
  return {
    prompt_text: text || (workflow?.takes_text === false ? workflow.title : ''),
    prompt_type: (draft.kind === 'text' ? draft.textType : draft.kind) as Submission['prompt_type'],
    priority: draft.priority,
    parameters: workflow ? changed(workflow, values) : {},
    workflow: workflow && !workflow.default ? workflow.name : null,
    count: workflow ? countIn(workflow, values) : null,
    ...(poets && draft.enhance ? { enhance: true } : {}),
  };
}

export interface Ticket {
  key: string;
  body: string;
}

/** The same unanswered submission keeps its key, whatever happened in between: a double click, a lost answer, a reload. */
export function ticketFor(previous: Ticket | null, body: Submission, newKey: () => string): Ticket {
  const written = JSON.stringify(body);
  return previous?.body === written ? previous : { key: newKey(), body: written };
}

export function readTicket(stored: string | null): Ticket | null {
  try {
    const found = JSON.parse(stored ?? 'null') as Partial<Ticket> | null;
    return typeof found?.key === 'string' && typeof found.body === 'string' ? { key: found.key, body: found.body } : null;
  } catch {
    return null;
  }
}
