import assert from 'node:assert/strict';
import { test } from 'node:test';
import { announcement, attemptWords, countOf, forgettable, fraction, isBeyond, KEPT_SETTLED, newerWorkflow, notices, outlook, reasonToWait, sections, SHOWN_FINISHED, turn } from './queue.ts';
import { anArtifact, aPrompt, someStats } from './samples.ts';

test('waiting prompts stand in the order in which they start', () => {
  const parts = sections([
    aPrompt({ id: 1 }),
    aPrompt({ id: 2, priority: 2 }),
    aPrompt({ id: 3, priority: 2, next_attempt_at: '2026-01-01T00:01:00Z' }),
    aPrompt({ id: 4, status: 'processing' }),
  ]);
  assert.deepEqual(parts.waiting.map(({ id }) => id), [2, 1, 3]);
  assert.deepEqual(parts.running.map(({ id }) => id), [4]);
});

test('finished ones come newest first, and only the latest', () => {
  const done = Array.from({ length: 20 }, (_, index) =>
    aPrompt({ id: index + 1, status: index % 2 ? 'completed' : 'cancelled', completed_at: `2026-01-01T00:00:${10 + index}Z` }),
  );
  const { finished, failed } = sections([...done, aPrompt({ id: 99, status: 'failed' })]);
  assert.equal(finished.length, SHOWN_FINISHED);
  assert.equal(finished[0]?.id, 20);
  assert.deepEqual(failed.map(({ id }) => id), [99]);
});

test('old settled prompts are forgotten, failed and open ones never', () => {
  const done = Array.from({ length: KEPT_SETTLED + 3 }, (_, index) => aPrompt({ id: index + 1, status: 'completed' }));
  const others = [aPrompt({ id: 500, status: 'failed' }), aPrompt({ id: 501 })];
  assert.deepEqual(forgettable([...done, ...others], null).sort(), [1, 2, 3]);
  assert.deepEqual(forgettable([...done, ...others], 2).sort(), [1, 3]);
});

test('changes are announced, repetitions are not', () => {
  const before = aPrompt();
  assert.equal(announcement(undefined, before), null);
  assert.equal(announcement(before, aPrompt({ priority: 1 })), null);
  assert.equal(announcement(before, aPrompt({ status: 'processing' })), 'Painting: picture “a lighthouse”.');
  const two = [anArtifact(), anArtifact({ id: 2 })];
  assert.equal(announcement(before, aPrompt({ status: 'completed', artifacts: two })), 'Finished: 2 pictures, picture “a lighthouse”.');
  assert.equal(announcement(before, aPrompt({ status: 'failed', error_message: 'No answer.' })), 'Failed: picture “a lighthouse”. No answer.');
  assert.equal(announcement(aPrompt({ status: 'failed' }), before), 'Back in the queue: picture “a lighthouse”.');
  assert.match(announcement(before, aPrompt({ status: 'cancelled' })) ?? '', /^Cancelled/);
});

test('one that was quick is announced at first sight, an old one is not', () => {
  const quick = aPrompt({ status: 'completed' });
  assert.equal(announcement(undefined, quick, false), null);
  assert.equal(announcement(undefined, quick, true), 'Finished: picture “a lighthouse”.');
  assert.equal(announcement(undefined, aPrompt(), true), null);
});

test('what stands behind the part of the line that was read is known by its place', () => {
  const last = { priority: 5, id: 70 };
  const places = [{ priority: 1, id: 900 }, { priority: 5, id: 69 }, last, { priority: 5, id: 71 }, { priority: 10, id: 1 }];
  assert.deepEqual(places.map((place) => isBeyond(place, last)), [false, false, false, true, true]);
});

test('the server counts, unless the page has seen more', () => {
  assert.equal(countOf(null, 'pending', 3), 3);
  assert.equal(countOf(someStats({ by_status: { pending: 1250 } }), 'pending', 50), 1250);
  assert.equal(countOf(someStats({ by_status: { pending: 0 } }), 'pending', 1), 1);
});

