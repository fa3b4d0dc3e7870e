/** What comes before and after an open prompt, where it was opened from a list: that list says so itself. */
import type { Prompt } from '../lib/api/types.ts';
import { asApiError } from '../lib/errors.ts';
import { announcer } from './announcer.svelte.ts';
import { prompts } from './prompts.svelte.ts';
import { router } from './router.svelte.ts';

type Step = 1 | -1;
/** The next prompt that way; null at the end. Throws an ApiError. */
export type Neighbour = (prompt: Prompt, step: Step) => Promise<number | null>;

export const neighbours: { of: Neighbour | null } = { of: null };
/** Asked for and not done yet: keys come faster than answers, and none of them is forgotten. */
const steps: Step[] = [];
let isTurning = false;

/** From the open prompt to the one after it in its list, or the one before. */
export async function turn(step: Step): Promise<void> {
  steps.push(step);
  if (isTurning) return;
  isTurning = true;
  try {
    for (let next = steps.shift(); next !== undefined; next = steps.shift()) await goOn(next);
  } catch (error) {
    announcer.say(asApiError(error).message);
  } finally {
    isTurning = false;
    steps.length = 0;
  }
}

async function goOn(step: Step): Promise<void> {
  const id = router.current.prompt;
  if (id === null || !neighbours.of) return;
  const next = await neighbours.of(prompts.known.get(id) ?? (await prompts.open(id)), step);
  if (next === null) announcer.say(step > 0 ? 'This is the last one.' : 'This is the first one.');
  else if (router.current.prompt === id) router.replace(`/prompts/${next}`);
}
