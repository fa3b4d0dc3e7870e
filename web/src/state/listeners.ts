/** Who is told of changes beside the studio's own stores: parts of the page that are loaded later add themselves. */
import type { Musing, Prompt } from '../lib/api/types.ts';

export interface Listener {
  receive(id: number, prompt: Prompt | null): void;
  /** Of a musing a prompt has ended, or a person did something to it. */
  musing?(found: Musing): void;
  /** Something may have been missed. */
  refresh(): void;
}

export const listeners = new Set<Listener>();
