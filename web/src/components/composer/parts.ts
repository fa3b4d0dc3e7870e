/** Parts of the form that are fetched when a workflow asks for them, or when somebody opens them. */

export const fields = () => import('./Fields.svelte');
export const presets = () => import('./Presets.svelte');
export const input = () => import('./ArtifactField.svelte');
