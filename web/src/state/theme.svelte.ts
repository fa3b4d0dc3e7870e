/** Light, dark, or as the system says. */
import { recall, remember } from './storage.ts';

export type Theme = 'auto' | 'light' | 'dark';

const KEY = 'musings.theme';

class ThemeChoice {
  current = $state<Theme>('auto');

  start(): void {
    const stored = recall(KEY);
    this.#set(stored === 'light' || stored === 'dark' ? stored : 'auto');
  }

  next(): void {
    const dark = matchMedia('(prefers-color-scheme: dark)').matches;
    // The first press must be seen, so it leads away from what the system says.
    const order: readonly Theme[] = dark ? ['auto', 'light', 'dark'] : ['auto', 'dark', 'light'];
    this.#set(order[(order.indexOf(this.current) + 1) % order.length] ?? 'auto');
    remember(KEY, this.current === 'auto' ? null : this.current);
  }

  #set(theme: Theme): void {
    this.current = theme;
    document.documentElement.dataset['theme'] = theme;
  }
}

export const theme = new ThemeChoice();
