/** The wall: every work of a query in brief, laid out whole; in full only those that are looked at. */
import { SvelteMap } from 'svelte/reactivity';
import * as api from '../lib/api/client.ts';
import { artifactsById, galleryIndex, galleryMonths } from '../lib/api/gallery.ts';
import type { Artifact, GalleryCounts, GalleryIndex, Prompt } from '../lib/api/types.ts';
import { asApiError, type ApiError } from '../lib/errors.ts';
import { belongs, shownWith, type Filter } from '../lib/gallery.ts';
import { isSame, NOTHING } from '../lib/wall/address.ts';
import { Order, workOf, type Work } from '../lib/wall/order.ts';
import { boxesOf, freshRows, Rows, type Box, type Frame } from '../lib/wall/rows.ts';
import { listeners } from './listeners.ts';

/** The first answer is to come at once; the others are as large as they may be. */
const FIRST_PAGE = 1000;
const PAGE = 20_000;
const FIRST_SEEN = 60;
const NEWEST = 200;
/** How many works are kept in full, and how many are asked for at once. */
const MOST = 800;
const AT_ONCE = 120;
const DRAWN_AT_ONCE = 10;
/** How long the page may be held up by laying out, and then lets others go first. */
const SLICE_MILLISECONDS = 8;

class Wall {
  filter = $state.raw<Filter>(NOTHING);
  loading = $state(false);
  loaded = $state(false);
  failure = $state.raw<ApiError | null>(null);
  /** Grows when rows have changed: the columns themselves are no signals, there are too many of them. */
  version = $state(0);
  months = $state.raw<GalleryCounts['items']>([]);
  /** What has arrived and is not hung yet. */
  waiting = $state.raw<Work[]>([]);
  /** The place of some changes is not known: only the server can say how it all stands now. */
  stale = $state(false);
  readonly known = new SvelteMap<number, Artifact>();
  order = new Order();
  /** Whether all of the index is here. */
  whole = false;
  /** Asked before something that has arrived is hung by itself. */
  isLookedAt: () => boolean = () => false;

  #frame: Frame | null = null;
  #rows: Rows | null = null;
  #fresh: { first: number; count: number; height: number }[] = [];
  #run = 0;
  #laying = false;
  #wanted: [number, number] = [0, 0];
  #fetching = false;

