/** What a screen reader hears, and a sighted person sees for a moment: one sentence at a time. */

const SHOWN_MILLISECONDS = 6000;
const UNDO_MILLISECONDS = 15_000;

class Announcer {
  sentence = $state('');
  serial = $state(0);
  undo = $state.raw<(() => void) | null>(null);
  /** Whether somebody is just about to take it back. */
  isHeld = () => false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** With `undo` the sentence stays for longer, beside a button that takes back what it tells. */
  say(sentence: string, undo: (() => void) | null = null): void {
    this.sentence = sentence;
    this.undo = undo;
    this.serial += 1;
    clearTimeout(this.#timer);
    this.#fade(undo ? UNDO_MILLISECONDS : SHOWN_MILLISECONDS);
  }

  #fade(milliseconds: number): void {
    this.#timer = setTimeout(() => (this.isHeld() ? this.#fade(SHOWN_MILLISECONDS) : this.clear()), milliseconds);
  }

  clear(): void {
    this.sentence = '';
    this.undo = null;
  }
}

export const announcer = new Announcer();
