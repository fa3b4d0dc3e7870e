/** Who is told of changes beside the studio's own stores: parts of the page that are loaded later add themselves. */
import type { Prompt } from '../lib/api/types.ts';

export interface Listener {
  receive(id: number, prompt: Prompt | null): void;
  /** Something may have been missed. */
  refresh(): void;
}

export const listeners = new Set<Listener>();
