/** The prompts that the page knows, kept current by the event stream: of the line of waiting ones its beginning. */
import { tick } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import * as api from '../lib/api/client.ts';
import type { Page, Progress, Prompt } from '../lib/api/types.ts';
import { asApiError, type ApiError } from '../lib/errors.ts';
import { focusKey } from '../lib/focus.ts';
import { announcement, forgettable, isBeyond, sections, type Place } from '../lib/queue.ts';
import { announcer } from './announcer.svelte.ts';

const PAGE = 50;
const MOST = 200;
const RECENT = 24;
const MOST_LOOKS = 3;

class Prompts {
  readonly known = new SvelteMap<number, Prompt>();
  readonly previews = new SvelteMap<number, string>();
  readonly busy = new SvelteMap<number, string>();
  loaded = $state(false);
  loading = $state(false);
  failure = $state<ApiError | null>(null);
  held = $state<number | null>(null);
  /** Where to read on: in the line of what waits, and among what failed. Null: there is no more. */
  further = $state<string | null>(null);
  olderFailures = $state<string | null>(null);
  readonly sections = $derived(sections(this.known.values()));
  /** The last place of the line that was read; what stands behind it is left to the server. Null: all was read. */
  #horizon: Place | null = null;
  /** When events have touched an id, counted, while answers are under way: the stream is newer than they. */
  #touched = new Map<number, number>();
  #count = 0;
  #reading = 0;
  #more: Promise<void> | null = null;

