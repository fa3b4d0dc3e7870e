/** What the page says of a musing, and what of its steps it shows. */
import type { ChainParameter, GateAnswer, Musing, MusingDetail, MusingStep, Prompt } from './api/types.ts';
import { excerpt } from './format.ts';

const STATES: Record<MusingStep['state'], string> = {
  waiting: 'waits for what comes before it',
  running: 'in the making',
  asking: 'asks you',
  completed: 'done',
  skipped: 'left out',
  failed: 'failed',
  cancelled: 'cancelled',
};
const STATUSES: Record<Musing['status'], string> = {
  running: 'In the making.',
  paused: 'Paused: nothing more of it begins.',
  asking: 'It waits for you.',
  completed: 'Done.',
  failed: 'It cannot go on by itself.',
  cancelled: 'Cancelled.',
};

export function stateOf(step: Pick<MusingStep, 'state'>): string {
  return STATES[step.state];
}

export function statusOf(musing: Pick<Musing, 'status'>): string {
  return STATUSES[musing.status];
}

/** How far it is: `2 of 4 steps`. */
export function progressOf({ steps }: Pick<Musing, 'steps'>): string {
  const done = steps.filter(({ state }) => state === 'completed' || state === 'skipped').length;
  return `${done} of ${steps.length} ${steps.length === 1 ? 'step' : 'steps'}`;
}

/** Why a step cannot go on, without the command that does what the button beside it does. */
export function problemOf(step: Pick<MusingStep, 'problem'>): string {
  return (step.problem ?? '').replace(/,? ?(?:or )?`musings musing retry [^`]*` makes it anew(?: and goes on)?\.?/, '').trim();
}

/** What one prompt of a step has made; its text as a person has left it at the gate. */
export interface StepResult {
  number: number;
  prompt: Prompt;
  title: string;
  text: string;
}

/** Of a step that is done only what is used, else all that is made by now. */
export function results(step: MusingStep): StepResult[] {
  const made = step.prompts.filter(({ status }) => status === 'completed').map((prompt) => {
    const number = prompt.musing_number ?? 1;
    const text = step.kind === 'text' ? (step.edits[String(number)] ?? prompt.writing?.content ?? '') : '';
    return { number, prompt, title: prompt.writing?.title?.trim() ?? '', text };
  });
  return step.state === 'completed' ? made.filter(({ number }) => step.chosen.includes(number)) : made;
}

/** The title of its leading text, else the first words of its idea. */
export function titleOf({ steps, idea }: MusingDetail): string {
  const leading = steps.find(({ kind, state }) => kind === 'text' && state === 'completed');
  const [only, ...more] = leading ? results(leading) : [];
  return (more.length === 0 && only?.title) || excerpt(idea, 80);
}

/** The answer to a gate that lets a text be changed: what was left as it was made is only approved. */
export function replyWith(texts: Record<number, string>, made: StepResult[]): GateAnswer {
  const edits = made.flatMap(({ number, text }) => (texts[number] !== undefined && texts[number] !== text ? [{ number, text: texts[number] }] : []));
  return edits.length ? { action: 'edit', edits, numbers: [] } : { action: 'approve', edits: [], numbers: [] };
}

/** What kind of field a parameter of a chain needs. */
export function fieldOf({ default: value, choices }: Pick<ChainParameter, 'default' | 'choices'>): 'choice' | 'switch' | 'number' | 'text' {
  if (choices.length) return 'choice';
  return typeof value === 'boolean' ? 'switch' : typeof value === 'number' ? 'number' : 'text';
}

/** What its name says to a person. */
export function nameOf({ name, title }: Pick<ChainParameter, 'name' | 'title'>): string {
  return title || name.replace(/[-_]/g, ' ');
}
