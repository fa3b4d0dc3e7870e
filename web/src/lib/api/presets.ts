/** Values that somebody keeps for a workflow under a name. Apart from the other calls, which every page needs. */
import { answer, http, whole } from './client.ts';
import type { WorkflowPreset } from './types.ts';

export async function listPresets(workflow: string): Promise<WorkflowPreset[]> {
  return (await answer(http.GET('/api/workflows/{name}/presets', { params: { path: { name: workflow } } }))).items;
}

export function keepPreset(workflow: string, preset: string, values: Record<string, unknown>): Promise<WorkflowPreset> {
  return whole<WorkflowPreset>(
    answer(http.PUT('/api/workflows/{name}/presets/{preset}', { params: { path: { name: workflow, preset } }, body: { values } })),
  );
}

export async function removePreset(workflow: string, preset: string): Promise<void> {
  await answer(http.DELETE('/api/workflows/{name}/presets/{preset}', { params: { path: { name: workflow, preset } } }));
}
