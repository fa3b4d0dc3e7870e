/** What came of running a recipe again, in words. Pure. */
import type { Prompt } from './api/types.ts';
import { counted } from './format.ts';
import { words } from './kinds.ts';

export interface Reproduction {
  original: number;
  /** null while it is not known. */
  identical: boolean | null;
  sentence: string;
}

/** Null for a prompt that repeats no other. */
export function reproduction(prompt: Prompt): Reproduction | null {
  const original = prompt.reproduces;
  if (original === null) return null;
  const found = prompt.artifact_metadata?.['reproduction'];
  if (prompt.status !== 'completed' || typeof found !== 'object' || found === null) {
    return { original, identical: null, sentence: 'This runs an earlier recipe again.' };
  }
  const { identical, same_bytes: sameBytes, compared, expected } = found as Record<string, unknown>;
  if (identical === true) {
    return { original, identical, sentence: sameBytes === true ? 'The same, byte for byte.' : 'The same to look at; only its file differs.' };
  }
  const [now, before] = [Number(compared), Number(expected)];
  if (before === 0) return { original, identical: null, sentence: 'Nothing of the earlier one is left to compare it with.' };
  if (now < before) {
    const kind = words(prompt.kind);
    return { original, identical: false, sentence: `Not the same: it has ${counted(now, kind.one, kind.many)}, and the earlier one had ${before}.` };
  }
  return { original, identical: false, sentence: 'Not the same: the recipe gave another result this time.' };
}
