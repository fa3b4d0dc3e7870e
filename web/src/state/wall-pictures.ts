/** The pictures of the wall for the viewer: all of the query, also those that were never in sight. */
import type { Pictures } from './lightbox.svelte.ts';
import { wall } from './wall.svelte.ts';

export class WallPictures implements Pictures {
  /** By their ids: what hangs in front of them meanwhile does not count. */
  readonly #ids: number[] = [];
  readonly #moved: (id: number) => void;
  readonly #ended: (id: number) => void;

  constructor(moved: (id: number) => void, ended: (id: number) => void) {
    this.#moved = moved;
    this.#ended = ended;
  }

  /** It grows while the index of the wall is read. */
  get count(): number {
    const { order } = wall;
    const last = this.#ids.at(-1);
    for (let index = last === undefined ? 0 : order.nearest(last); index < order.length; index += 1) {
      const id = order.idAt(index);
      if (id !== last && order.typeAt(index) === 'image' && !order.isGone(id)) this.#ids.push(id);
    }
    return this.#ids.length;
  }

  numberOf(id: number): number {
    void this.count;
    return this.#ids.indexOf(id);
  }

  known(number: number) {
    return wall.known.get(this.#ids[number] ?? 0);
  }

  full(number: number) {
    const index = wall.order.indexOf(this.#ids[number] ?? 0);
    return index < 0 ? Promise.resolve(null) : wall.full(index);
  }

  moved(number: number): void {
    this.#moved(this.#ids[number] ?? 0);
  }

  ended(number: number): void {
    this.#ended(this.#ids[number] ?? 0);
  }
}
