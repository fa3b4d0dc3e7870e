/** What a workflow works from: a result of this studio (`artifact:ID`) or a file of one's own (`upload:…`). Pure. */
import type { Artifact, FormField, Upload, Workflow } from './api/types.ts';
import { bytes, clock } from './format.ts';
import type { Values } from './form.ts';

export type InputType = 'image' | 'audio' | 'video';

/** `accept` of a file chooser. Named one by one, a phone turns its own kind of photo into one of these. */
export const ACCEPTED: Readonly<Record<InputType, string>> = {
  image: 'image/png,image/jpeg,image/webp,image/gif,image/bmp,image/tiff,image/avif',
  audio: 'audio/*,.flac,.wav,.mp3,.ogg,.aac,.m4a',
  video: 'video/mp4,video/quicktime,video/webm,video/x-msvideo,.avi',
};

export const ONE: Readonly<Record<InputType, string>> = { image: 'picture', audio: 'sound', video: 'film' };

export function referenceTo(artifact: Artifact): string {
  return `artifact:${artifact.id}`;
}

/** The number of the result that a value names; null for a file of ComfyUI’s own, or for nothing. */
export function artifactIn(value: unknown): number | null {
  const found = typeof value === 'string' ? /^artifact:(\d+)$/.exec(value) : null;
  return found ? Number(found[1]) : null;
}

export function isInput(type: string): boolean {
  return Object.hasOwn(ONE, type);
}

/** Whether a value names a file that was sent. */
export function isUpload(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('upload:');
}

/** Where the file behind a value can be seen; null for a file of ComfyUI’s own, or for nothing. */
export function addressOf(value: unknown): string | null {
  if (isUpload(value)) return `/api/uploads/${value}`;
  const number = artifactIn(value);
  return number === null ? null : `/api/artifacts/${number}`;
}

/** What a media type says that something is: `image/png` is an image. */
export function typeOf(mediaType: string): InputType | null {
  const type = mediaType.split('/')[0] ?? '';
  return isInput(type) ? (type as InputType) : null;
}

const ENDINGS: readonly [InputType, RegExp][] = [
  ['image', /\.(png|jpe?g|webp|gif|bmp|tiff?|avif)$/i],
  ['audio', /\.(flac|wav|mp3|ogg|opus|aac|m4a)$/i],
  ['video', /\.(mp4|mov|webm|avi)$/i],
];

/** What a file seems to be, by its type where the system knows one, else by its name. */
export function typeOfFile({ name, type }: { name: string; type: string }): InputType | null {
  return typeOf(type) ?? ENDINGS.find(([, ending]) => ending.test(name))?.[0] ?? null;
}

/** The field that a file goes into: the first that takes its type and is empty, else the first that takes it. */
export function fieldFor(workflow: Workflow, values: Values, type: InputType | null): FormField | null {
  const fields = workflow.form.filter((field) => field.type === type);
  return fields.find((field) => addressOf(values[field.name]) === null) ?? fields[0] ?? null;
}

/** Why nothing was done with a file that was dropped or pasted, and what can be done. */
export function noPlace(name: string, type: InputType | null, workflows: readonly Workflow[]): string {
  if (!type) return `“${name}” is neither a picture nor a sound nor a film.`;
  const takers = workflows.filter((workflow) => workflow.form.some((field) => field.type === type)).map(({ title }) => title);
  const others = takers.length ? `Choose one that does: ${takers.join(', ')}.` : `Bring one in that does.`;
  return `“${name}”: this workflow takes no ${ONE[type]}. ${others}`;
}

/** `1.2 MB · 640 × 480 px`, `310 kB · 0:12`. */
export function factsOf(upload: Upload): string {
  const size = upload.width && upload.height ? `${upload.width} × ${upload.height} px` : '';
  return [bytes(upload.bytes), size, upload.duration ? clock(upload.duration) : ''].filter(Boolean).join(' · ');
}
