/** The only module that talks to the server. Every function returns data or throws an ApiError. */
import { ApiError, fromProblem, unreachable } from '../errors.ts';
import { client, type Watch } from './http.ts';
import type { Artifact, AttemptLog, Page, Prompt, SessionState, SharedLink, Stats, Submission, Workflow } from './types.ts';
import type { Backend, SearchHit, Tag, Totals, WorkflowCheck, WritingDetail, WritingSummary } from './types.ts';
import { queryOf, type ShelfFilter } from '../shelf.ts';

export type { SessionState };

let csrf: string | null = null;
let refused = () => {};
let born = Number.NaN;

/** What each call needs; the one that shows its progress, an upload, is made elsewhere (`upload.ts`). */
export const watch: Watch = {
  change: () => (csrf ? { 'X-CSRF-Token': csrf } : {}),
  answered: (path, response) => {
    born ||= Date.parse(response.headers.get('date') ?? '');
    if (response.status === 401 && path !== '/api/login') refused();
  },
};
export const http = client(watch);

/** Call back when the server wants to know who is asking. */
export function whenRefused(listener: () => void): void {
  refused = listener;
}

/** When this page was opened, by the server's clock (milliseconds since 1970; NaN before its first answer). */
export function bornAt(): number {
  return born;
}

/** Whether the server answers at all. */
export async function answers(): Promise<boolean> {
  return http.GET('/health').then(({ response }) => response.ok, () => false);
}

export async function getSession(): Promise<SessionState> {
  return entered(await answer(http.GET('/api/session')));
}

export async function login(password: string): Promise<SessionState> {
  return entered(await answer(http.POST('/api/login', { body: { password } })));
}

export async function logout(): Promise<void> {
  await answer(http.POST('/api/logout'));
}

export interface GalleryQuery {
  artifact_type?: string;
  q?: string;
  starred?: boolean;
}

/** Who is logged in may read, and is answered with the whole of what was changed; only tokens get receipts. */
export function whole<T>(answered: Promise<unknown>): Promise<T> {
  return answered as Promise<T>;
}

export function submit(body: Submission, key: string): Promise<Prompt> {
  // Only a dry run, which this is not, answers with something else than the prompt.
  return answer(http.POST('/api/prompts', { body, params: { header: { 'idempotency-key': key } } })) as Promise<Prompt>;
}

export function listPrompts(status: string, limit: number, cursor?: string): Promise<Page<Prompt>> {
  return answer(http.GET('/api/prompts', { params: { query: { status, limit, ...(cursor ? { cursor } : {}) } } }));
}

/** What waits, the next one first. */
export function listWaiting(limit: number, cursor?: string): Promise<Page<Prompt>> {
  return answer(http.GET('/api/prompts', { params: { query: { order: 'queue', limit, ...(cursor ? { cursor } : {}) } } }));
}

export function listTrash(cursor: string | null): Promise<Page<Prompt>> {
  return answer(http.GET('/api/prompts', { params: { query: { deleted: true, ...(cursor ? { cursor } : {}) } } }));
}

export function getPrompt(id: number): Promise<Prompt> {
  return answer(http.GET('/api/prompts/{prompt_id}', at(id)));
}

export function changePrompt(id: number, change: { starred?: boolean; priority?: number }): Promise<Prompt> {
  return whole<Prompt>(answer(http.PATCH('/api/prompts/{prompt_id}', { ...at(id), body: change })));
}

export function cancelPrompt(id: number): Promise<Prompt> {
  return whole<Prompt>(answer(http.POST('/api/prompts/{prompt_id}/cancel', at(id))));
}

/** `latest`: with the workflow file as it is now, in place of the version that it was submitted with. */
export function retryPrompt(id: number, latest: boolean): Promise<Prompt> {
  const { path } = at(id).params;
  return whole<Prompt>(answer(http.POST('/api/prompts/{prompt_id}/retry', { params: { path, query: latest ? { latest } : {} } })));
}

