/** The kinds of things, and the words that the page uses for them. */
import type { Artifact, Kind, Prompt } from './api/types.ts';

export interface KindWords {
  kind: Kind;
  title: string;
  one: string;
  many: string;
  verb: string;
  doing: string;
  invitation: string;
}

export const KINDS: readonly KindWords[] = [
  { kind: 'text', title: 'Text', one: 'writing', many: 'writings', verb: 'Write it', doing: 'Writing', invitation: 'A letter to the house I grew up in …' },
  { kind: 'image', title: 'Picture', one: 'picture', many: 'pictures', verb: 'Paint it', doing: 'Painting', invitation: 'A lighthouse in a storm, seen from the sea …' },
  { kind: 'music', title: 'Music', one: 'piece', many: 'pieces', verb: 'Compose it', doing: 'Composing', invitation: 'Slow piano, rain on a tin roof …' },
  { kind: 'voice', title: 'Voice', one: 'recording', many: 'recordings', verb: 'Say it', doing: 'Speaking', invitation: 'The words to be spoken …' },
  { kind: 'video', title: 'Film', one: 'film', many: 'films', verb: 'Film it', doing: 'Filming', invitation: 'A paper boat, carried down a gutter by the rain …' },
];

export const TEXT_TYPES: readonly { type: string; title: string }[] = [
  { type: 'text', title: 'Anything' },
  { type: 'poem', title: 'Poem' },
  { type: 'prose', title: 'Prose' },
  { type: 'story', title: 'Story' },
  { type: 'dialogue', title: 'Dialogue' },
  { type: 'song', title: 'Song' },
  { type: 'lyrics', title: 'Lyrics' },
];

export function words(kind: Kind | null): KindWords {
  return KINDS.find((entry) => entry.kind === kind) ?? KINDS[0]!;
}

/** How many things a prompt made, or was asked for while it has made none. */
export function outputs(prompt: Prompt): number {
  const asked = [prompt.artifact_metadata?.['count'], prompt.parameters['count']];
  const known = asked.find((value): value is number => typeof value === 'number');
  return prompt.artifacts.length || known || 1;
}

/** The badge of a prompt: `image`, or `image (4)` when there are several. */
export function badge(prompt: Prompt): string {
  const count = outputs(prompt);
  return count > 1 ? `${prompt.prompt_type} (${count})` : prompt.prompt_type;
}

/** The title that a writing was given, unless it only repeats the prompt. */
export function titleOf(prompt: Prompt): string | null {
  const title = prompt.writing?.title?.trim() ?? '';
  return title && title.toLowerCase() !== prompt.prompt_text.trim().toLowerCase() ? title : null;
}

export function pictures(artifacts: readonly Artifact[]): Artifact[] {
  return artifacts.filter((artifact) => artifact.artifact_type === 'image');
}

/** A picture, or a film with a still of it. */
export function isSeen(artifact: Artifact): boolean {
  return artifact.artifact_type === 'image' || (artifact.artifact_type === 'video' && artifact.preview_url !== null);
}

export function isAudio(artifact: Artifact): boolean {
  return artifact.artifact_type === 'audio';
}

export function number(artifact: Artifact, name: string): number | null {
  const value = artifact.metadata[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

export function text(artifact: Artifact, name: string): string {
  const value = artifact.metadata[name];
  return typeof value === 'string' ? value : '';
}

/** The address of a result as a file to keep; a signed address keeps its own query. */
export function download(artifact: Artifact): string {
  return `${artifact.file_url}${artifact.file_url.includes('?') ? '&' : '?'}download=1`;
}

/** Width over height, from the true pixels; 1 while they are unknown. */
export function ratio(artifact: Artifact): number {
  const [width, height] = [number(artifact, 'width'), number(artifact, 'height')];
  return width && height ? width / height : 1;
}
