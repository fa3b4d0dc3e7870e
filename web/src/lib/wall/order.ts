/** Every work of a query, newest first, in brief: columns, because 100,000 values of their own would fill the heap. */
import type { Artifact, GalleryIndex } from '../api/types.ts';

export interface Work {
  id: number;
  type: string;
  ratio: number | null;
  /** As `2026-11-28` (UTC), empty where it is not known. */
  day: string;
}

interface Run {
  day: string;
  /** The index of its first work, counted from the end of what has arrived. */
  first: number;
}

/** How wide a tile is for its height. Pictures keep their own; a panorama or a ladder is shown whole, with room around. */
const LEAST = 0.5;
const MOST = 3;
const USUAL: Record<string, number> = { image: 1, video: 16 / 9, audio: 1.7, text: 1.15 };
const OTHER = 1.6;

export function tileRatio(type: string, ratio: number | null): number {
  const isSeen = type === 'image' || type === 'video';
  return isSeen && ratio ? Math.min(MOST, Math.max(LEAST, ratio)) : (USUAL[type] ?? OTHER);
}

export class Order {
  /** What arrived after the rest was read, oldest first: it grows at its end, and nothing else moves for it. */
  #fresh: Work[] = [];
  #ids: number[] = [];
  #types: string[] = [];
  #ratios: number[] = [];
  #runs: Run[] = [];
  readonly #gone = new Set<number>();

  get length(): number {
    return this.#fresh.length + this.#ids.length;
  }

  /** How many came after the rest was read. */
  get fresh(): number {
    return this.#fresh.length;
  }

  /** How many there are without those that were taken away. */
  get shown(): number {
    return this.length - this.#gone.size;
  }

  /** The next page of the index. */
  append(page: GalleryIndex): void {
    let at = this.#ids.length;
    for (const id of page.ids) this.#ids.push(id);
    page.types.forEach((type, index) => {
      this.#types.push(type);
      this.#ratios.push(tileRatio(type, page.ratios[index] ?? null));
    });
    for (const { day, count } of page.days) {
      if (this.#runs.at(-1)?.day !== (day ?? '')) this.#runs.push({ day: day ?? '', first: at });
      at += count;
    }
  }

  /** Whether a work would stand before all others. */
  isNewer(id: number): boolean {
    return id > (this.length ? this.idAt(0) : 0);
  }

  /** A work that is newer than all others. */
  prepend(work: Work): void {
    this.#fresh.push(work);
  }

  idAt(index: number): number {
    return this.#freshAt(index)?.id ?? this.#ids[index - this.#fresh.length] ?? 0;
  }

  typeAt(index: number): string {
    return this.#freshAt(index)?.type ?? this.#types[index - this.#fresh.length] ?? 'other';
  }

  dayAt(index: number): string {
    const found = this.#freshAt(index);
    return found ? found.day : (this.#runs[this.#runAt(index - this.#fresh.length)]?.day ?? '');
  }

  /** Tile ratios of what was read, from an index that is counted without what has arrived since. */
  ratios(first: number, end: number): number[] {
    return this.#ratios.slice(first, end);
  }

  /** Tile ratios of what has arrived since, oldest first. */
  freshRatios(): number[] {
    return this.#fresh.map(({ type, ratio }) => tileRatio(type, ratio));
  }

  /** The index of a work, else of the first that is older; the length where none is. */
  nearest(id: number): number {
    let [low, high] = [0, this.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.idAt(middle) > id) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The index of a work; -1 where it is not there. */
  indexOf(id: number): number {
    const index = this.nearest(id);
    return index < this.length && this.idAt(index) === id ? index : -1;
  }

  /** The index of the first work of a month (`2026-11`); -1 where none is known. */
  firstOf(month: string): number {
    const found = this.#runs.find(({ day }) => day.startsWith(month));
    return found ? found.first + this.#fresh.length : -1;
  }

  /** Taken away: its place stays empty, so that nothing moves. */
  remove(id: number): boolean {
    if (this.indexOf(id) < 0 || this.#gone.has(id)) return false;
    this.#gone.add(id);
    return true;
  }

  bringBack(id: number): boolean {
    return this.#gone.delete(id);
  }

  isGone(id: number): boolean {
    return this.#gone.has(id);
  }

  /** The next index in a direction that holds a work that `suits`; -1 at the end. */
  next(index: number, step: 1 | -1, suits: (index: number) => boolean = () => true): number {
    for (let at = index + step; at >= 0 && at < this.length; at += step) {
      if (!this.#gone.has(this.idAt(at)) && suits(at)) return at;
    }
    return -1;
  }

  #freshAt(index: number): Work | undefined {
    return index < this.#fresh.length ? this.#fresh[this.#fresh.length - 1 - index] : undefined;
  }

  #runAt(index: number): number {
    let [low, high] = [0, this.#runs.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#runs[middle]?.first ?? 0) <= index) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

export function workOf(artifact: Artifact): Work {
  const { width, height } = artifact.metadata as Record<string, unknown>;
  const known = typeof width === 'number' && typeof height === 'number' && width > 0 && height > 0;
  return {
    id: artifact.id,
    type: artifact.artifact_type,
    ratio: known ? width / height : null,
    day: artifact.created_at?.slice(0, 10) ?? '',
  };
}
