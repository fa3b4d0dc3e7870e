/** The calls of notifications, apart from those that every page needs. */
import { answer, http } from './client.ts';

/** What ends by somebody's hand is no news to them. */
const TOLD: ('prompt.completed' | 'prompt.failed')[] = ['prompt.completed', 'prompt.failed'];

export interface PushState {
  enabled: boolean;
  public_key: string | null;
}

export function state(): Promise<PushState> {
  return answer(http.GET('/api/push'));
}

/** Tell a browser from now on; returns what it is called by. */
export async function subscribe(subscription: PushSubscriptionJSON): Promise<number> {
  const { endpoint = '', keys = {} } = subscription;
  const { p256dh = '', auth = '' } = keys;
  const body = { endpoint, keys: { p256dh, auth }, events: TOLD, kinds: [] };
  return (await answer(http.POST('/api/push/subscriptions', { body }))).id;
}

export async function unsubscribe(id: number): Promise<void> {
  await answer(http.DELETE('/api/push/subscriptions/{subscription_id}', at(id)));
}

export function tryOut(id: number): Promise<{ delivered: boolean; error: string | null }> {
  return answer(http.POST('/api/push/subscriptions/{subscription_id}/test', at(id)));
}

function at(id: number) {
  return { params: { path: { subscription_id: id } } };
}
