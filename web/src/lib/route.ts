/** Paths of the page. A prompt opens above the page that it was opened from, so that nothing behind it is lost. */

export const PATHS = { studio: '/', gallery: '/gallery', writings: '/writings', workflows: '/workflows', trash: '/trash', connect: '/connect', schedules: '/schedules', chains: '/musings' } as const;

export type PageName = keyof typeof PATHS;

export interface Route {
  page: PageName;
  prompt: number | null;
  /** The writing that is read, or the musing that is looked at, on its page. */
  item?: number;
}

export function route(path: string, behind: PageName = 'studio'): Route {
  const prompt = /^\/prompts\/(\d+)\/?$/.exec(path);
  if (prompt) return { page: behind, prompt: Number(prompt[1]) };
  const one = /^(\/writings|\/musings)\/(\d+)\/?$/.exec(path);
  if (one) return { page: one[1] === PATHS.chains ? 'chains' : 'writings', prompt: null, item: Number(one[2]) };
  const bare = path.replace(/(?<=.)\/$/, '');
  const found = (Object.keys(PATHS) as PageName[]).find((page) => PATHS[page] === bare);
  return { page: found ?? 'studio', prompt: null };
}

export function pathOf(page: PageName): string {
  return PATHS[page];
}
