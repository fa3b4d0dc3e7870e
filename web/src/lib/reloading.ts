/** Whether the page may reload itself: once in a while, never in a loop. Where nothing can be remembered, never. */

const KEY = 'musings.reloaded';
const PAUSE_MILLISECONDS = 60_000;

export function mayReload(now = Date.now()): boolean {
  try {
    if (now - Number(sessionStorage.getItem(KEY)) < PAUSE_MILLISECONDS) return false;
    sessionStorage.setItem(KEY, String(now));
    return true;
  } catch {
    return false;
  }
}
