/** What happens on the server, as it happens: from the event stream of this tab, or from the tab that holds it. */
import type { Musing, Progress, Prompt, Stats } from '../lib/api/types.ts';
import { listeners } from './listeners.ts';
import { prompts } from './prompts.svelte.ts';
import { queue } from './queue.svelte.ts';
import { session } from './session.svelte.ts';
import { Tabs, type Heard, type Link, type Standing } from './tabs.ts';
import { workflows } from './workflows.svelte.ts';

const FIRST_WAIT_MILLISECONDS = 1000;
const LONGEST_WAIT_MILLISECONDS = 30_000;
const UNHEARD_MILLISECONDS = 1000;
const NAMES = ['prompt', 'progress', 'preview', 'queue', 'musing', 'reset'] as const;

class Live {
  state = $state<Link>('connecting');
  /** How often the server was found: whoever failed to load something tries again when it grows. */
  openings = $state(0);
  lostAt = $state<number | null>(null);
  #source: EventSource | null = null;
  #wait = FIRST_WAIT_MILLISECONDS;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #unheard: ReturnType<typeof setTimeout> | undefined;
  /** The id of the newest event that this tab has seen. */
  #last = '';
  #listens = false;
  #wanted = false;
  readonly #tabs = new Tabs({
    lead: () => this.#connect(),
    follow: () => this.#disconnect(),
    standing: () => ({ link: this.state, last: this.#last }),
    told: (standing) => this.#told(standing),
    hear: (heard) => this.#take(heard),
  });

  start(): void {
    this.#wanted = true;
    this.#tabs.join();
    this.#unheard = setTimeout(() => this.openings || this.refresh(), UNHEARD_MILLISECONDS);
    if (this.#listens) return;
    this.#listens = true;
    for (const moment of ['online', 'pageshow']) addEventListener(moment, () => this.#hurry());
    document.addEventListener('visibilitychange', () => this.#hurry());
    // A page that goes hands over at once, and one that is kept for “back” must not go on leading.
    addEventListener('pagehide', () => this.#tabs.leave());
  }

  stop(): void {
    this.#wanted = false;
    clearTimeout(this.#unheard);
    this.#tabs.leave();
    this.#disconnect();
  }

  /** Fetch everything that is shown and kept current. */
  refresh(): void {
    void prompts.load();
    void queue.load();
    void workflows.load();
    for (const listener of listeners) listener.refresh();
  }

  #connect(): void {
    this.#disconnect();
    // EventSource sends `Last-Event-ID` only when it reconnects by itself; a tab that takes over says it so.
    const source = new EventSource(`/api/events${this.#last ? `?last_event_id=${this.#last}` : ''}`);
    this.#source = source;
    source.addEventListener('open', () => this.#become('open'));
    source.addEventListener('error', () => this.#lost());
    for (const name of NAMES) {
      source.addEventListener(name, ({ data, lastEventId }: MessageEvent<string>) => {
        const heard = { name, data, last: lastEventId };
        this.#take(heard);
        this.#tabs.pass(heard);
      });
    }
  }

  #disconnect(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }

  #take({ name, data, last }: Heard): void {
    this.#last = last;
    if (name === 'reset') return this.refresh();
    const said: unknown = JSON.parse(data);
    if (name === 'queue') return queue.receive(said as Stats);
    if (name === 'musing') {
      for (const listener of listeners) listener.musing?.(said as Musing);
      return;
    }
    const { id, prompt, progress, url } = said as { id: number; prompt: Prompt | null; progress: Progress; url: string };
    if (name === 'progress') prompts.progress(id, progress);
    else if (name === 'preview') prompts.preview(id, url);
    else if (name === 'prompt') {
      prompts.receive(id, prompt);
      for (const listener of listeners) listener.receive(id, prompt);
    }
  }

  #told({ link, last }: Standing): void {
    // While this tab slept, or before it came, the leader has passed on what it did not hear.
    const isAhead = Number(last) > Number(this.#last);
    const missed = isAhead && this.#last !== '';
    if (isAhead) this.#last = last;
    if (missed && link === 'open' && this.state === 'open') this.refresh();
    this.#become(link);
  }

  #become(link: Link): void {
    const before = this.state;
    this.state = link;
    if (link === 'open') {
      this.#wait = FIRST_WAIT_MILLISECONDS;
      this.lostAt = null;
      if (before !== 'open') {
        this.openings += 1;
        this.refresh();
      }
    } else if (link === 'reconnecting') this.lostAt ??= Date.now();
    this.#tabs.announce();
  }

  #lost(): void {
    this.#become('reconnecting');
    if (this.#source?.readyState !== EventSource.CLOSED) return;
    void session.look(); // the stream ends for good when it is refused; only a plain question tells why
    this.#timer = setTimeout(() => this.#connect(), this.#wait);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MILLISECONDS);
  }

  #hurry(): void {
    if (!this.#wanted || document.hidden) return;
    this.#tabs.join();
    this.#tabs.ask();
    if (this.state === 'open') void workflows.load(); // no event tells of them
    if (this.#source?.readyState === EventSource.CLOSED) this.#connect();
  }
}

export const live = new Live();