  async load(): Promise<void> {
    const line = Math.min(MOST, Math.max(PAGE, this.sections.waiting.length));
    this.loading = true;
    try {
      await this.#read(async (since) => {
        const [waiting, running, failed, done] = await Promise.all([
          api.listWaiting(line),
          api.listPrompts('processing', MOST),
          api.listPrompts('failed', RECENT),
          api.listPrompts('completed,cancelled', RECENT),
        ]);
        this.#advance(waiting);
        this.olderFailures = failed.next_cursor;
        this.#replace([...waiting.items, ...running.items, ...failed.items, ...done.items], since);
      });
      this.failure = null;
      this.loaded = true;
    } catch (error) {
      this.failure = asApiError(error);
    } finally {
      this.loading = false;
    }
  }

  /** The next part of the line. */
  readOn(): Promise<void> {
    const cursor = this.further;
    if (!cursor) return Promise.resolve();
    this.#more ??= this.#append(async () => {
      const page = await api.listWaiting(MOST, cursor);
      this.#advance(page);
      return page;
    }).finally(() => (this.#more = null));
    return this.#more;
  }

  readOlderFailures(): Promise<void> {
    return this.#append(async () => {
      const page = await api.listPrompts('failed', MOST, this.olderFailures ?? undefined);
      this.olderFailures = page.next_cursor;
      return page;
    });
  }

  receive(id: number, prompt: Prompt | null): void {
    if (this.#reading) this.#touched.set(id, (this.#count += 1));
    if (!prompt || (this.#isBeyond(prompt) && id !== this.held)) {
      this.known.delete(id);
      this.previews.delete(id);
      return;
    }
    this.#take(prompt);
    if (prompt.status !== 'processing') this.previews.delete(id);
    for (const old of forgettable(this.known.values(), this.held)) this.known.delete(old);
  }

  progress(id: number, progress: Progress): void {
    const prompt = this.known.get(id);
    if (prompt?.status === 'processing') this.known.set(id, { ...prompt, progress });
  }

  preview(id: number, url: string): void {
    if (this.known.get(id)?.status === 'processing') this.previews.set(id, url);
  }

  /** Fetch one prompt whole, with its attempts, for its detail. */
  async open(id: number): Promise<Prompt> {
    this.held = id;
    return this.#read(async () => {
      for (let looks = 1; ; looks += 1) {
        const since = this.#count;
        const prompt = await api.getPrompt(id);
        // An event that came meanwhile may be newer than the answer, and tells less than it.
        if (this.#isUntouched(id, since) || looks === MOST_LOOKS) {
          this.known.set(id, prompt);
          return prompt;
        }
      }
    });
  }

  cancel = (prompt: Prompt) => this.#act(prompt, 'cancel', () => api.cancelPrompt(prompt.id));
  retry = (prompt: Prompt, latest = false) => this.#act(prompt, latest ? 'latest' : 'retry', () => api.retryPrompt(prompt.id, latest));
  star = (prompt: Prompt) =>
    this.#act(prompt, 'star', () => api.changePrompt(prompt.id, { starred: !prompt.starred }));

  /** Into the trash, with a way back. */
  async remove(prompt: Prompt): Promise<boolean> {
    if (this.busy.has(prompt.id)) return false;
    this.busy.set(prompt.id, 'delete');
    try {
      await api.deletePrompt(prompt.id);
      this.receive(prompt.id, null);
      announcer.say('Deleted.', () => void this.#restore(prompt.id));
      return true;
    } catch (error) {
      announcer.say(asApiError(error).message);
      return false;
    } finally {
      this.busy.delete(prompt.id);
    }
  }

  async #restore(id: number): Promise<void> {
    try {
      this.receive(id, await api.restorePrompt(id));
      announcer.say('Back again.');
    } catch (error) {
      announcer.say(asApiError(error).message);
    }
    await tick();
    focusKey(String(id)); // the button that took it back is gone
  }

  async #act(prompt: Prompt, verb: string, act: () => Promise<Prompt>): Promise<void> {
    if (this.busy.has(prompt.id) || (verb === 'cancel' && prompt.cancel_requested)) return;
    this.busy.set(prompt.id, verb);
    try {
      await this.#read(async (since) => {
        const answer = await act();
        // The answer may be slower than what came of it: an event of this act comes in any case, or was here already.
        if (this.#isUntouched(prompt.id, since)) this.receive(prompt.id, answer);
      });
    } catch (error) {
      announcer.say(asApiError(error).message);
    } finally {
      this.busy.delete(prompt.id);
    }
  }

  async #append(fetch: () => Promise<Page<Prompt>>): Promise<void> {
    try {
      await this.#read(async (since) => this.#keep((await fetch()).items, since));
    } catch (error) {
      announcer.say(asApiError(error).message);
    }
  }

  /** Run what asks the server; `since` is the count of the events before it. */
  async #read<Found>(fetch: (since: number) => Promise<Found>): Promise<Found> {
    this.#reading += 1;
    try {
      return await fetch(this.#count);
    } finally {
      this.#reading -= 1;
      if (!this.#reading) this.#touched.clear();
    }
  }

  #advance(page: Page<Prompt>): void {
    const last = page.items.at(-1);
    this.further = page.next_cursor;
    this.#horizon = page.next_cursor && last ? { priority: last.priority, id: last.id } : null;
  }

  #isBeyond(prompt: Prompt): boolean {
    return this.#horizon !== null && prompt.status === 'pending' && isBeyond(prompt, this.#horizon);
  }

  #replace(fetched: Prompt[], since: number): void {
    const ids = new Set(fetched.map((prompt) => prompt.id));
    for (const [id, prompt] of this.known) {
      const isNewer = (this.#touched.get(id) ?? 0) > since && !this.#isBeyond(prompt);
      if (!ids.has(id) && !isNewer && id !== this.held) this.known.delete(id);
    }
    this.#keep(fetched, since);
  }

  #keep(fetched: Prompt[], since: number): void {
    for (const prompt of fetched) {
      if (this.#isUntouched(prompt.id, since)) this.#take(prompt);
    }
  }

  #isUntouched(id: number, since: number): boolean {
    return (this.#touched.get(id) ?? 0) <= since;
  }

  /** A list may tell of a prompt before the stream does: what has become of it is said, whoever brings it. */
  #take(prompt: Prompt): void {
    const isYoung = Date.parse(prompt.created_at ?? '') >= api.bornAt();
    const sentence = announcement(this.known.get(prompt.id), prompt, isYoung);
    this.known.set(prompt.id, prompt);
    if (sentence) announcer.tell(prompt.id, { status: prompt.status, kind: prompt.kind, sentence });
  }
}

export const prompts = new Prompts();
