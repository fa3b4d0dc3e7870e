/** What is played after what. Pure. */

/** `off`: to the end of the list. `all`: from its end to its beginning. `one`: the same again. */
export type Loop = 'off' | 'all' | 'one';
export const LOOPS: readonly Loop[] = ['off', 'all', 'one'];
export const SPEEDS: readonly number[] = [1, 1.25, 1.5, 2, 0.75];

/** The one after `id` in a list, or before it; null at an end that does not lead round. */
export function following(list: readonly number[], id: number, step: 1 | -1, loop: Loop): number | null {
  const at = list.indexOf(id);
  if (at < 0 || list.length < 2) return null;
  const next = list[at + step];
  if (next !== undefined) return next;
  return loop === 'all' ? (list[step > 0 ? 0 : list.length - 1] ?? null) : null;
}

/** The one after this in a round. */
export function turned<Choice>(choices: readonly Choice[], now: Choice): Choice {
  return choices[(choices.indexOf(now) + 1) % choices.length] ?? now;
}
