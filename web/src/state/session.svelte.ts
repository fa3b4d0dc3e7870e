/** Whether this browser may see the studio. Where no auth is asked for it always may. */
import * as api from '../lib/api/client.ts';
import { asApiError } from '../lib/errors.ts';

class Session {
  state = $state<'asking' | 'open' | 'locked'>('asking');
  /** Logged in with a password, so that there is something to log out of. */
  entered = $state(false);
  hasPassword = $state(true);
  busy = $state(false);
  readonly #others = new BroadcastChannel('musings.session');
  trouble = $state('');

  start(): void {
    api.whenRefused(() => (this.state = 'locked'));
    this.#others.onmessage = () => void this.#followOthers();
    void this.look();
  }

  async look(): Promise<void> {
    try {
      this.#take(await api.getSession());
    } catch {
      // A server that does not answer is for the page to say; it knows how.
      if (this.state === 'asking') this.state = 'open';
    }
  }

  async login(password: string): Promise<void> {
    this.busy = true;
    this.trouble = '';
    try {
      this.#take(await api.login(password));
      this.#others.postMessage('login');
    } catch (error) {
      this.trouble = asApiError(error).message;
    } finally {
      this.busy = false;
    }
  }

  async logout(): Promise<void> {
    try {
      await api.logout();
    } finally {
      this.#others.postMessage('logout');
      location.reload(); // nothing that was shown stays behind
    }
  }

  /** Another tab of this browser has logged in or out: the same cookie is this one's. */
  async #followOthers(): Promise<void> {
    const before = this.state;
    await this.look();
    if (before === 'open' && this.state === 'locked') location.reload();
  }

  #take(found: api.SessionState): void {
    this.entered = found.authenticated;
    this.hasPassword = found.password_set;
    this.state = found.auth_required && !found.authenticated ? 'locked' : 'open';
  }
}

export const session = new Session();
