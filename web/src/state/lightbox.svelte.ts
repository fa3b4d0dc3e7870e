/** Which pictures are looked at in full, and which of them first. */
import type { Artifact } from '../lib/api/types.ts';

/** Pictures by their number, 0 being the first; those of a wall are known in full when they are asked for. */
export interface Pictures {
  readonly count: number;
  known(number: number): Artifact | undefined;
  /** Null for one that is gone. Throws an ApiError. */
  full(number: number): Promise<Artifact | null>;
  /** This one is looked at now. */
  moved?(number: number): void;
  ended?(number: number): void;
}

interface View {
  pictures: Pictures;
  first: number;
  isOfWall: boolean;
}

class LightboxView {
  current = $state.raw<View | null>(null);
  /** From the first picture on: what shows them is loaded then, and stays. */
  wanted = $state(false);

  open(pictures: Artifact[], artifact: Artifact): void {
    const first = pictures.findIndex((picture) => picture.id === artifact.id);
    this.#show({ pictures: listed(pictures), first: Math.max(0, first), isOfWall: false });
  }

  openWall(pictures: Pictures, first: number): void {
    this.#show({ pictures, first, isOfWall: true });
  }

  close(): void {
    this.current = null;
  }

  #show(view: View): void {
    this.wanted = true;
    this.current = view;
  }
}

function listed(pictures: Artifact[]): Pictures {
  return {
    count: pictures.length,
    known: (number) => pictures[number],
    full: (number) => Promise.resolve(pictures[number] ?? null),
  };
}

export const lightbox = new LightboxView();
