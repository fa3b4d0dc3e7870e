/** A result as the input of a workflow: `artifact:ID`. Pure. */
import type { Artifact } from './api/types.ts';

export function referenceTo(artifact: Artifact): string {
  return `artifact:${artifact.id}`;
}

/** The number of the result that a value names; null for a file of ComfyUI’s own, or for nothing. */
export function artifactIn(value: unknown): number | null {
  const found = typeof value === 'string' ? /^artifact:(\d+)$/.exec(value) : null;
  return found ? Number(found[1]) : null;
}

export function isInput(type: string): boolean {
  return type === 'image' || type === 'audio';
}
