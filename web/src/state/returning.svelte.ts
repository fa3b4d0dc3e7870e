/** For parts of the page that fetch by themselves: what could not be read is read again when the server is back. */
import { untrack } from 'svelte';
import { live } from './live.svelte.ts';

/** Call while a component is made. `again` runs each time that the server was lost and is found. */
export function whenBack(again: () => void): void {
  let seen = untrack(() => live.openings);
  $effect(() => {
    if (live.openings === seen) return;
    seen = live.openings;
    untrack(again);
  });
}
