/** What comes before and after an open prompt, where it was opened from a list: that list says so itself. */
import type { Prompt } from '../lib/api/types.ts';

/** The next prompt that way; null at the end. Throws an ApiError. */
export type Neighbour = (prompt: Prompt, step: 1 | -1) => Promise<number | null>;

export const neighbours: { of: Neighbour | null } = { of: null };
