/** The queue as a whole: counts, the worker, paused or not. */
import * as api from '../lib/api/client.ts';
import type { Stats } from '../lib/api/types.ts';
import { asApiError } from '../lib/errors.ts';
import { notices } from '../lib/queue.ts';
import { announcer } from './announcer.svelte.ts';
import { workflows } from './workflows.svelte.ts';

class Queue {
  stats = $state.raw<Stats | null>(null);
  turning = $state(false);
  readonly notices = $derived(notices(this.stats));
  readonly paused = $derived(this.stats?.paused ?? false);

  #told = 0; // how often the figures were set by what is newer than an answer on its way

  receive(stats: Stats): void {
    this.#told += 1;
    const before = this.stats?.engine;
    this.stats = stats;
    // Something else serves a kind from now on: the form must not promise what was the default before.
    if (before && JSON.stringify(before) !== JSON.stringify(stats.engine)) void workflows.load();
  }

  async load(): Promise<void> {
    const told = this.#told;
    try {
      const stats = await api.getStats();
      if (told === this.#told) this.stats = stats; // else the stream or a pause was quicker, and knows better
    } catch {
      // The stream brings the next figures; until then the last ones stand.
    }
  }

  async toggle(): Promise<void> {
    if (this.turning) return;
    this.turning = true;
    try {
      const stats = this.paused ? await api.resumeQueue() : await api.pauseQueue();
      this.#told += 1;
      this.stats = stats;
      announcer.say(this.paused ? 'The queue is paused. What runs now will finish.' : 'The queue goes on.');
    } catch (error) {
      announcer.say(asApiError(error).message);
    } finally {
      this.turning = false;
    }
  }
}

export const queue = new Queue();
