/** Which page shows, and which prompt is open above it. */
import { pathOf, route, type PageName, type Route } from '../lib/route.ts';

interface Entry {
  behind?: PageName;
  above?: boolean;
}

class Router {
  current = $state<Route>({ page: 'studio', prompt: null });

  start(): void {
    this.#read();
    addEventListener('popstate', () => this.#read());
    document.addEventListener('click', (event) => this.#follow(event));
  }

  go(path: string): void {
    const next = route(path, this.current.page);
    const entry: Entry = { behind: this.current.page, above: next.prompt !== null };
    if (path !== location.pathname) history.pushState(entry, '', path);
    if (next.prompt !== null && this.current.writing) next.writing = this.current.writing;
    const turned = next.page !== this.current.page || next.writing !== this.current.writing;
    this.current = next;
    if (turned) scrollTo(0, 0);
  }

  /** Close the open prompt: back to where it was opened, or to the page behind it after a deep link. */
  close(): void {
    if (this.current.prompt === null) return;
    if ((history.state as Entry | null)?.above) return history.back();
    history.replaceState(null, '', pathOf(this.current.page));
    this.#read();
  }

  #read(): void {
    this.current = route(location.pathname, (history.state as Entry | null)?.behind);
  }

  #follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[data-route]') : null;
    if (!link) return;
    event.preventDefault();
    this.go(link.pathname);
  }
}

export const router = new Router();
