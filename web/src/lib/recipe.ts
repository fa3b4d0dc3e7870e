/** The recipe of a result as rows for a table: what was asked, with what, by what, in what time. */
import type { Artifact, Prompt } from './api/types.ts';
import { bytes, span } from './format.ts';
import { addressOf, artifactIn, isUpload } from './inputs.ts';
import { number, text } from './kinds.ts';

export interface Row {
  label: string;
  value: string;
  /** A file that it was made from: where it can be had. */
  file?: string;
}

export function recipe(prompt: Prompt, artifact: Artifact | null): Row[] {
  const rows: Row[] = [];
  const add: Add = (label, value, file) => {
    if (value !== null && value !== undefined && value !== '') rows.push({ label, value: String(value), ...(file ? { file } : {}) });
  };
  add('Type', prompt.prompt_type);
  add('Workflow', artifact ? text(artifact, 'workflow') : prompt.workflow);
  for (const [name, value] of parameters(prompt, artifact)) {
    const file = addressOf(value);
    if (file) add(label(name), isUpload(value) ? 'a file of yours' : `result ${artifactIn(value)}`, file);
    else add(label(name), value);
  }
  if (artifact) addFile(artifact, add);
  add('Took', prompt.processing_duration === null ? null : span(prompt.processing_duration ?? 0));
  add('Asked', when(prompt.created_at));
  add('Finished', when(prompt.completed_at));
  return rows;
}

export interface Difference {
  label: string;
  /** Null where that recipe says nothing of it. */
  one: string | null;
  other: string | null;
}

/** When it was made is no part of how. */
const TIMES: readonly string[] = ['Took', 'Asked', 'Finished'];

/** What one recipe says otherwise than another, in the order of the first. */
export function differences(one: readonly Row[], other: readonly Row[]): Difference[] {
  const [first, second] = [one, other].map((rows) => new Map(rows.map(({ label, value }) => [label, value])));
  const labels = new Set([...(first?.keys() ?? []), ...(second?.keys() ?? [])]);
  return [...labels]
    .map((label) => ({ label, one: first?.get(label) ?? null, other: second?.get(label) ?? null }))
    .filter(({ label, one: a, other: b }) => a !== b && !TIMES.includes(label));
}

/** The seed of a result, as text (seeds may be larger than a JavaScript number can hold exactly). */
export function seed(prompt: Prompt, artifact: Artifact | null): string | null {
  const value = artifact?.metadata['seed'] ?? prompt.parameters['seed'];
  return typeof value === 'number' || typeof value === 'string' ? String(value) : null;
}

export function isSketch(artifact: Artifact | null): boolean {
  return artifact !== null && text(artifact, 'backend') === 'sketch';
}

type Add = (label: string, value: string | number | null | undefined, file?: string) => void;

function addFile(artifact: Artifact, add: Add): void {
  add('Made by', isSketch(artifact) ? 'the built-in sketch engine' : text(artifact, 'backend'));
  add('ComfyUI', text(artifact, 'comfyui_version'));
  const [width, height] = [number(artifact, 'width'), number(artifact, 'height')];
  if (width && height) add('Size', `${width} × ${height} px`);
  const duration = number(artifact, 'duration');
  if (duration) add('Length', span(duration));
  const size = number(artifact, 'bytes');
  if (size) add('File', bytes(size));
}

function parameters(prompt: Prompt, artifact: Artifact | null): [string, string][] {
  const recorded = artifact?.metadata['parameters'];
  const known = typeof recorded === 'object' && recorded !== null ? { ...prompt.parameters, ...recorded } : prompt.parameters;
  const found = { ...known, ...(seed(prompt, artifact) === null ? {} : { seed: seed(prompt, artifact) }) };
  const said = artifact ? ['width', 'height', 'duration'].filter((name) => number(artifact, name)) : [];
  const drawn = [...said, 'count'];
  return Object.entries(found)
    .filter(([name, value]) => !drawn.includes(name) && value !== null && value !== '' && typeof value !== 'object')
    .map(([name, value]) => [name, String(value)]);
}

function label(name: string): string {
  const spaced = name.replaceAll('_', ' ');
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

function when(time: string | null | undefined): string | null {
  if (!time) return null;
  return new Date(time).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}
