/** The gallery: pages of results, newest first, that grow at both ends. */
import * as api from '../lib/api/client.ts';
import type { Artifact, Prompt } from '../lib/api/types.ts';
import { asApiError, type ApiError } from '../lib/errors.ts';
import { appended, merged, type Filter } from '../lib/gallery.ts';

const PAGE = 40;

class Gallery {
  items = $state.raw<Artifact[]>([]);
  filter = $state<Filter>({ type: '', q: '', starred: false });
  cursor = $state<string | null>(null);
  loading = $state(false);
  loaded = $state(false);
  failure = $state<ApiError | null>(null);
  #run = 0;

  async show(filter: Filter): Promise<void> {
    this.filter = filter;
    this.cursor = null;
    await this.#fetch(true);
  }

  async more(): Promise<void> {
    if (this.cursor && !this.loading) await this.#fetch(false);
  }

  /** After a lost connection: the first page again, if the gallery was ever opened. */
  refresh(): void {
    if (this.loaded || this.failure) void this.show(this.filter);
  }

  receive(id: number, prompt: Prompt | null): void {
    if (this.loaded) this.items = merged(this.items, id, prompt, this.filter);
  }

  async #fetch(fresh: boolean): Promise<void> {
    const run = (this.#run += 1);
    this.loading = true;
    try {
      const page = await api.listArtifacts(this.#query(), PAGE);
      if (run !== this.#run) return;
      this.items = fresh ? page.items : appended(this.items, page.items);
      this.cursor = page.next_cursor;
      this.loaded = true;
      this.failure = null;
    } catch (error) {
      if (run === this.#run) this.failure = asApiError(error);
    } finally {
      if (run === this.#run) this.loading = false;
    }
  }

  #query(): api.GalleryQuery {
    const { type, q, starred } = this.filter;
    return {
      ...(type ? { artifact_type: type } : {}),
      ...(q.trim() ? { q: q.trim() } : {}),
      ...(starred ? { starred } : {}),
      ...(this.cursor ? { cursor: this.cursor } : {}),
    };
  }
}

export const gallery = new Gallery();
