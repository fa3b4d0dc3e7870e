/** The words of the API, short. They come from our OpenAPI document: `npm run types` makes `schema.d.ts`. */
import type { components } from './schema.d.ts';

type Schemas = components['schemas'];

export type Prompt = Schemas['PromptResponse'];
export type Artifact = Schemas['ArtifactMeta'];
export type Attempt = Schemas['Attempt'];
export type AttemptLog = Schemas['AttemptLog'];
export type Progress = Schemas['Progress'];
export type Stats = Schemas['Stats'];
export type Workflow = Schemas['WorkflowModel'];
export type FormField = Schemas['FormFieldModel'];
export type Submission = Schemas['Submission'];
export type Kind = NonNullable<Prompt['kind']>;
export type Status = Prompt['status'];

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}
