/** Every prompt that the page knows, kept current by the event stream. */
import { SvelteMap } from 'svelte/reactivity';
import * as api from '../lib/api/client.ts';
import type { Progress, Prompt } from '../lib/api/types.ts';
import { asApiError, type ApiError } from '../lib/errors.ts';
import { announcement, forgettable, sections } from '../lib/queue.ts';
import { announcer } from './announcer.svelte.ts';

const PAGE = 200;
const RECENT = 24;

class Prompts {
  readonly known = new SvelteMap<number, Prompt>();
  readonly previews = new SvelteMap<number, string>();
  readonly busy = new SvelteMap<number, string>();
  loaded = $state(false);
  failure = $state<ApiError | null>(null);
  held = $state<number | null>(null);
  readonly sections = $derived(sections(this.known.values()));
  /** Ids that events have touched since the last load began: the stream is newer than a list under way. */
  #touched = new Set<number>();

  async load(): Promise<void> {
    this.#touched = new Set();
    try {
      const [open, failed, done] = await Promise.all([
        everyPage('pending,processing'),
        api.listPrompts('failed', RECENT),
        api.listPrompts('completed,cancelled', RECENT),
      ]);
      this.#replace([...open, ...failed.items, ...done.items]);
      this.failure = null;
      this.loaded = true;
    } catch (error) {
      this.failure = asApiError(error);
    }
  }

  receive(id: number, prompt: Prompt | null): void {
    this.#touched.add(id);
    if (!prompt) {
      this.known.delete(id);
      this.previews.delete(id);
      return;
    }
    const sentence = announcement(this.known.get(id), prompt);
    this.known.set(id, prompt);
    if (prompt.status !== 'processing') this.previews.delete(id);
    if (sentence) announcer.say(sentence);
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
    const prompt = await api.getPrompt(id);
    this.known.set(id, prompt);
    return prompt;
  }

  cancel = (prompt: Prompt) => this.#act(prompt, 'cancel', () => api.cancelPrompt(prompt.id));
  retry = (prompt: Prompt) => this.#act(prompt, 'retry', () => api.retryPrompt(prompt.id));
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
  }

  async #act(prompt: Prompt, verb: string, act: () => Promise<Prompt>): Promise<void> {
    if (this.busy.has(prompt.id) || (verb === 'cancel' && prompt.cancel_requested)) return;
    this.busy.set(prompt.id, verb);
    try {
      this.receive(prompt.id, await act());
    } catch (error) {
      announcer.say(asApiError(error).message);
    } finally {
      this.busy.delete(prompt.id);
    }
  }

  #replace(fetched: Prompt[]): void {
    const ids = new Set(fetched.map((prompt) => prompt.id));
    for (const id of this.known.keys()) {
      if (!ids.has(id) && !this.#touched.has(id) && id !== this.held) this.known.delete(id);
    }
    for (const prompt of fetched) {
      if (!this.#touched.has(prompt.id)) this.known.set(prompt.id, prompt);
    }
  }
}

async function everyPage(status: string): Promise<Prompt[]> {
  const all: Prompt[] = [];
  let cursor: string | undefined;
  do {
    const page = await api.listPrompts(status, PAGE, cursor);
    all.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor && all.length < 5 * PAGE);
  return all;
}

export const prompts = new Prompts();
