import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError, asApiError, fromProblem, refusal, unreachable } from './errors.ts';

test('a problem document speaks through its detail', () => {
  const error = fromProblem(422, {
    title: 'Unprocessable',
    detail: 'Two things to mend.',
    errors: [
      { where: 'parameters.width', message: 'At most 2048.' },
      { where: 'prompt_text', message: 'Write something.' },
    ],
  });
  assert.equal(error.message, 'Two things to mend.');
  assert.equal(error.status, 422);
  assert.deepEqual(refusal(error), { prompt: 'Write something.', fields: { width: 'At most 2048.' }, other: [] });
});

test('faults without a place of their own are said with their path', () => {
  const error = new ApiError('No.', 422, [
    { where: 'prompt_type', message: 'Unknown.' },
    { where: 'count', message: 'At most 16.' },
    { where: '', message: 'Too much.' },
  ]);
  assert.deepEqual(refusal(error), { prompt: null, fields: { count: 'At most 16.' }, other: ['prompt_type: Unknown.', 'Too much.'] });
});

test('an error without faults is said as it is', () => {
  assert.deepEqual(refusal(unreachable()).other, [unreachable().message]);
});

test('whatever a proxy answers becomes a sentence', () => {
  assert.match(fromProblem(502, '<html>').message, /server \(502\)/);
  assert.match(fromProblem(418, null).message, /418/);
  assert.match(fromProblem(404, undefined).message, /no such thing/);
  assert.equal(fromProblem(409, { title: 'Conflict' }).message, 'Conflict');
  assert.deepEqual(fromProblem(422, { errors: ['x', { where: 1 }] }).faults, []);
});

test('any thrown thing can be shown', () => {
  const known = unreachable();
  assert.equal(asApiError(known), known);
  assert.equal(asApiError(new Error('broken')).message, 'broken');
  assert.equal(asApiError('odd').message, 'odd');
});
