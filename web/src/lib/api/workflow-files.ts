/** Workflow files before they are kept: looked at, and tried. Apart from the other calls, which every page needs. */
import { answer, http, whole } from './client.ts';
import type { Prompt, WorkflowInspection } from './types.ts';

export function inspect(file: File): Promise<WorkflowInspection> {
  return answer(http.POST('/api/workflow-files/inspect', body(file)));
}

/** Make one prompt with a file that is not kept. */
export function tryOut(file: File): Promise<Prompt> {
  return whole<Prompt>(answer(http.POST('/api/workflow-files/try', body(file))));
}

/** The generated type of a file is text; what is sent is a form. */
function body(file: File) {
  const form = new FormData();
  form.append('file', file);
  return { body: { file: file.name }, bodySerializer: () => form };
}
