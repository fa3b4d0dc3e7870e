/** The words of the API, short. They come from our OpenAPI document: `musings openapi | npm run types`. */
import type { components } from './schema.d.ts';

type Schemas = components['schemas'];

export type Prompt = Schemas['PromptResponse'];
/** A result; in the gallery it brings the words of its prompt along. */
export type Artifact = Schemas['ArtifactMeta'] & Partial<Omit<Schemas['GalleryItem'], keyof Schemas['ArtifactMeta']>>;
/** The gallery in brief: columns of one length, newest first. */
export type GalleryIndex = Schemas['GalleryIndex'];
export type GalleryCounts = Schemas['GalleryCounts'];
export type AttemptLog = Schemas['AttemptLog'];
export type Progress = Schemas['Progress'];
export type Stats = Schemas['QueueStats'];
export type Workflow = Schemas['WorkflowMeta'];
export type WritingSummary = Schemas['WritingSummary'];
export type WritingDetail = Schemas['WritingDetail'];
export type SearchHit = Schemas['SearchHit'];
export type Totals = Schemas['Totals'];
export type Tag = Schemas['TagMeta'];
export type WorkflowCheck = Schemas['WorkflowCheck'];
export type WorkflowPreset = Schemas['WorkflowPreset'];
export type WorkflowProblem = Schemas['WorkflowProblem'];
export type WorkflowInspection = Schemas['WorkflowInspection'];
export type Backend = Schemas['Backend'];
export type FormField = Schemas['FormFieldMeta'];
export type Upload = Schemas['UploadMeta'];
export type Submission = Schemas['NewPromptRequest'];
export type Writing = Schemas['WritingMeta'];
export type SessionState = Schemas['SessionState'];
export type SharedLink = Schemas['SharedLink'];
export type Webhook = Schemas['WebhookMeta'];
export type WebhookSecret = Schemas['WebhookSecret'];
export type Delivery = Schemas['DeliveryMeta'];
export type Token = Schemas['TokenMeta'];
export type TokenSecret = Schemas['TokenSecret'];
export type TokenList = Schemas['TokenList'];
export type Scope = TokenSecret['scopes'][number];
export type Schedule = Schemas['ScheduleMeta'];
export type ScheduleRequest = Schemas['NewScheduleBody'];
export type ScheduleRun = Schemas['ScheduleRun'];
export type Chain = Schemas['ChainMeta'];
export type ChainParameter = Schemas['ChainParameterMeta'];
/** A musing as lists and events tell of it; with what its steps have made it is a `MusingDetail`. */
export type Musing = Schemas['MusingMeta'];
export type MusingDetail = Schemas['MusingDetail'];
export type MusingStep = Schemas['MusingStepDetail'];
export type GateAnswer = Schemas['GateAnswer'];
export type Kind = Schemas['Kind'];

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}
