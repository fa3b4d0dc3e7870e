/** The months of a wall, in the order of its works, with the share that each has of it. */

export interface Month {
  /** As `2026-11`. */
  period: string;
  /** The index of its first work, and the one after its last. */
  first: number;
  end: number;
  /** The newest of its year. */
  isYear: boolean;
}

/** From counts, newest first. Works whose time is not known have no month, but their place. */
export function monthsAlong(counts: readonly { period: string | null; count: number }[]): Month[] {
  let first = 0;
  let year = '';
  const months: Month[] = [];
  for (const { period, count } of counts) {
    if (period) months.push({ period, first, end: first + count, isYear: period.slice(0, 4) !== year });
    year = period?.slice(0, 4) ?? year;
    first += count;
  }
  return months;
}

/** As the reader's browser writes it: `November 2026`. */
export function monthName(period: string, locale?: string): string {
  const [year, month] = period.split('-').map(Number);
  if (!year || !month) return '';
  return new Date(Date.UTC(year, month - 1, 1)).toLocaleDateString(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' });
}
