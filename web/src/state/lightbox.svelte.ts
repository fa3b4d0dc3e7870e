/** Which pictures are looked at in full, and which of them first. */
import type { Artifact } from '../lib/api/types.ts';

interface View {
  pictures: Artifact[];
  first: number;
}

class LightboxView {
  current = $state.raw<View | null>(null);
  /** From the first picture on: what shows them is loaded then, and stays. */
  wanted = $state(false);

  open(pictures: Artifact[], artifact: Artifact): void {
    this.wanted = true;
    const first = pictures.findIndex((picture) => picture.id === artifact.id);
    this.current = { pictures, first: Math.max(0, first) };
  }

  close(): void {
    this.current = null;
  }
}

export const lightbox = new LightboxView();
