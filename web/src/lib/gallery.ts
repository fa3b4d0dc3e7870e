/** The gallery as a list: which results belong in it, and where a new one goes. */
import type { Artifact, Prompt } from './api/types.ts';

export interface Filter {
  type: '' | 'image' | 'audio' | 'text' | 'video';
  q: string;
  starred: boolean;
}

/** What an event changes: results of this prompt that are gone leave, new ones that match come first. */
export function merged(items: readonly Artifact[], id: number, prompt: Prompt | null, filter: Filter): Artifact[] {
  if (!prompt) return items.filter((item) => item.prompt_id !== id);
  const current = prompt.artifacts.map((artifact) => ({
    ...artifact,
    prompt_text: prompt.prompt_text,
    prompt_type: prompt.prompt_type,
    kind: prompt.kind,
    starred: prompt.starred,
  }));
  const fresh = new Map(current.map((artifact) => [artifact.id, artifact]));
  const kept = items
    .filter((item) => item.prompt_id !== id || prompt.artifacts.length === 0 || fresh.has(item.id))
    .map((item) => (item.prompt_id === id ? { ...item, starred: prompt.starred } : item));
  const known = new Set(kept.map((item) => item.id));
  const arrived = current.filter((artifact) => !known.has(artifact.id) && belongs(artifact, filter));
  const newest = arrived.sort((a, b) => b.id - a.id);
  // Results older than the loaded pages come with their own page.
  const oldest = kept.at(-1)?.id ?? 0;
  return [...newest.filter((artifact) => artifact.id > oldest), ...kept].sort((a, b) => b.id - a.id);
}

/** Full-text matches are the server's to decide, so nothing joins a search by itself. */
export function belongs(artifact: Artifact, filter: Filter): boolean {
  if (filter.q.trim()) return false;
  return (!filter.type || artifact.artifact_type === filter.type) && (!filter.starred || Boolean(artifact.starred));
}

/** Pages may overlap when something arrived in between. */
export function appended(items: readonly Artifact[], more: readonly Artifact[]): Artifact[] {
  const known = new Set(items.map((item) => item.id));
  return [...items, ...more.filter((item) => !known.has(item.id))];
}
