/** Paths of the page. A prompt opens above the page that it was opened from, so that nothing behind it is lost. */

export type PageName = 'studio' | 'gallery';

export interface Route {
  page: PageName;
  prompt: number | null;
}

export function route(path: string, behind: PageName = 'studio'): Route {
  const prompt = /^\/prompts\/(\d+)\/?$/.exec(path);
  if (prompt) return { page: behind, prompt: Number(prompt[1]) };
  return { page: /^\/gallery\/?$/.test(path) ? 'gallery' : 'studio', prompt: null };
}

export function pathOf(page: PageName): string {
  return page === 'gallery' ? '/gallery' : '/';
}
