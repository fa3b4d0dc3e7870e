/** What is done to one row of a list at a time; what it says, or what went wrong, goes to whoever listens. */
import { asApiError } from '../lib/errors.ts';
import { announcer } from './announcer.svelte.ts';

export class Acts {
  /** The row that something is done to; 0: to none. */
  busy = $state(0);

  async run(row: number, act: () => Promise<string | void>): Promise<void> {
    if (this.busy) return;
    this.busy = row;
    try {
      const said = await act();
      if (said) announcer.say(said);
    } catch (error) {
      announcer.say(asApiError(error).message);
    } finally {
      this.busy = 0;
    }
  }
}
