/** Chains and musings. Apart from the other calls, which every page needs. */
import { answer, http, whole } from './client.ts';
import type { Chain, GateAnswer, Musing, MusingDetail, Page, SharedLink } from './types.ts';

export async function chains(): Promise<Chain[]> {
  return (await answer(http.GET('/api/chains'))).items;
}

export function list(cursor: string | null): Promise<Page<Musing>> {
  return answer(http.GET('/api/musings', { params: { query: cursor ? { cursor } : {} } }));
}

export function get(id: number): Promise<MusingDetail> {
  return answer(http.GET('/api/musings/{musing_id}', at(id)));
}

/** The same `key` again is the same musing. */
export function start(chain: string, idea: string, parameters: Record<string, unknown>, key: string): Promise<MusingDetail> {
  const body = { chain, idea, parameters, priority: 5 };
  return whole<MusingDetail>(answer(http.POST('/api/musings', { body, params: { header: { 'idempotency-key': key } } })));
}

export function cancel(id: number): Promise<MusingDetail> {
  return whole<MusingDetail>(answer(http.POST('/api/musings/{musing_id}/cancel', at(id))));
}

export function pause(id: number): Promise<MusingDetail> {
  return whole<MusingDetail>(answer(http.POST('/api/musings/{musing_id}/pause', at(id))));
}

export function resume(id: number): Promise<MusingDetail> {
  return whole<MusingDetail>(answer(http.POST('/api/musings/{musing_id}/resume', at(id))));
}

/** Without a `step` all that failed. */
export function retry(id: number, step?: string): Promise<MusingDetail> {
  const { path } = at(id).params;
  return whole<MusingDetail>(answer(http.POST('/api/musings/{musing_id}/retry', { params: { path, query: step ? { step } : {} } })));
}

export function reply(id: number, step: string, body: GateAnswer): Promise<MusingDetail> {
  const { path } = at(id).params;
  return whole<MusingDetail>(answer(http.POST('/api/musings/{musing_id}/gates/{step}', { params: { path: { ...path, step } }, body })));
}

export function share(id: number, hours: number): Promise<SharedLink> {
  return answer(http.POST('/api/musings/{musing_id}/share', { ...at(id), body: { hours } }));
}

function at(id: number) {
  return { params: { path: { musing_id: id } } };
}
