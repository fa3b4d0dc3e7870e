/** Files of one's own on their way into a field, and what is known of those that arrived. */
import { SvelteMap } from 'svelte/reactivity';
import { send } from '../lib/api/upload.ts';
import type { FormField, Upload, Workflow } from '../lib/api/types.ts';
import { asApiError } from '../lib/errors.ts';
import { fieldFor, noPlace, ONE, typeOf, typeOfFile, type InputType } from '../lib/inputs.ts';
import { sentences } from '../lib/workflows.ts';
import { composer } from './composer.svelte.ts';
import { recall, remember } from './storage.ts';
import { workflows } from './workflows.svelte.ts';

const SENT = 'musings.uploads';
const REMEMBERED = 30;

export interface Arrival {
  name: string;
  /** 0..1 of it are sent; at 1 the server looks at it. */
  part: number;
  stop(): void;
}

/** A file that arrived, by the name that it had here. */
export type Sent = Upload & { name: string };

class Uploads {
  /** By the place that they go to (`placeOf`). */
  readonly arriving = new SvelteMap<string, Arrival>();
  readonly refused = new SvelteMap<string, string>();
  sent = $state.raw<Sent[]>(readSent());

  /** Something was dropped or pasted beside every field: it goes where it fits, or it is said why it does not. */
  offer(files: readonly File[]): void {
    const [workflow, file] = [composer.workflow, files[0]];
    if (!workflow || !file) return;
    const type = typeOfFile(file);
    const field = fieldFor(workflow, composer.values, type);
    if (field) void this.take(workflow, field, file);
    else composer.refused = { prompt: null, fields: {}, other: [noPlace(file.name, type, workflows.all)] };
  }

  /** Send a file into a field, in place of what is there or under way. */
  async take(workflow: Workflow, field: FormField, file: File): Promise<void> {
    const place = placeOf(workflow, field);
    this.arriving.get(place)?.stop();
    this.refused.delete(place);
    composer.refused = null;
    const sending = send(file, (part) => this.#tell(place, arrival, part));
    const arrival: Arrival = { name: file.name, part: 0, stop: sending.stop };
    this.arriving.set(place, arrival);
    const arrived = this.#arrive(workflow, field, file.name, sending.done);
    composer.arrivals.set(place, arrived);
    await arrived;
    if (this.#isCurrent(place, arrival)) this.arriving.delete(place);
    if (composer.arrivals.get(place) === arrived) composer.arrivals.delete(place);
  }

  /** The name and the facts of a file that this browser has sent. */
  find(ref: string): Sent | undefined {
    return this.sent.find((each) => each.ref === ref);
  }

  /** Whether it is in its field now. */
  async #arrive(workflow: Workflow, field: FormField, name: string, done: Promise<Upload>): Promise<boolean> {
    const place = placeOf(workflow, field);
    try {
      const upload = await done;
      const [found, wanted] = [typeOf(upload.content_type), field.type as InputType];
      if (found !== wanted) {
        this.refused.set(place, `“${name}” is a ${found ? ONE[found] : 'file of another kind'}, and this takes a ${ONE[wanted]}.`);
        return false;
      }
      this.sent = [{ ...upload, name }, ...this.sent.filter((each) => each.ref !== upload.ref)].slice(0, REMEMBERED);
      remember(SENT, JSON.stringify(this.sent));
      composer.set(workflow, field.name, upload.ref);
      return true;
    } catch (error) {
      if (error !== null) this.refused.set(place, `“${name}” was not taken. ${sentences(asApiError(error)).join(' ')}`);
      return false;
    }
  }

  #tell(place: string, arrival: Arrival, part: number): void {
    if (this.#isCurrent(place, arrival)) this.arriving.set(place, { ...this.arriving.get(place)!, part });
  }

  #isCurrent(place: string, { stop }: Arrival): boolean {
    return this.arriving.get(place)?.stop === stop;
  }
}

export function placeOf(workflow: Workflow, field: FormField): string {
  return `${workflow.name}/${field.name}`;
}

function readSent(): Sent[] {
  try {
    const found: unknown = JSON.parse(recall(SENT) ?? '[]');
    return Array.isArray(found) ? found.filter((each): each is Sent => typeof each?.ref === 'string' && typeof each.name === 'string') : [];
  } catch {
    return [];
  }
}

export const uploads = new Uploads();
