import assert from 'node:assert/strict';
import { test } from 'node:test';
import { better, choice, madeBy, whyNot } from './maker.ts';
import { aWorkflow } from './samples.ts';

const fox = aWorkflow([], { name: 'fox_painter', title: 'Fox painter', source: 'comfyui', default: false });

test('who makes it is named, the sketch engine as such', () => {
  assert.equal(madeBy(fox), 'Painted by Fox painter');
  assert.equal(madeBy(aWorkflow([])), 'Painted by the built-in sketch engine');
  assert.equal(madeBy(aWorkflow([], { kind: 'text', source: 'poets' })), 'Written by the poets');
  assert.equal(madeBy(aWorkflow([], { kind: 'voice', source: 'speech' })), 'Spoken by the speech server');
  assert.equal(madeBy({ ...fox, kind: 'music', source: 'script' }), 'Composed by Fox painter');
});

test('only a sketch is told what would be better', () => {
  assert.equal(better(aWorkflow([])), 'A workflow of ComfyUI makes real pictures.');
  assert.match(better(aWorkflow([], { kind: 'text' })), /language model/);
  assert.equal(better(fox), '');
  assert.equal(better(aWorkflow([], { kind: 'text', source: 'poets' })), '');
});

test('a choice is marked as the default, and as one that cannot run', () => {
  assert.equal(choice(fox), 'Fox painter');
  assert.equal(choice({ ...fox, default: true }), 'Fox painter (default)');
  const lame = { ...fox, usable: false, reason: 'The directory of ComfyUI is not set.' };
  assert.equal(choice({ ...lame, default: true }), 'Fox painter (default, cannot run now)');
  assert.equal(whyNot(lame), 'The directory of ComfyUI is not set.');
  assert.equal(whyNot({ ...fox, problem: 'is no workflow' }), 'is no workflow');
  assert.equal(whyNot(fox), '');
});
