/**
 * Rows of one width in which each work keeps its ratio. The rows are broken by `justified-layout`, in parts, so that a
 * wall of 100,000 works never holds up the page; of each row only its first work and its height are kept.
 */
import justify from 'justified-layout';

/** The library takes the square of their number in time, so it is given few at once. */
const PART = 400;

export interface Frame {
  /** All in pixels. */
  width: number;
  /** The height that rows should have, give or take a quarter. */
  tall: number;
  gap: number;
}

export interface Box {
  index: number;
  left: number;
  width: number;
}

export class Rows {
  readonly frame: Frame;
  /** The first work of each row, and the height of the row. */
  readonly first: number[] = [];
  readonly heights: number[] = [];
  /** How many works stand in rows. */
  laid = 0;

  constructor(frame: Frame) {
    this.frame = frame;
  }

  /**
   * Lay out the next part. `ratios` gives those from an index on, at most so many. While more works are to come
   * (`isWhole` false), those that do not fill a row wait for them. False: there was nothing to do.
   */
  grow(ratios: (first: number, end: number) => number[], isWhole: boolean): boolean {
    const part = ratios(this.laid, this.laid + PART);
    if (part.length === 0) return false;
    const isLast = isWhole && part.length < PART;
    const broken = brokenUp(part, this.frame);
    const kept = isLast ? broken : broken.slice(0, -1);
    if (kept.length === 0) return false;
    for (const { count, height } of kept) {
      this.first.push(this.laid);
      this.heights.push(height);
      this.laid += count;
    }
    return true;
  }

  /** The row in which a work stands; -1 where it stands in none yet. */
  rowOf(index: number): number {
    if (index < 0 || index >= this.laid) return -1;
    let [low, high] = [0, this.first.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.first[middle] ?? 0) <= index) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** The works of a row, where they stand and how wide they are. */
  boxes(row: number, ratios: (first: number, end: number) => number[]): Box[] {
    const first = this.first[row] ?? 0;
    return boxesOf(ratios(first, this.first[row + 1] ?? this.laid), first, this.heights[row] ?? 0, this.frame);
  }
}

/** Rows of works that arrive one after another, oldest first: full rows stay as they are, the newest one grows. */
export function freshRows(ratios: readonly number[], frame: Frame): { first: number; count: number; height: number }[] {
  let first = 0;
  return brokenUp(ratios, frame).map(({ count, height }) => {
    const row = { first, count, height };
    first += count;
    return row;
  });
}

/** Where the works of a row stand. They fill its width, unless they are too few for that. */
export function boxesOf(ratios: readonly number[], first: number, height: number, { width, gap }: Frame): Box[] {
  const sum = ratios.reduce((total, ratio) => total + ratio, 0);
  const room = width - gap * (ratios.length - 1);
  // A row that is to be filled was given the height for it, to the rounding; a last one was not.
  const scale = sum * height > room * 0.98 ? room / sum : height;
  let left = 0;
  return ratios.map((ratio, index) => {
    const box = { index: first + index, left, width: ratio * scale };
    left += box.width + gap;
    return box;
  });
}

function brokenUp(ratios: readonly number[], { width, tall, gap }: Frame): { count: number; height: number }[] {
  const { boxes } = justify([...ratios], {
    containerWidth: width,
    containerPadding: 0,
    boxSpacing: gap,
    targetRowHeight: tall,
  });
  const rows: { top: number; count: number; height: number }[] = [];
  for (const { top, height } of boxes) {
    const row = rows.at(-1);
    if (row?.top === top) row.count += 1;
    else rows.push({ top, count: 1, height });
  }
  const last = rows.at(-1);
  if (last) last.height = Math.min(last.height, tall * 1.25);
  return rows;
}