/** Into the trash; `restorePrompt` brings it back. */
export async function deletePrompt(id: number): Promise<void> {
  await answer(http.DELETE('/api/prompts/{prompt_id}', at(id)));
}

export function restorePrompt(id: number): Promise<Prompt> {
  return whole<Prompt>(answer(http.POST('/api/prompts/{prompt_id}/restore', at(id))));
}

export function reproducePrompt(id: number): Promise<Prompt> {
  return whole<Prompt>(answer(http.POST('/api/prompts/{prompt_id}/reproduce', at(id))));
}

export function getLog(id: number): Promise<{ attempts: AttemptLog[] }> {
  return answer(http.GET('/api/prompts/{prompt_id}/log', at(id)));
}

export function listArtifacts(query: GalleryQuery, limit: number): Promise<Page<Artifact>> {
  return answer(http.GET('/api/artifacts', { params: { query: { ...query, limit } } }));
}

export function shareArtifact(id: number, hours: number): Promise<SharedLink> {
  return answer(http.POST('/api/artifacts/{artifact_id}/share', { params: { path: { artifact_id: id } }, body: { hours } }));
}

export function getStats(): Promise<Stats> {
  return answer(http.GET('/api/queue/stats'));
}

export function pauseQueue(): Promise<Stats> {
  return whole<Stats>(answer(http.POST('/api/queue/pause')));
}

export function resumeQueue(): Promise<Stats> {
  return whole<Stats>(answer(http.POST('/api/queue/resume')));
}

export async function listWorkflows(): Promise<Workflow[]> {
  return (await answer(http.GET('/api/workflows'))).items;
}

function entered(session: SessionState): SessionState {
  csrf = session.csrf ?? null;
  return session;
}

export function importWorkflow(file: File): Promise<Workflow> {
  const form = new FormData();
  form.append('file', file);
  // The generated type of a file is text; what is sent is the form itself.
  return whole<Workflow>(answer(http.POST('/api/workflows', { body: { file: file.name }, bodySerializer: () => form })));
}

export async function removeWorkflow(name: string): Promise<void> {
  await answer(http.DELETE('/api/workflows/{name}', named(name)));
}

/** Have it serve the prompts of its kind that name none. */
export function makeDefault(name: string): Promise<Workflow> {
  return whole<Workflow>(answer(http.PUT('/api/workflows/{name}/default', named(name))));
}

export function checkWorkflow(name: string): Promise<WorkflowCheck> {
  return answer(http.GET('/api/workflows/{name}/check', named(name)));
}

export async function listBackends(): Promise<Backend[]> {
  return (await answer(http.GET('/api/backends'))).items;
}

export function listWritings(filter: ShelfFilter, cursor: string | null): Promise<Page<WritingSummary>> {
  const { q, tag } = filter;
  const query = { ...queryOf(filter), ...(q.trim() ? { q } : {}), ...(tag ? { tag } : {}), ...(cursor ? { cursor } : {}) };
  return answer(http.GET('/api/writings', { params: { query } }));
}

export function search(q: string, filter: ShelfFilter, cursor: string | null): Promise<Page<SearchHit>> {
  return answer(http.GET('/api/search', { params: { query: { q, ...queryOf(filter), ...(cursor ? { cursor } : {}) } } }));
}

export function getWriting(id: number): Promise<WritingDetail> {
  return answer(http.GET('/api/writings/{writing_id}', { params: { path: { writing_id: id } } }));
}

export function getTotals(): Promise<Totals> {
  return answer(http.GET('/api/stats'));
}

export async function listTags(): Promise<Tag[]> {
  return (await answer(http.GET('/api/tags'))).items;
}

function named(name: string) {
  return { params: { path: { name } } };
}

function at(id: number) {
  return { params: { path: { prompt_id: id } } };
}

export async function answer<T>(request: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
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
