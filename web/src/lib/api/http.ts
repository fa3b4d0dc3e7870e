/** A small client whose calls are checked against our OpenAPI document, by the types of openapi-fetch. */
import type { Client } from 'openapi-fetch';
import type { paths } from './schema.d.ts';

export interface Watch {
  /** Headers to send with a request that changes something. */
  change(): Record<string, string>;
  answered(path: string, response: Response): void;
}

interface Options {
  params?: { path?: Record<string, unknown>; query?: Record<string, unknown>; header?: Record<string, unknown> };
  body?: unknown;
  bodySerializer?: (body: unknown) => BodyInit;
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

export function client(watch: Watch): Pick<Client<paths>, (typeof METHODS)[number]> {
  const calls = METHODS.map((method) => [method, (path: string, options: Options = {}) => call(watch, method, path, options)]);
  return Object.fromEntries(calls) as Pick<Client<paths>, (typeof METHODS)[number]>;
}

async function call(watch: Watch, method: string, path: string, { params = {}, body, bodySerializer }: Options) {
  const address = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params.path?.[name])));
  const query = new URLSearchParams(given(params.query)).toString();
  const headers = new Headers(given(params.header));
  if (method !== 'GET') for (const [name, value] of Object.entries(watch.change())) headers.set(name, value);
  if (body !== undefined && !bodySerializer) headers.set('Content-Type', 'application/json');
  const sent = body === undefined ? null : bodySerializer ? bodySerializer(body) : JSON.stringify(body);
  const response = await fetch(query ? `${address}?${query}` : address, { method, headers, body: sent });
  watch.answered(path, response);
  if (response.ok) return { data: response.status === 204 ? undefined : await response.json(), response };
  return { error: await response.json().catch(() => undefined), response };
}

function given(values: Record<string, unknown> = {}): [string, string][] {
  return Object.entries(values).flatMap(([name, value]) => (value == null ? [] : [[name, String(value)]]));
}
