/** Tokens of programs. Apart from the other calls, which every page needs. */
import { answer, http } from './client.ts';
import type { Scope, TokenList, TokenSecret } from './types.ts';

export function list(): Promise<TokenList> {
  return answer(http.GET('/api/tokens'));
}

export function make(name: string, scopes: Scope[]): Promise<TokenSecret> {
  return answer(http.POST('/api/tokens', { body: { name, scopes } }));
}

export async function revoke(id: number): Promise<void> {
  await answer(http.DELETE('/api/tokens/{token_id}', { params: { path: { token_id: id } } }));
}
