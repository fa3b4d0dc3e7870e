/** One audio element for the whole page, so that one thing plays at a time and goes on while the page changes. */
import type { Artifact } from '../lib/api/types.ts';
import { number } from '../lib/kinds.ts';

class Player {
  artifact = $state.raw<Artifact | null>(null);
  playing = $state(false);
  time = $state(0);
  duration = $state(0);
  failure = $state('');
  /** Works that are played one after the other, newest first; empty where what plays stands alone. */
  list = $state.raw<readonly number[]>([]);
  /** Of the place where one is: the sounds among which something begins to play. */
  listHere: (() => readonly number[]) | null = null;
  /** What is done when a sound has ended; null until its bar is there. */
  atEnd: (() => void) | null = null;
  #audio: HTMLAudioElement | null = null;

  /** The element, drawn once by the page. */
  get audio(): HTMLAudioElement | null {
    return this.#audio;
  }

  attach(audio: HTMLAudioElement): void {
    this.#audio = audio;
  }

  toggle(artifact: Artifact): void {
    if (this.artifact?.id === artifact.id && this.playing) this.pause();
    else this.play(artifact);
  }

  play(artifact: Artifact, from?: number): void {
    if (!this.#audio) return;
    this.#choose(artifact);
    if (from !== undefined) this.#audio.currentTime = from;
    this.#audio.play().catch((error: DOMException) => {
      if (error.name !== 'AbortError') this.failure = 'This cannot be played here. Download it instead.';
    });
  }

  pause(): void {
    this.#audio?.pause();
  }

  seek(artifact: Artifact, time: number): void {
    if (!this.#audio) return;
    this.#choose(artifact);
    const end = this.duration || number(artifact, 'duration') || 0;
    this.#audio.currentTime = Math.min(Math.max(0, time), Math.max(0, end - 0.05));
    this.time = this.#audio.currentTime;
  }

  /** Another take in place of what plays, at the same moment of it. */
  swap(artifact: Artifact): void {
    const [at, playing] = [this.time, this.playing];
    this.seek(artifact, at);
    if (playing) this.play(artifact);
  }

  ended(): void {
    this.playing = false;
    this.atEnd?.();
  }

  stop(): void {
    this.pause();
    this.artifact = null;
  }

  #choose(artifact: Artifact): void {
    if (!this.#audio || this.artifact?.id === artifact.id) return;
    this.failure = '';
    this.artifact = artifact;
    const here = this.listHere?.() ?? [];
    if (here.includes(artifact.id)) this.list = here;
    else if (!this.list.includes(artifact.id)) this.list = [];
    this.time = 0;
    this.duration = number(artifact, 'duration') ?? 0;
    this.#audio.src = artifact.file_url;
  }
}

export const player = new Player();
