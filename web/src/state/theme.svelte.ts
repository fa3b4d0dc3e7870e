/** Light, dark, or as the system says. */
import { recall, remember } from './storage.ts';

export type Theme = 'auto' | 'light' | 'dark';

const KEY = 'musings.theme';
const ORDER: readonly Theme[] = ['auto', 'light', 'dark'];

class ThemeChoice {
  current = $state<Theme>('auto');

  start(): void {
    const stored = recall(KEY) as Theme | null;
    this.#set(stored && ORDER.includes(stored) ? stored : 'auto');
  }

  next(): void {
    this.#set(ORDER[(ORDER.indexOf(this.current) + 1) % ORDER.length] ?? 'auto');
    remember(KEY, this.current === 'auto' ? null : this.current);
  }

  #set(theme: Theme): void {
    this.current = theme;
    document.documentElement.dataset['theme'] = theme;
  }
}

export const theme = new ThemeChoice();
