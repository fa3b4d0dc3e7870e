/** Who will make what is being written, in words. Pure. */
import type { Kind, Workflow } from './api/types.ts';
import { words } from './kinds.ts';

const MADE: Readonly<Record<Kind, string>> = { text: 'Written', image: 'Painted', music: 'Composed', voice: 'Spoken', video: 'Filmed' };
const BUILT_IN: Readonly<Record<string, string>> = {
  sketch: 'the built-in sketch engine',
  poets: 'the poets',
  speech: 'the speech server',
};

/** `Painted by Fox painter`, `Written by the poets`. */
export function madeBy(workflow: Workflow): string {
  return `${MADE[workflow.kind]} by ${BUILT_IN[workflow.source] ?? workflow.title}`;
}

/** Why it cannot run just now, as far as that is known; empty when nothing is. */
export function whyNot(workflow: Workflow): string {
  return workflow.reason ?? workflow.problem ?? '';
}

/** A choice as the list of workflows shows it. */
export function choice(workflow: Workflow): string {
  const marks = [workflow.default ? 'default' : '', whyNot(workflow) ? 'cannot run now' : ''].filter(Boolean);
  return marks.length ? `${workflow.title} (${marks.join(', ')})` : workflow.title;
}

/** What is missing for more than a sketch; empty where something better serves. */
export function better(workflow: Workflow): string {
  if (workflow.source !== 'sketch') return '';
  return workflow.kind === 'text' ? 'Connect a language model for real writing.' : `A workflow of ComfyUI makes real ${words(workflow.kind).many}.`;
}
