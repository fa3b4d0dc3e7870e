/** The two stages of a prompt whose words are written first. Pure. */
import type { Prompt } from './api/types.ts';
import { words } from './kinds.ts';

export interface Stage {
  title: string;
  state: 'done' | 'now' | 'later';
}

/** What is being done, from the progress; the poets say nothing before the first of them has spoken. */
export function doing(prompt: Prompt): string {
  const said = prompt.progress?.stage;
  return said || (wantsBetterWords(prompt) ? '1 of 2: finding the words' : words(prompt.kind).doing);
}

/** Null unless there are two: `1 of 2: Anthony writes`. */
export function stages(prompt: Prompt): Stage[] | null {
  const found = /^(\d) of (\d):/.exec(doing(prompt));
  if (!found) return null;
  const now = Number(found[1]);
  return ['The words', `The ${words(prompt.kind).one}`].map((title, index) => ({
    title,
    state: index + 1 < now ? 'done' : index + 1 === now ? 'now' : 'later',
  }));
}

/** Why the prompt's own words served although better ones were asked for; empty when they did not. */
export function fallback(prompt: Prompt): string {
  const made = prompt.artifacts.find((artifact) => artifact.metadata['enhanced'] === false);
  const reason = made?.metadata['fallback_reason'];
  return made ? (typeof reason === 'string' && reason ? reason : 'no reason was given') : '';
}

export function wantsBetterWords(prompt: Prompt): boolean {
  return prompt.enhance ?? ['image_prompt', 'lyrics_prompt'].includes(prompt.prompt_type);
}
