/** Webhooks and what they were told. Apart from the other calls, which every page needs. */
import { answer, http } from './client.ts';
import type { Delivery, Page, Webhook, WebhookSecret } from './types.ts';

export type Ending = 'prompt.completed' | 'prompt.failed' | 'prompt.cancelled';

export async function list(): Promise<Webhook[]> {
  return (await answer(http.GET('/api/webhooks'))).items;
}

export function add(name: string, url: string, events: Ending[]): Promise<WebhookSecret> {
  return answer(http.POST('/api/webhooks', { body: { name, url, events, kinds: [] } }));
}

export function enable(id: number, enabled: boolean): Promise<Webhook> {
  return answer(http.PATCH('/api/webhooks/{webhook_id}', { ...at(id), body: { enabled } }));
}

export async function remove(id: number): Promise<void> {
  await answer(http.DELETE('/api/webhooks/{webhook_id}', at(id)));
}

/** Send a message now; what came of it is in its last try. */
export function tryOut(id: number): Promise<Delivery> {
  return answer(http.POST('/api/webhooks/{webhook_id}/test', at(id)));
}

export function renewSecret(id: number): Promise<WebhookSecret> {
  return answer(http.POST('/api/webhooks/{webhook_id}/new-secret', at(id)));
}

export function deliveries(cursor: string | null): Promise<Page<Delivery>> {
  return answer(http.GET('/api/webhook-deliveries', { params: { query: { limit: 20, ...(cursor ? { cursor } : {}) } } }));
}

export function redeliver(id: number): Promise<Delivery> {
  return answer(http.POST('/api/webhook-deliveries/{delivery_id}/redeliver', { params: { path: { delivery_id: id } } }));
}

function at(id: number) {
  return { params: { path: { webhook_id: id } } };
}
