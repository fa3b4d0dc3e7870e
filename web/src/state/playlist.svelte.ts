/** The list that plays, and what a lock screen or the keys of a keyboard do with it (Media Session, W3C). */
import { artifactsById } from '../lib/api/gallery.ts';
import type { Artifact } from '../lib/api/types.ts';
import { asApiError } from '../lib/errors.ts';
import { following, LOOPS, SPEEDS, turned, type Loop } from '../lib/playlist.ts';
import { announcer } from './announcer.svelte.ts';
import { player } from './player.svelte.ts';

const STEP_SECONDS = 10;

class Playlist {
  loop = $state<Loop>('off');
  speed = $state(1);
  readonly next = $derived(this.#beside(1));
  readonly previous = $derived(this.#beside(-1));

  /** From now on what has ended is followed by the next. */
  attend(): () => void {
    player.atEnd = () => this.#goOn();
    return () => (player.atEnd = null);
  }

  async turn(step: 1 | -1): Promise<void> {
    const id = step > 0 ? this.next : this.previous;
    const from = player.artifact?.id;
    if (id === null) return;
    try {
      const [found] = await artifactsById([id]);
      if (player.artifact?.id !== from) return; // something else was chosen meanwhile
      if (found) return player.play(found, 0);
      player.list = player.list.filter((each) => each !== id); // it went, so the one behind it is next
      await this.turn(step);
    } catch (error) {
      announcer.say(asApiError(error).message);
    }
  }

  hasten(): void {
    this.speed = turned(SPEEDS, this.speed);
    if (!player.audio) return;
    player.audio.playbackRate = this.speed;
    player.audio.defaultPlaybackRate = this.speed; // that of every source to come
  }

  repeat(): void {
    this.loop = turned(LOOPS, this.loop);
  }

  /** Tell the system what plays, and take its keys. */
  show(artifact: Artifact, title: string): void {
    const session = navigator.mediaSession;
    if (!session) return;
    const artwork = artifact.preview_url ? [{ src: artifact.preview_url, type: 'image/webp' }] : [];
    session.metadata = new MediaMetadata({ title, artist: 'Musings', artwork });
    const actions: Partial<Record<MediaSessionAction, MediaSessionActionHandler | null>> = {
      play: () => player.play(artifact),
      pause: () => player.pause(),
      stop: () => player.stop(),
      seekto: ({ seekTime }) => player.seek(artifact, seekTime ?? 0),
      seekbackward: ({ seekOffset }) => player.seek(artifact, player.time - (seekOffset ?? STEP_SECONDS)),
      seekforward: ({ seekOffset }) => player.seek(artifact, player.time + (seekOffset ?? STEP_SECONDS)),
      nexttrack: this.next === null ? null : () => void this.turn(1),
      previoustrack: this.previous === null ? null : () => void this.turn(-1),
    };
    for (const [action, handler] of Object.entries(actions)) {
      try {
        session.setActionHandler(action as MediaSessionAction, handler);
      } catch {
        // A browser that does not know an action goes without it.
      }
    }
  }

  /** Where it is, for the line of a lock screen. */
  place(): void {
    const { time, duration } = player;
    if (duration > 0) navigator.mediaSession?.setPositionState?.({ duration, position: Math.min(time, duration), playbackRate: this.speed });
  }

  #beside(step: 1 | -1): number | null {
    return player.artifact ? following(player.list, player.artifact.id, step, this.loop) : null;
  }

  #goOn(): void {
    if (this.loop === 'one' && player.artifact) player.play(player.artifact, 0);
    else void this.turn(1);
  }
}

export const playlist = new Playlist();
