import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Prompt } from './api/types.ts';
import { inWords, ruleOf, wantedLike, wish } from './schedule.ts';

const at = { at: '07:05', day: 'TU', rule: '' };

test('simple words make the rules that the command line makes, and come back as words', () => {
  const pairs = [
    [{ ...at, every: 'hour' }, 'FREQ=HOURLY;BYMINUTE=5;BYSECOND=0', 'Every hour at :05'],
    [{ ...at, every: 'day' }, 'FREQ=DAILY;BYHOUR=7;BYMINUTE=5;BYSECOND=0', 'Every day at 7:05'],
    [{ ...at, every: 'weekday' }, 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=7;BYMINUTE=5;BYSECOND=0', 'Monday to Friday at 7:05'],
    [{ ...at, every: 'week' }, 'FREQ=WEEKLY;BYDAY=TU;BYHOUR=7;BYMINUTE=5;BYSECOND=0', 'Every Tuesday at 7:05'],
  ] as const;
  for (const [when, rule, said] of pairs) {
    assert.equal(ruleOf(when), rule);
    assert.equal(inWords(rule), said);
  }
  assert.equal(ruleOf({ ...at, every: 'rule', rule: ' FREQ=YEARLY ' }), 'FREQ=YEARLY');
});

test('a rule that has no simple words stays as it is', () => {
  for (const rule of [
    'FREQ=MONTHLY;BYDAY=1SU;BYHOUR=9;BYMINUTE=0',
    'FREQ=DAILY;BYHOUR=7,19;BYMINUTE=0',
    'FREQ=DAILY;INTERVAL=2;BYHOUR=7;BYMINUTE=0',
    'FREQ=DAILY;BYHOUR=7;BYMINUTE=0;BYSECOND=30',
    'FREQ=WEEKLY;BYHOUR=7;BYMINUTE=0',
    'FREQ=DAILY;BYHOUR=7',
    'nonsense',
  ]) assert.equal(inWords(rule), rule);
  assert.equal(inWords('FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=19;BYMINUTE=30'), 'Every Monday, Thursday at 19:30');
});

test('what was made is asked for again without the seed that made it', () => {
  const made = { prompt_text: 'a fox', prompt_type: 'image', priority: 5, workflow: 'sketch-image', parameters: { seed: 7, width: 64 } };
  assert.deepEqual(wantedLike(made as unknown as Prompt), {
    prompt_text: 'a fox', prompt_type: 'image', priority: 5, workflow: 'sketch-image', parameters: { width: 64 },
  });
  assert.equal(wish({ prompt: { prompt_type: 'poem', prompt_text: 'the  sea' }, musing: null }), 'poem: the sea');
  const news = { prompt: { prompt_type: 'poem', prompt_text: 'of {{headlines}}' }, musing: null };
  assert.equal(wish({ ...news, headlines: { feed: 'https://papers.example/a.xml' } }), 'poem: of {{headlines}} (headlines of papers.example)');
  assert.equal(wish({ ...news, headlines: { feed: 'no address' } }), 'poem: of {{headlines}} (headlines of no address)');
  assert.equal(wish({ prompt: null, musing: { chain: 'album', idea: 'rain' } }), 'chain album: rain');
});