  async show(filter: Filter): Promise<void> {
    const run = (this.#run += 1);
    this.filter = filter;
    this.loading = true;
    const query = queryOf(filter);
    const months = galleryMonths(query).catch(() => null); // without it there is no scrubber, and all else
    try {
      const [page, seen] = await Promise.all([galleryIndex(query, FIRST_PAGE, null), api.listArtifacts(query, FIRST_SEEN)]);
      if (run !== this.#run) return;
      this.known.clear();
      for (const artifact of seen.items) this.known.set(artifact.id, artifact);
      this.#begin(page);
      this.months = (await months)?.items ?? [];
      await this.#readOn(query, page.next_cursor, run);
    } catch (error) {
      if (run !== this.#run) return;
      this.failure = asApiError(error);
      this.loading = false;
    }
  }

  /** The width that there is, in pixels. False: it is the one that there was, and nothing is laid out anew. */
  resize(frame: Frame): boolean {
    const old = this.#frame;
    if (old?.width === frame.width && old.tall === frame.tall) return false;
    this.#frame = frame;
    this.#rows = null;
    void this.#layOut();
    return true;
  }

  get rowCount(): number {
    return this.#fresh.length + (this.#rows?.first.length ?? 0);
  }

  rowHeight(row: number): number {
    return this.#freshAt(row)?.height ?? this.#rows?.heights[row - this.#fresh.length] ?? 0;
  }

  boxes(row: number): Box[] {
    if (!this.#rows || !this.#frame) return [];
    const fresh = this.#freshAt(row);
    if (!fresh) {
      const found = this.#rows.boxes(row - this.#fresh.length, (first, end) => this.order.ratios(first, end));
      return found.map((box) => ({ ...box, index: box.index + this.order.fresh }));
    }
    const end = fresh.first + fresh.count;
    const ratios = this.order.freshRatios().slice(fresh.first, end).reverse();
    return boxesOf(ratios, this.order.fresh - end, fresh.height, this.#frame);
  }

  /** The row of a work; -1 while it stands in none. */
  rowOf(index: number): number {
    if (index >= this.order.fresh) {
      const row = this.#rows?.rowOf(index - this.order.fresh) ?? -1;
      return row < 0 ? -1 : row + this.#fresh.length;
    }
    const oldestFirst = this.order.fresh - 1 - index;
    const row = this.#fresh.findIndex(({ first, count }) => oldestFirst >= first && oldestFirst < first + count);
    return row < 0 ? -1 : this.#fresh.length - 1 - row;
  }

  /** These works are in sight, or nearly: have them in full. */
  want(first: number, end: number): void {
    this.#wanted = [first, end];
    void this.#fetch();
  }

  /** One work in full; null where it is gone. Throws an ApiError. */
  async full(index: number): Promise<Artifact | null> {
    const id = this.order.idAt(index);
    const known = this.known.get(id);
    if (known) return known;
    const [found] = await artifactsById([id]);
    if (found) this.known.set(id, found);
    else this.#take(id);
    return found ?? null;
  }

  /** The prompt of the next work that is another's; null at the end of the wall. Throws an ApiError. */
  async neighbour(prompt: Prompt, step: 1 | -1): Promise<number | null> {
    const own = prompt.artifacts.map(({ id }) => this.order.indexOf(id)).filter((index) => index >= 0);
    if (own.length === 0) return null;
    let index = step > 0 ? Math.max(...own) : Math.min(...own);
    while ((index = this.order.next(index, step)) >= 0) {
      const found = await this.full(index);
      if (found && found.prompt_id !== prompt.id) return found.prompt_id;
    }
    return null;
  }

  /** Every sound of the query, in its order. */
  sounds(): number[] {
    const found: number[] = [];
    for (let at = -1; (at = this.order.next(at, 1, (index) => this.order.typeAt(index) === 'audio')) >= 0; ) found.push(this.order.idAt(at));
    return found;
  }

  /** Hang what has arrived. */
  hang(): void {
    if (this.stale) {
      void this.show(this.filter);
      return;
    }
    const arrived = [...this.waiting].sort((a, b) => a.id - b.id);
    this.waiting = [];
    for (const work of arrived) if (this.order.isNewer(work.id)) this.order.prepend(work);
    this.#layOutFresh();
  }

  receive(id: number, prompt: Prompt | null): void {
    if (!this.loaded) return;
    const current = prompt ? shownWith(prompt) : [];
    for (const artifact of this.known.values()) {
      if (artifact.prompt_id !== id) continue;
      const now = current.find((each) => each.id === artifact.id);
      // Lists of prompts may tell of one without its results; only where it has some are others gone.
      if (!prompt || (current.length && !now)) this.#take(artifact.id);
      else this.known.set(artifact.id, { ...artifact, starred: prompt.starred });
    }
    this.waiting = this.waiting.filter((work) => prompt || !this.#isOf(work.id, id));
    for (const artifact of current) this.#arrive(artifact);
  }

  /** After a lost connection, or a tab that slept: what came meanwhile, and what is gone. */
  refresh(): void {
    if (this.failure) void this.show(this.filter);
    else if (this.loaded) void this.#catchUp();
  }

  #begin(page: GalleryIndex): void {
    this.order = new Order();
    this.order.append(page);
    this.whole = page.next_cursor === null;
    this.waiting = [];
    this.stale = false;
    this.#rows = null;
    this.#fresh = [];
    this.failure = null;
    this.loaded = true;
    this.loading = false;
    void this.#layOut();
  }

  async #readOn(query: api.GalleryQuery, cursor: string | null, run: number): Promise<void> {
    for (let next = cursor; next !== null; ) {
      const page: GalleryIndex = await galleryIndex(query, PAGE, next);
      if (run !== this.#run) return;
      this.order.append(page);
      next = page.next_cursor;
      this.whole = next === null;
      void this.#layOut();
    }
  }

  /** All that is known, in slices between which the page goes on. */
  async #layOut(): Promise<void> {
    if (this.#laying || !this.#frame) return;
    this.#laying = true;
    this.#rows ??= new Rows(this.#frame);
    this.#layOutFresh();
    let due = performance.now() + SLICE_MILLISECONDS;
    let isFirst = this.version === 0 || this.#rows.laid === 0;
    while (this.#growRows()) {
      if (!isFirst && performance.now() < due) continue;
      if (isFirst) this.version += 1;
      isFirst = false;
      await new Promise((resolve) => setTimeout(resolve));
      due = performance.now() + SLICE_MILLISECONDS;
    }
    this.#laying = false;
    this.version += 1;
  }

  /** False: everything stands. A new width or query meanwhile begins anew. */
  #growRows(): boolean {
    if (!this.#frame) return false;
    this.#rows ??= new Rows(this.#frame);
    return this.#rows.grow((first, end) => this.order.ratios(first, end), this.whole);
  }

  #layOutFresh(): void {
    if (!this.#frame) return;
    this.#fresh = this.order.fresh ? freshRows(this.order.freshRatios(), this.#frame) : [];
    this.version += 1;
  }

  #freshAt(row: number): { first: number; count: number; height: number } | undefined {
    return row < this.#fresh.length ? this.#fresh[this.#fresh.length - 1 - row] : undefined;
  }

  async #fetch(): Promise<void> {
    if (this.#fetching) return;
    const ids = this.#missing();
    if (ids.length === 0) return;
    this.#fetching = true;
    try {
      const found = await artifactsById(ids);
      for (let next = 0; next < found.length; next += DRAWN_AT_ONCE) {
        for (const artifact of found.slice(next, next + DRAWN_AT_ONCE)) this.known.set(artifact.id, artifact);
        await new Promise((resolve) => setTimeout(resolve)); // a window full of tiles at once would hold up a scroll
      }
      const told = new Set(found.map(({ id }) => id));
      for (const id of ids) if (!told.has(id)) this.#take(id);
      this.#forget();
    } catch {
      return; // the tiles stay as they are; `refresh` comes when the server is back
    } finally {
      this.#fetching = false;
    }
    void this.#fetch();
  }

  #missing(): number[] {
    const [first, end] = this.#wanted;
    const ids: number[] = [];
    for (let index = first; index < Math.min(end, this.order.length) && ids.length < AT_ONCE; index += 1) {
      const id = this.order.idAt(index);
      if (!this.known.has(id) && !this.order.isGone(id)) ids.push(id);
    }
    return ids;
  }

  #forget(): void {
    if (this.known.size <= MOST) return;
    const [first, end] = this.#wanted;
    const kept = new Set<number>();
    for (let index = Math.max(0, first - AT_ONCE); index < Math.min(end + AT_ONCE, this.order.length); index += 1) kept.add(this.order.idAt(index));
    for (const id of this.known.keys()) if (!kept.has(id)) this.known.delete(id);
  }

  #take(id: number): void {
    if (this.order.remove(id)) this.version += 1;
  }

  #arrive(artifact: Artifact): void {
    if (this.order.isGone(artifact.id) && this.order.bringBack(artifact.id)) {
      this.version += 1;
      return;
    }
    if (!belongs(artifact, this.filter) || this.order.indexOf(artifact.id) >= 0) return;
    if (this.waiting.some(({ id }) => id === artifact.id)) return;
    // Older ones come with their page, unless it has been read already.
    if (!this.order.isNewer(artifact.id) && !this.whole) return;
    if (!this.order.isNewer(artifact.id)) this.stale = true;
    this.known.set(artifact.id, artifact);
    this.waiting = [...this.waiting, workOf(artifact)];
    if (!this.isLookedAt()) this.hang();
  }

