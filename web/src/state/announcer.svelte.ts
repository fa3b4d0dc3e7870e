/** What a screen reader hears, and a sighted person sees for a moment: one sentence at a time. */
import { digest, type News } from '../lib/digest.ts';

const SHOWN_MILLISECONDS = 6000;
const UNDO_MILLISECONDS = 15_000;
/** News of prompts come together at most this often: a queue that drains has several each second. */
const NEWS_MILLISECONDS = 5000;

class Announcer {
  sentence = $state('');
  serial = $state(0);
  undo = $state.raw<(() => void) | null>(null);
  /** Whether somebody is just about to take it back. */
  isHeld = () => false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #news = new Map<number, News>();
  #waiting: ReturnType<typeof setTimeout> | undefined;

  /** With `undo` the sentence stays for longer, beside a button that takes back what it tells. */
  say(sentence: string, undo: (() => void) | null = null): void {
    this.sentence = sentence;
    this.undo = undo;
    this.serial += 1;
    clearTimeout(this.#timer);
    this.#fade(undo ? UNDO_MILLISECONDS : SHOWN_MILLISECONDS);
  }

  /** What became of a prompt: at once when nothing was told lately, else with what comes until then. */
  tell(id: number, news: News): void {
    this.#news.set(id, news);
    if (this.#waiting === undefined) this.#report();
  }

  #report(): void {
    this.#waiting = undefined;
    if (!this.#news.size) return;
    // What can be taken back stays in reach until its time is over.
    if (!this.undo) {
      this.say(digest([...this.#news.values()]));
      this.#news.clear();
    }
    this.#waiting = setTimeout(() => this.#report(), NEWS_MILLISECONDS);
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
