/** The workflows that the studio offers. */
import * as api from '../lib/api/client.ts';
import type { Workflow } from '../lib/api/types.ts';
import { asApiError, type ApiError } from '../lib/errors.ts';

class Workflows {
  all = $state.raw<Workflow[]>([]);
  loaded = $state(false);
  failure = $state<ApiError | null>(null);

  async load(): Promise<void> {
    try {
      this.all = await api.listWorkflows();
      this.failure = null;
      this.loaded = true;
    } catch (error) {
      this.failure = asApiError(error);
    }
  }
}

export const workflows = new Workflows();
