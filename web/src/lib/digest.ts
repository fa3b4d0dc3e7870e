/** Many things that happened to prompts, told in one sentence or two. */
import type { Kind, Prompt } from './api/types.ts';
import { counted } from './format.ts';
import { words } from './kinds.ts';

/** `sentence` tells of this prompt alone. */
export interface News {
  status: Prompt['status'];
  kind: Kind | null;
  sentence: string;
}

/** What somebody waits for stands first. */
const TOLD: readonly (readonly [Prompt['status'], string])[] = [
  ['failed', 'Failed'],
  ['completed', 'Finished'],
  ['cancelled', 'Cancelled'],
  ['processing', 'Begun'],
  ['pending', 'Back in the queue'],
];

/** `Failed: 1 piece. Finished: 3 pictures, 12 writings.`; of one prompt its own sentence. */
export function digest(news: readonly News[]): string {
  const [only] = news;
  if (only && news.length === 1) return only.sentence;
  return TOLD.map(([status, title]) => [title, news.filter((each) => each.status === status)] as const)
    .filter(([, those]) => those.length)
    .map(([title, those]) => `${title}: ${byKind(those)}.`)
    .join(' ');
}

function byKind(news: readonly News[]): string {
  return [...new Set(news.map(({ kind }) => kind))]
    .map((kind) => counted(news.filter((each) => each.kind === kind).length, words(kind).one, words(kind).many))
    .join(', ');
}
