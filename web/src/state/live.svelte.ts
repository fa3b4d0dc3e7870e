/** The event stream. EventSource reconnects by itself and replays what was missed; we only start it anew when it gave up. */
import type { Progress, Prompt, Stats } from '../lib/api/types.ts';
import { gallery } from './gallery.svelte.ts';
import { prompts } from './prompts.svelte.ts';
import { queue } from './queue.svelte.ts';
import { session } from './session.svelte.ts';
import { workflows } from './workflows.svelte.ts';

const FIRST_WAIT_MILLISECONDS = 1000;
const LONGEST_WAIT_MILLISECONDS = 30_000;

class Live {
  state = $state<'connecting' | 'open' | 'reconnecting'>('connecting');
  #source: EventSource | null = null;
  #wait = FIRST_WAIT_MILLISECONDS;
  #timer: ReturnType<typeof setTimeout> | undefined;

  #listens = false;
  #wanted = false;

  start(): void {
    this.#wanted = true;
    this.#connect();
    if (this.#listens) return;
    this.#listens = true;
    for (const moment of ['online', 'pageshow']) addEventListener(moment, () => this.#hurry());
    document.addEventListener('visibilitychange', () => this.#hurry());
  }

  stop(): void {
    this.#wanted = false;
    clearTimeout(this.#timer);
    this.#source?.close();
  }

  #connect(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    const source = new EventSource('/api/events');
    this.#source = source;
    source.addEventListener('open', () => this.#opened());
    source.addEventListener('error', () => this.#lost());
    on<{ id: number; prompt: Prompt | null }>(source, 'prompt', ({ id, prompt }) => {
      prompts.receive(id, prompt);
      gallery.receive(id, prompt);
    });
    on<{ id: number; progress: Progress }>(source, 'progress', ({ id, progress }) => prompts.progress(id, progress));
    on<{ id: number; url: string }>(source, 'preview', ({ id, url }) => prompts.preview(id, url));
    on<Stats>(source, 'queue', (stats) => queue.receive(stats));
    source.addEventListener('reset', () => this.#load());
  }

  #opened(): void {
    this.state = 'open';
    this.#wait = FIRST_WAIT_MILLISECONDS;
    this.#load();
  }

  #load(): void {
    void prompts.load();
    void queue.load();
    if (!workflows.loaded) void workflows.load();
    gallery.refresh();
  }

  #lost(): void {
    this.state = 'reconnecting';
    if (this.#source?.readyState !== EventSource.CLOSED) return;
    void session.look(); // the stream ends for good when it is refused; only a plain question tells why
    this.#timer = setTimeout(() => this.#connect(), this.#wait);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MILLISECONDS);
  }

  #hurry(): void {
    if (this.#wanted && !document.hidden && this.#source?.readyState === EventSource.CLOSED) this.#connect();
  }
}

function on<T>(source: EventSource, name: string, receive: (data: T) => void): void {
  source.addEventListener(name, (event: MessageEvent<string>) => receive(JSON.parse(event.data) as T));
}

export const live = new Live();
