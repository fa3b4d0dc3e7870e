/** What a screen reader hears, and a sighted person sees for a moment: one sentence at a time. */

const SHOWN_MILLISECONDS = 6000;

class Announcer {
  sentence = $state('');
  serial = $state(0);
  #timer: ReturnType<typeof setTimeout> | undefined;

  say(sentence: string): void {
    this.sentence = sentence;
    this.serial += 1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.clear(), SHOWN_MILLISECONDS);
  }

  clear(): void {
    this.sentence = '';
  }
}

export const announcer = new Announcer();
