/** One audio element for the whole page, so that one thing plays at a time and goes on while the page changes. */
import type { Artifact } from '../lib/api/types.ts';
import { number } from '../lib/kinds.ts';

class Player {
  artifact = $state.raw<Artifact | null>(null);
  playing = $state(false);
  time = $state(0);
  duration = $state(0);
  failure = $state('');
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

  stop(): void {
    this.pause();
    this.artifact = null;
  }

  #choose(artifact: Artifact): void {
    if (!this.#audio || this.artifact?.id === artifact.id) return;
    this.failure = '';
    this.artifact = artifact;
    this.time = 0;
    this.duration = number(artifact, 'duration') ?? 0;
    this.#audio.src = artifact.file_url;
  }
}

export const player = new Player();
