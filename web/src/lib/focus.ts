/**
 * Focus that does not fall to the nothing of the page. Rows carry their key in `data-key`; when the row with the focus
 * moves to another list it is drawn anew there, and when it is gone a neighbour takes its place.
 */

export interface Spot {
  key: string;
  /** Which of its controls had the focus, by its visible name or its role. */
  control: string;
  /** The keys in their order, when it was noted. */
  order: string[];
}

const STOPS = 'a[href], button, [tabindex]';

/** Where the focus is, if it is in a row. */
export function spotOf(element: Element | null): Spot | null {
  const row = element?.closest<HTMLElement>('[data-key]');
  if (!row || !element) return null;
  return { key: row.dataset['key'] ?? '', control: controlOf(element), order: keys() };
}

/** Give the focus to the same control of the same row, else to its link, else to the nearest row that is left. */
export function restore(spot: Spot): void {
  const index = spot.order.indexOf(spot.key);
  const near = [...spot.order.slice(index + 1), ...spot.order.slice(0, Math.max(0, index)).reverse()];
  const row = rowOf(spot.key);
  const stops = row ? [...row.querySelectorAll<HTMLElement>(STOPS)] : [];
  const same = stops.find((stop) => controlOf(stop) === spot.control);
  focusOn(same ?? stops[0] ?? near.map(rowOf).find(Boolean)?.querySelector<HTMLElement>(STOPS));
}

export function focusKey(key: string): void {
  if (isNowhere()) focusOn(rowOf(key)?.querySelector<HTMLElement>(STOPS));
}

export function isNowhere(): boolean {
  const active = document.activeElement;
  return !active || active === document.body || !active.isConnected;
}

/** Keep the focus among the rows of `frame` while they come, move and go. For `{@attach}`. */
export function keepsFocus(frame: HTMLElement): () => void {
  let focused: Element | null = null;
  let spot: Spot | null = null;
  const note = (event: FocusEvent) => {
    focused = event.target as Element;
    spot = spotOf(focused);
  };
  const leave = (event: FocusEvent) => {
    const left = event.target as Element;
    queueMicrotask(() => {
      if (left.isConnected && left === focused) spot = null; // somebody went elsewhere; it was not taken from them
    });
  };
  const watch = new MutationObserver(() => {
    if (!spot || !focused) return;
    if (focused.isConnected) spot.order = keys();
    else if (isNowhere()) restore(spot);
    else spot = null;
  });
  watch.observe(frame, { childList: true, subtree: true });
  frame.addEventListener('focusin', note);
  frame.addEventListener('focusout', leave);
  return () => {
    watch.disconnect();
    frame.removeEventListener('focusin', note);
    frame.removeEventListener('focusout', leave);
  };
}

function focusOn(found: HTMLElement | null | undefined): void {
  const target = found ?? document.querySelector<HTMLElement>('main [data-home]');
  target?.focus({ preventScroll: found == null });
}

function rowOf(key: string): HTMLElement | null {
  return document.querySelector(`main [data-key="${CSS.escape(key)}"]`);
}

function keys(): string[] {
  return [...document.querySelectorAll<HTMLElement>('main [data-key]')].map((row) => row.dataset['key'] ?? '');
}

function controlOf(element: Element): string {
  return element.matches('a[href]') ? 'link' : (element.getAttribute('data-control') ?? element.textContent?.trim() ?? '');
}
