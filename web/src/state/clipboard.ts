/** Into the clipboard, and a word about it; where the browser does not let the page, the text itself is shown. */
import { announcer } from './announcer.svelte.ts';

export async function copy(what: string, text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    announcer.say(`${what} copied.`);
  } catch {
    announcer.say(`This browser does not let the page copy. The ${what.toLowerCase()}: ${text}`);
  }
}
