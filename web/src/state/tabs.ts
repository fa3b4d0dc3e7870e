/**
 * The tabs of one browser share one event stream: a browser opens six connections to a server (HTTP/1.1), so a stream
 * for each tab would freeze the seventh. One tab leads: it holds the stream and passes on what it hears.
 *
 * A Web Lock says who leads, and the browser gives it to the next when a tab closes or dies. Locks need https or
 * localhost; on a plain address of the home network the tabs settle it among themselves (the lowest id leads). Either
 * way a leader that does not answer a tab that is looked at, as one that a phone has put to sleep, is relieved. Two
 * leaders at once, for a moment, do no harm: every event can be taken twice.
 */

const CHANNEL = 'musings.live.1';
const ANSWER_MILLISECONDS = 300;
const ASKING_MILLISECONDS = 5000;
const ASLEEP_MILLISECONDS = 3000;

export type Link = 'connecting' | 'open' | 'reconnecting';

/** What the leader says of itself; `last` is the id of the newest event that it has seen. */
export interface Standing {
  link: Link;
  last: string;
}

export interface Heard {
  name: string;
  data: string;
  last: string;
}

type Message =
  | { type: 'who' }
  | { type: 'bye' }
  | ({ type: 'leader'; id: string } & Standing)
  | ({ type: 'event' } & Heard);

interface Member {
  lead(): void;
  follow(): void;
  standing(): Standing;
  told(standing: Standing): void;
  hear(heard: Heard): void;
}

export class Tabs {
  readonly #id = crypto.getRandomValues(new Uint32Array(2)).join('.');
  readonly #member: Member;
  #channel: BroadcastChannel | null = null;
  #leads = false;
  #heard = false;
  #release: (() => void) | null = null;
  #queued: AbortController | null = null;
  #timers: ReturnType<typeof setTimeout>[] = [];
  #asking: ReturnType<typeof setInterval> | undefined;

  constructor(member: Member) {
    this.#member = member;
  }

  join(): void {
    if (this.#channel) return;
    this.#channel = new BroadcastChannel(CHANNEL);
    this.#channel.onmessage = ({ data }: MessageEvent<Message>) => this.#receive(data);
    this.#asking = setInterval(() => this.ask(), ASKING_MILLISECONDS);
    if (navigator.locks) this.#queue();
    else this.#claim(ANSWER_MILLISECONDS);
    this.ask();
  }

  leave(): void {
    if (!this.#channel) return;
    clearInterval(this.#asking);
    this.#stopWaiting();
    this.#queued?.abort();
    this.#stepDown();
    this.#channel.close();
    this.#channel = null;
  }

  /** Ask who leads, if anybody looks at this tab; whoever does not answer for long is relieved. */
  ask(): void {
    if (!this.#channel || this.#leads || document.hidden) return;
    this.#heard = false;
    this.#post({ type: 'who' });
    this.#later(ASLEEP_MILLISECONDS, () => {
      if (!this.#heard && !document.hidden && !this.#leads) this.#seize();
    });
  }

  announce(): void {
    if (this.#leads) this.#post({ type: 'leader', id: this.#id, ...this.#member.standing() });
  }

  pass(heard: Heard): void {
    if (this.#leads) this.#post({ type: 'event', ...heard });
  }

  #receive(message: Message): void {
    if (message.type === 'who') return this.announce();
    if (message.type === 'bye') {
      if (!navigator.locks) this.#claim(0);
      return;
    }
    this.#heard = true;
    if (message.type === 'event') {
      if (!this.#leads) this.#member.hear(message);
    } else if (!this.#leads) {
      this.#member.told(message);
    } else if (!navigator.locks) {
      if (message.id < this.#id) this.#stepDown();
      else this.announce();
    }
  }

  /** Without locks: lead, unless somebody answers. */
  #claim(patience: number): void {
    this.#heard = false;
    this.#post({ type: 'who' });
    this.#later(patience + Math.random() * ANSWER_MILLISECONDS, () => {
      if (!this.#heard) this.#lead();
    });
  }

  #queue(options: LockOptions = {}): void {
    this.#queued?.abort();
    const queued = new AbortController();
    this.#queued = queued;
    const held = () =>
      new Promise<void>((resolve) => {
        this.#release = resolve;
        this.#lead();
      });
    // A lock that is taken by force cannot be waited for, so it has no signal.
    const request = navigator.locks.request(CHANNEL, options.steal ? options : { signal: queued.signal }, held);
    request.catch((error: DOMException) => {
      if (this.#queued !== queued || !this.#channel || queued.signal.aborted) return;
      this.#stepDown();
      if (error.name === 'AbortError') this.#queue(); // another tab took it: wait in line again
      else this.#claim(ANSWER_MILLISECONDS); // locks are not for this page
    });
  }

  #seize(): void {
    if (navigator.locks) this.#queue({ steal: true });
    else this.#lead();
  }

  #lead(): void {
    if (this.#leads || !this.#channel) return;
    this.#leads = true;
    this.#stopWaiting();
    this.#member.lead();
    this.announce();
  }

  #stepDown(): void {
    this.#release?.();
    this.#release = null;
    if (!this.#leads) return;
    this.#leads = false;
    this.#member.follow();
    this.#post({ type: 'bye' });
  }

  #later(milliseconds: number, act: () => void): void {
    this.#timers.push(setTimeout(act, milliseconds));
  }

  #stopWaiting(): void {
    this.#timers.forEach(clearTimeout);
    this.#timers = [];
  }

  #post(message: Message): void {
    this.#channel?.postMessage(message);
  }
}
