/** The tokens that there are: one list for every card that makes one. */
import * as api from '../lib/api/tokens.ts';
import type { Scope, Token, TokenSecret } from '../lib/api/types.ts';
import { asApiError } from '../lib/errors.ts';

class Tokens {
  items = $state.raw<Token[]>([]);
  /** Whether programs are asked for one; null until the server has said so. */
  needed = $state<boolean | null>(null);
  grants = $state.raw<Scope[]>([]);
  trouble = $state('');

  async load(): Promise<void> {
    try {
      const found = await api.list();
      this.items = found.items.filter((each) => each.state === 'usable');
      this.needed = found.needed;
      this.grants = found.grants;
      this.trouble = '';
    } catch (error) {
      this.trouble = asApiError(error).message;
    }
  }

  async make(name: string, scopes: Scope[]): Promise<TokenSecret> {
    const made = await api.make(name, scopes);
    await this.load();
    return made;
  }

  async revoke(id: number): Promise<void> {
    await api.revoke(id);
    await this.load();
  }
}

export const tokens = new Tokens();
