/** Which page shows, what of it (its query), and which prompt is open above it. */
import { pathOf, route, type PageName, type Route } from '../lib/route.ts';

interface Entry {
  behind?: PageName;
  /** The query of the page behind. */
  search?: string;
  above?: boolean;
  /** A work is looked at in full, and Back ends that. */
  viewer?: boolean;
}

class Router {
  current = $state<Route>({ page: 'studio', prompt: null });
  /** The query of the page, with its `?`; also while a prompt is open above it. */
  search = $state('');
  /** How often the page was reached by Back or Forward. */
  returns = $state(0);

  start(): void {
    this.#read();
    addEventListener('popstate', () => {
      this.#read();
      this.returns += 1;
    });
    document.addEventListener('click', (event) => this.#follow(event));
    // A page without HTTPS has none.
    navigator.serviceWorker?.addEventListener('message', (event) => this.#told(event));
  }

  /** `path` may have a query. */
  go(path: string): void {
    const { pathname, search } = new URL(path, location.origin);
    const next = route(pathname, this.current.page);
    const above = next.prompt !== null;
    const entry: Entry = { behind: this.current.page, search: this.search, above };
    if (pathname + search !== location.pathname + location.search) history.pushState(entry, '', pathname + search);
    if (above && this.current.item) next.item = this.current.item;
    const turned = next.page !== this.current.page || next.item !== this.current.item;
    const asked = !above && search !== this.search;
    this.current = next;
    if (!above) this.search = search;
    if (turned || asked) scrollTo(0, 0);
  }

  /** Another prompt in the place of the one that is open. */
  replace(path: string): void {
    history.replaceState(history.state, '', path);
    this.current = { ...this.current, ...route(path, this.current.page) };
  }

  /** Another query of the same page; with a `step` it is one that Back takes back. */
  ask(search: string, step: 'step' | 'viewer' | null = null): void {
    if (search === this.search) return;
    const prompt = this.current.prompt;
    const state: Entry = { ...(history.state as Entry | null), ...(step === 'viewer' ? { viewer: true } : {}) };
    if (prompt !== null) history.replaceState({ ...state, search }, '');
    else if (step) history.pushState(step === 'viewer' ? state : null, '', pathOf(this.current.page) + search);
    else history.replaceState(history.state, '', pathOf(this.current.page) + search);
    this.search = search;
  }

  /** Whether Back ends the looking at a work. */
  get isViewerAbove(): boolean {
    return Boolean((history.state as Entry | null)?.viewer);
  }

  /** Close the open prompt: back to where it was opened, or to the page behind it after a deep link. */
  close(): void {
    if (this.current.prompt === null) return;
    if ((history.state as Entry | null)?.above) return history.back();
    history.replaceState(null, '', pathOf(this.current.page) + this.search);
    this.#read();
  }

  #read(): void {
    const entry = history.state as Entry | null;
    this.current = route(location.pathname, entry?.behind);
    this.search = this.current.prompt === null ? location.search : (entry?.search ?? '');
  }

  /** Of the service worker: whether anybody is here, and where a tap on a notification leads. */
  #told(event: MessageEvent<{ open?: unknown } | null>): void {
    event.ports[0]?.postMessage(true);
    const path = event.data?.open;
    // A path begins with one slash: with two it would be another server.
    if (typeof path === 'string' && /^\/(?!\/)/.test(path)) this.go(path);
  }

  #follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[data-route]') : null;
    if (!link) return;
    event.preventDefault();
    this.go(link.pathname + link.search);
  }
}

export const router = new Router();
