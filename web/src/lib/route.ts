/** Paths of the page. A prompt opens above the page that it was opened from, so that nothing behind it is lost. */

export const PATHS = { studio: '/', gallery: '/gallery', writings: '/writings', workflows: '/workflows', trash: '/trash', connect: '/connect', schedules: '/schedules' } as const;

export type PageName = keyof typeof PATHS;

export interface Route {
  page: PageName;
  prompt: number | null;
  /** The writing that is read, on its page. */
  writing?: number;
}

export function route(path: string, behind: PageName = 'studio'): Route {
  const prompt = /^\/prompts\/(\d+)\/?$/.exec(path);
  if (prompt) return { page: behind, prompt: Number(prompt[1]) };
  const writing = /^\/writings\/(\d+)\/?$/.exec(path);
  if (writing) return { page: 'writings', prompt: null, writing: Number(writing[1]) };
  const bare = path.replace(/(?<=.)\/$/, '');
  const found = (Object.keys(PATHS) as PageName[]).find((page) => PATHS[page] === bare);
  return { page: found ?? 'studio', prompt: null };
}

export function pathOf(page: PageName): string {
  return PATHS[page];
}