test('a long wait says when, and every wait but that for its turn says why', () => {
  const now = Date.UTC(2026, 0, 1);
  const later = aPrompt({ next_attempt_at: '2026-01-01T00:04:40Z', error_message: 'The server is away.' });
  assert.match(turn(later, 0, now), /^Trying again in 5 min, at .*\d\d:?.*\d\d/);
  assert.equal(reasonToWait(later, now), 'The server is away.');
  assert.equal(reasonToWait(aPrompt({ waiting_reason: 'No server has the model.', error_message: 'old' }), now), 'No server has the model.');
  assert.equal(reasonToWait(aPrompt({ error_message: 'old' }), now), '');
  assert.equal(reasonToWait({ ...later, status: 'failed' }, now), '');
});

test('attempts are counted as the server counts them, never 17 of 3', () => {
  assert.equal(attemptWords(aPrompt({ attempt: 1, attempts_used: 1 })), '');
  assert.equal(attemptWords(aPrompt({ attempt: 2, attempts_used: 2 })), 'attempt 2 of 3');
  assert.equal(attemptWords(aPrompt({ attempt: 17, attempts_used: 17 })), 'attempt 17');
  assert.equal(attemptWords(aPrompt({ attempt: 17, attempts_used: 2 })), 'attempt 2 of 3');
  assert.equal(attemptWords(aPrompt({ attempt: 2, attempts_used: 1 })), '');
});

test('a newer version of the workflow is told while it matters', () => {
  assert.equal(newerWorkflow(aPrompt()), '');
  assert.match(newerWorkflow(aPrompt({ newer_workflow: true })), /newer version of its workflow. It runs with the one it was submitted with/);
  assert.match(newerWorkflow(aPrompt({ newer_workflow: true, status: 'failed' })), /A retry runs/);
  assert.equal(newerWorkflow(aPrompt({ newer_workflow: true, status: 'completed' })), '');
});

test('an end is foreseen only while the queue moves', () => {
  const now = Date.UTC(2026, 0, 1);
  const moving = someStats({ pending: 2, eta_seconds: { p50: 40, p90: 60 } });
  assert.deepEqual(outlook(moving, aPrompt(), now), { seconds: 40 });
  assert.equal(outlook({ ...moving, paused: true }, aPrompt(), now), null);
  assert.equal(outlook({ ...moving, worker: null }, aPrompt(), now), null);
  assert.equal(outlook({ ...moving, pending: 0 }, undefined, now), null);
  assert.equal(outlook({ ...moving, eta_seconds: { p50: null, p90: null } }, aPrompt(), now), null);
  assert.deepEqual(outlook(moving, aPrompt({ waiting_reason: 'No server.' }), now), { reason: 'No server.' });
  assert.equal(outlook(moving, aPrompt({ next_attempt_at: '2026-01-01T00:00:40Z' }), now), null);
});

test('a turn is a place in line, or the time of the next attempt', () => {
  const now = Date.UTC(2026, 0, 1);
  assert.equal(turn(aPrompt(), 0, now), 'Next');
  assert.equal(turn(aPrompt(), 2, now), '3rd in line');
  assert.equal(turn(aPrompt({ next_attempt_at: '2026-01-01T00:00:12Z' }), 0, now), 'Trying again in 12 s');
  assert.equal(turn(aPrompt({ next_attempt_at: '2025-12-31T00:00:12Z' }), 0, now), 'Next');
});

test('progress is a fraction only where a length is known', () => {
  const at = (value: number, max: number) => fraction(aPrompt({ progress: { value, max, stage: '', eta_seconds: null } }));
  assert.equal(fraction(aPrompt()), null);
  assert.deepEqual([at(5, 20), at(30, 20), at(3, 0)], [0.25, 1, null]);
});

test('what stands in the way is said, most pressing first', () => {
  assert.deepEqual(notices(null), []);
  assert.deepEqual(notices(someStats()), []);
  assert.deepEqual(notices(someStats({ worker: null, paused: true })), ['no-worker', 'paused']);
  const scheduled = { mode: 'scheduled', alive: false, heartbeat_at: null, pid: null, last_run_at: null, next_run_at: null, message: '' } as const;
  assert.deepEqual(notices(someStats({ worker: scheduled })), ['scheduled']);
  assert.deepEqual(notices(someStats({ worker: { ...scheduled, mode: 'none' } })), ['no-worker']);
  assert.deepEqual(notices(someStats({ disk_low: true, paused: true })), ['disk-low', 'paused']);
});
