/** When a schedule fires: its rule (RRULE of RFC 5545) from simple words, and back into words. Pure. */
import type { Prompt, Submission } from './api/types.ts';
import { excerpt } from './format.ts';

export type Every = 'hour' | 'day' | 'weekday' | 'week' | 'rule';

export interface When {
  every: Every;
  /** `07:30` */
  at: string;
  /** `MO` … */
  day: string;
  /** Of `every: 'rule'`, as a calendar writes it. */
  rule: string;
}

export const DAYS: readonly { day: string; name: string }[] = [
  { day: 'MO', name: 'Monday' },
  { day: 'TU', name: 'Tuesday' },
  { day: 'WE', name: 'Wednesday' },
  { day: 'TH', name: 'Thursday' },
  { day: 'FR', name: 'Friday' },
  { day: 'SA', name: 'Saturday' },
  { day: 'SU', name: 'Sunday' },
];
/** The time zone of this browser. */
export const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
/** What the newest titles of a feed stand for, in the words of a schedule. */
export const HEADLINES = '{{headlines}}';
const WEEKDAYS = 'MO,TU,WE,TH,FR';
const RULES = { hour: 'FREQ=HOURLY', day: 'FREQ=DAILY', weekday: `FREQ=WEEKLY;BYDAY=${WEEKDAYS}`, week: 'FREQ=WEEKLY' } as const;

/** The same rules as `musings schedule add --every …` makes. */
export function ruleOf({ every, at, day, rule }: When): string {
  if (every === 'rule') return rule.trim();
  const [hour = 0, minute = 0] = at.split(':').map(Number);
  const days = every === 'week' ? `;BYDAY=${day}` : '';
  const hours = every === 'hour' ? '' : `BYHOUR=${hour};`;
  return `${RULES[every]}${days};${hours}BYMINUTE=${minute};BYSECOND=0`;
}

/** `Every Monday at 7:30`; a rule that has no simple words stays as it is. */
export function inWords(rule: string): string {
  const parts = new Map(rule.toUpperCase().replace(/^RRULE:/, '').split(';').map((part) => part.split('=') as [string, string]));
  const known = ['FREQ', 'BYDAY', 'BYHOUR', 'BYMINUTE', 'BYSECOND'];
  const [hour, minute] = [parts.get('BYHOUR'), parts.get('BYMINUTE')];
  if ([...parts.keys()].some((name) => !known.includes(name)) || (parts.get('BYSECOND') ?? '0') !== '0' || !isNumber(minute)) return rule;
  const past = minute.padStart(2, '0');
  if (parts.get('FREQ') === 'HOURLY') return parts.has('BYDAY') || hour !== undefined ? rule : `Every hour at :${past}`;
  if (!isNumber(hour)) return rule;
  const often = oftenOf(parts.get('FREQ'), parts.get('BYDAY'));
  return often ? `${often} at ${hour}:${past}` : rule;
}

/** What is asked for again as it was asked for; a seed that was chosen would give the same thing each time. */
export function wantedLike(prompt: Prompt): Submission {
  const parameters = Object.fromEntries(Object.entries(prompt.parameters).filter(([name]) => name !== 'seed'));
  return {
    prompt_text: prompt.prompt_text,
    prompt_type: prompt.prompt_type as Submission['prompt_type'],
    priority: prompt.priority,
    ...(prompt.workflow ? { workflow: prompt.workflow } : {}),
    ...(Object.keys(parameters).length ? { parameters } : {}),
  };
}

/** What a schedule asks for, in a line. */
export function wish(asked: { prompt: Record<string, unknown> | null; musing: Record<string, unknown> | null; headlines?: Record<string, unknown> | null }): string {
  const [what, words] = asked.prompt
    ? [asked.prompt['prompt_type'], asked.prompt['prompt_text']]
    : [`chain ${String(asked.musing?.['chain'] ?? '')}`, asked.musing?.['idea']];
  const source = asked.headlines ? ` (headlines of ${hostOf(String(asked.headlines['feed']))})` : '';
  return `${String(what ?? 'text')}: ${excerpt(String(words ?? ''), 120)}${source}`;
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : address;
}

function oftenOf(frequency: string | undefined, days: string | undefined): string | null {
  if (frequency === 'DAILY' && days === undefined) return 'Every day';
  if (frequency !== 'WEEKLY' || days === undefined) return null;
  if (days === WEEKDAYS) return 'Monday to Friday';
  const names = days.split(',').map((day) => DAYS.find((each) => each.day === day)?.name);
  return names.every((name) => name !== undefined) ? `Every ${names.join(', ')}` : null;
}

function isNumber(text: string | undefined): text is string {
  return text !== undefined && /^\d{1,2}$/.test(text);
}
