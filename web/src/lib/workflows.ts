/** Workflows and the programs that run them, in words. Pure. */
import type { Backend, FormField, Kind, Workflow } from './api/types.ts';
import type { ApiError } from './errors.ts';
import { counted } from './format.ts';

const SOURCES: Readonly<Record<string, string>> = {
  sketch: 'built in',
  poets: 'the poets',
  comfyui: 'a ComfyUI graph',
  script: 'a script of ComfyUI',
};

const FIELD_TYPES: Readonly<Record<string, string>> = {
  text: 'words',
  longtext: 'words',
  int: 'a whole number',
  float: 'a number',
  bool: 'yes or no',
  choice: 'a choice',
  image: 'a picture',
  audio: 'a sound',
  video: 'a film',
};

const LONGEST_CHOICE = 60;

export function sourceOf(workflow: Workflow): string {
  return SOURCES[workflow.source] ?? workflow.source;
}

/** Only what came as a file can be taken away again. */
export function isFile(workflow: Workflow): boolean {
  return workflow.source === 'comfyui' || workflow.source === 'script';
}

/** What a field takes: `a whole number, 64 to 2048`, `a choice of 4: euler, heun …`. */
export function takes(field: FormField): string {
  const type = FIELD_TYPES[field.type] ?? field.type;
  if (field.type === 'choice') {
    const all = field.choices.join(', ');
    return `${type} of ${field.choices.length}${all.length <= LONGEST_CHOICE ? `: ${all}` : ''}`;
  }
  const [least, most] = [field.minimum ?? null, field.maximum ?? null];
  if (least !== null && most !== null) return `${type}, ${least} to ${most}`;
  if (least !== null) return `${type}, ${least} or more`;
  return most === null ? type : `${type}, ${most} at most`;
}

export function initially(field: FormField): string {
  if (field.default === null || field.default === undefined || field.default === '') return '';
  return typeof field.default === 'object' ? JSON.stringify(field.default) : String(field.default);
}

export interface Group {
  kind: Kind;
  workflows: Workflow[];
}

/** By kind, in the order of the tabs; within a kind the server's order, whose first is the default. */
export function grouped(workflows: readonly Workflow[], kinds: readonly Kind[]): Group[] {
  const groups = kinds.map((kind) => ({ kind, workflows: workflows.filter((each) => each.kind === kind) }));
  return groups.filter((group) => group.workflows.length > 0);
}

/** How a backend is, in one line. */
export function stateOf(backend: Backend): string {
  if (backend.asleep) return 'asleep, woken when a prompt needs it';
  if (!backend.reachable) return 'does not answer';
  const queue = backend.queue_length ?? null;
  return queue === null ? 'ready' : queue === 0 ? 'ready, nothing in its queue' : `busy, ${counted(queue, 'job')} in its queue`;
}

export function nameOf(backend: Backend): string {
  const names: Record<string, string> = {
    sketch: 'The built-in sketch engine',
    script: 'ComfyUI on this machine',
    comfyui: 'ComfyUI',
    llm: 'The poets’ language model',
    speech: 'The speech server',
  };
  return names[backend.kind] ?? backend.kind;
}

/** What a preset cannot set any more: `cfg and steps are gone from the workflow; what was kept for them is not used.` */
export function lost(gone: readonly string[]): string {
  const names = gone.length > 1 ? `${gone.slice(0, -1).join(', ')} and ${gone.at(-1)} are` : `${gone[0]} is`;
  return `${names} gone from the workflow; what was kept for ${gone.length > 1 ? 'them' : 'it'} is not used.`;
}

/** A refusal as sentences: the faults where there are any, else what the server said. */
export function sentences(error: ApiError): string[] {
  const said = error.faults.map(({ where, message }) => (where === 'file' || where === '' ? `The file ${message}.` : `${where}: ${message}`));
  return said.length > 0 ? said.map((each) => each.replace(/\.\.$/, '.')) : [error.message];
}
