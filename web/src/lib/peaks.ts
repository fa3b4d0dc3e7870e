/** Peaks of a sound, thinned to as many bars as there is room for. */

/** The loudest peak of each of `bars` equal parts, scaled so that the loudest of all is 1. Empty in, empty out. */
export function thin(peaks: readonly number[], bars: number): number[] {
  if (peaks.length === 0 || bars < 1) return [];
  const count = Math.min(bars, peaks.length);
  const loudest = Math.max(...peaks.map(Math.abs)) || 1;
  return Array.from({ length: count }, (_, bar) => {
    const from = Math.floor((bar * peaks.length) / count);
    const to = Math.max(from + 1, Math.floor(((bar + 1) * peaks.length) / count));
    return Math.max(...peaks.slice(from, to).map(Math.abs)) / loudest;
  });
}

export function peaksOf(metadata: Record<string, unknown>): number[] {
  const found = metadata['peaks'];
  return Array.isArray(found) ? found.filter((peak): peak is number => typeof peak === 'number') : [];
}
