/** Which results belong to what the gallery shows. */
import type { Artifact, Prompt } from './api/types.ts';

export interface Filter {
  type: '' | 'image' | 'audio' | 'text' | 'video';
  q: string;
  starred: boolean;
}

/** The results of a prompt, as the gallery has them: with its words. */
export function shownWith(prompt: Prompt): Artifact[] {
  return prompt.artifacts.map((artifact) => ({
    ...artifact,
    prompt_text: prompt.prompt_text,
    prompt_type: prompt.prompt_type,
    kind: prompt.kind,
    starred: prompt.starred,
  }));
}

/** Full-text matches are the server's to decide, so nothing joins a search by itself. */
export function belongs(artifact: Artifact, filter: Filter): boolean {
  if (filter.q.trim()) return false;
  return (!filter.type || artifact.artifact_type === filter.type) && (!filter.starred || Boolean(artifact.starred));
}
