/** The only module that talks to the server. Every function returns data or throws an ApiError. */
import createClient from 'openapi-fetch';
import { ApiError, fromProblem, unreachable } from '../errors.ts';
import type { paths } from './schema.d.ts';
import type { Artifact, AttemptLog, Page, Prompt, Stats, Submission, Workflow } from './types.ts';

const http = createClient<paths>({ baseUrl: location.origin });

export interface GalleryQuery {
  artifact_type?: string;
  q?: string;
  starred?: boolean;
  cursor?: string;
}

export function submit(body: Submission, key: string): Promise<Prompt> {
  return answer(http.POST('/api/prompts', { body, params: { header: { 'idempotency-key': key } } }));
}

export function listPrompts(status: string, limit: number, cursor?: string): Promise<Page<Prompt>> {
  return answer(http.GET('/api/prompts', { params: { query: { status, limit, ...(cursor ? { cursor } : {}) } } }));
}

export function getPrompt(id: number): Promise<Prompt> {
  return answer(http.GET('/api/prompts/{prompt_id}', at(id)));
}

export function changePrompt(id: number, change: { starred?: boolean; priority?: number }): Promise<Prompt> {
  return answer(http.PATCH('/api/prompts/{prompt_id}', { ...at(id), body: change }));
}

export function cancelPrompt(id: number): Promise<Prompt> {
  return answer(http.POST('/api/prompts/{prompt_id}/cancel', at(id)));
}

export function retryPrompt(id: number): Promise<Prompt> {
  return answer(http.POST('/api/prompts/{prompt_id}/retry', at(id)));
}

/** Into the trash; `restorePrompt` brings it back. */
export async function deletePrompt(id: number): Promise<void> {
  await answer(http.DELETE('/api/prompts/{prompt_id}', at(id)));
}

export function restorePrompt(id: number): Promise<Prompt> {
  return answer(http.POST('/api/prompts/{prompt_id}/restore', at(id)));
}

export function getLog(id: number): Promise<{ attempts: AttemptLog[] }> {
  return answer(http.GET('/api/prompts/{prompt_id}/log', at(id)));
}

export function listArtifacts(query: GalleryQuery, limit: number): Promise<Page<Artifact>> {
  return answer(http.GET('/api/artifacts', { params: { query: { ...query, limit } } }));
}

export function getStats(): Promise<Stats> {
  return answer(http.GET('/api/queue/stats'));
}

export function pauseQueue(): Promise<Stats> {
  return answer(http.POST('/api/queue/pause'));
}

export function resumeQueue(): Promise<Stats> {
  return answer(http.POST('/api/queue/resume'));
}

export async function listWorkflows(): Promise<Workflow[]> {
  return (await answer(http.GET('/api/workflows'))).items;
}

function at(id: number) {
  return { params: { path: { prompt_id: id } } };
}

async function answer<T>(request: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  let result;
  try {
    result = await request;
  } catch (error) {
    // fetch rejects with a TypeError only when no answer came; a body that is no JSON is another matter.
    throw error instanceof TypeError ? unreachable() : new ApiError('The answer could not be read.', 0);
  }
  if (!result.response.ok) throw fromProblem(result.response.status, result.error);
  return result.data as T;
}
