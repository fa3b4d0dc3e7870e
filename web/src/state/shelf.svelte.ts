/** The shelf: writings newest first, or what a search finds, page after page. */
import * as api from '../lib/api/client.ts';
import { asApiError } from '../lib/errors.ts';
import { EVERYTHING, lineOf, lineOfHit, type ShelfFilter, type ShelfLine } from '../lib/shelf.ts';

class Shelf {
  filter = $state<ShelfFilter>({ ...EVERYTHING });
  lines = $state.raw<ShelfLine[]>([]);
  types = $state.raw<[string, number][]>([]);
  tags = $state.raw<string[]>([]);
  total = $state({ writings: 0, words: 0 });
  cursor = $state<string | null>(null);
  loading = $state(false);
  loaded = $state(false);
  trouble = $state('');
  #run = 0;

  async show(filter: ShelfFilter): Promise<void> {
    this.filter = filter;
    this.cursor = null;
    await this.#fetch(true);
  }

  async more(): Promise<void> {
    if (this.cursor && !this.loading) await this.#fetch(false);
  }

  /** What there is to choose from; without it the list still works. */
  async survey(): Promise<void> {
    try {
      const [totals, tags] = await Promise.all([api.getTotals(), api.listTags()]);
      this.types = Object.entries(totals.writings_by_type).sort((a, b) => b[1] - a[1]);
      this.total = { writings: totals.writings, words: totals.words };
      this.tags = tags.map((tag) => tag.name);
    } catch {
      this.types = [];
    }
  }

  async #fetch(fresh: boolean): Promise<void> {
    const run = (this.#run += 1);
    this.loading = true;
    try {
      const page = await this.#page();
      if (run !== this.#run) return;
      const known = new Set(fresh ? [] : this.lines.map((line) => line.key));
      this.lines = [...(fresh ? [] : this.lines), ...page.lines.filter((line) => !known.has(line.key))];
      this.cursor = page.cursor;
      this.loaded = true;
      this.trouble = '';
    } catch (error) {
      if (run === this.#run) this.trouble = asApiError(error).message;
    } finally {
      if (run === this.#run) this.loading = false;
    }
  }

  async #page(): Promise<{ lines: ShelfLine[]; cursor: string | null }> {
    const q = this.filter.q.trim();
    if (q && !this.filter.tag) {
      const found = await api.search(q, this.filter, this.cursor);
      return { lines: found.items.map(lineOfHit), cursor: found.next_cursor };
    }
    const found = await api.listWritings(this.filter, this.cursor);
    return { lines: found.items.map(lineOf), cursor: found.next_cursor };
  }
}

export const shelf = new Shelf();
