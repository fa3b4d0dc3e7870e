/** Storage of the browser where it is allowed; nothing breaks where it is not (private windows, full disks). */

/** Which storage: that of all tabs, or of this one alone. */
type Place = 'localStorage' | 'sessionStorage';
export const OWN: Place = 'sessionStorage';

export function recall(key: string, place: Place = 'localStorage'): string | null {
  try {
    return window[place].getItem(key);
  } catch {
    return null;
  }
}

export function remember(key: string, value: string | null, place: Place = 'localStorage'): void {
  try {
    if (value === null) window[place].removeItem(key);
    else window[place].setItem(key, value);
  } catch {
    // The page works without a memory.
  }
}