  async #catchUp(): Promise<void> {
    const run = this.#run;
    try {
      const page = await galleryIndex(queryOf(this.filter), NEWEST, null);
      if (run !== this.#run) return;
      this.#compare(page);
      void this.#fetch();
    } catch {
      // The stream comes back, and with it the next look.
    }
  }

  #compare(page: GalleryIndex): void {
    const told = new Set(page.ids);
    const oldest = page.ids.at(-1) ?? 0;
    for (let index = 0; index < this.order.length && this.order.idAt(index) >= oldest; index += 1) {
      if (!told.has(this.order.idAt(index))) this.#take(this.order.idAt(index));
    }
    const known = new Set(this.waiting.map(({ id }) => id));
    const arrived = page.ids.flatMap((id, index) => {
      if (this.order.indexOf(id) >= 0 || known.has(id)) return [];
      return [{ id, type: page.types[index] ?? 'other', ratio: page.ratios[index] ?? null, day: page.days[0]?.day ?? '' }];
    });
    if (arrived.length === 0) return;
    // More came than were told, or one came back from before: only all of it anew is right.
    if (arrived.length === page.ids.length || arrived.some(({ id }) => !this.order.isNewer(id))) this.stale = true;
    this.waiting = [...this.waiting, ...arrived];
    if (!this.isLookedAt()) this.hang();
  }

  #isOf(id: number, prompt: number): boolean {
    return this.known.get(id)?.prompt_id === prompt;
  }
}

export function queryOf({ type, q, starred }: Filter): api.GalleryQuery {
  return { ...(type ? { artifact_type: type } : {}), ...(q.trim() ? { q: q.trim() } : {}), ...(starred ? { starred } : {}) };
}

export function isShown(filter: Filter): boolean {
  return isSame(wall.filter, filter) && (wall.loaded || wall.loading);
}

export const wall = new Wall();
listeners.add(wall);
