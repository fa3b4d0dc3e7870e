import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressOf, artifactIn, factsOf, fieldFor, isInput, noPlace, referenceTo, typeOfFile } from './inputs.ts';
import { aField, anArtifact, aWorkflow } from './samples.ts';

test('a result is named by its number', () => {
  assert.equal(referenceTo(anArtifact({ id: 12 })), 'artifact:12');
  assert.equal(artifactIn('artifact:12'), 12);
  for (const other of ['example.png', 'artifact:', 'artifact:1x', '', null, 12]) assert.equal(artifactIn(other), null);
});

test('pictures, sounds and films are inputs', () => {
  assert.deepEqual(['image', 'audio', 'video', 'text', 'int'].map(isInput), [true, true, true, false, false]);
});

test('what a value names can be seen somewhere, unless it is a file of ComfyUI’s own', () => {
  assert.equal(addressOf('upload:ab12'), '/api/uploads/upload:ab12');
  assert.equal(addressOf('artifact:12'), '/api/artifacts/12');
  assert.equal(addressOf('example.png'), null);
  assert.equal(addressOf(null), null);
});

test('a file is what its type says, or its name where the system knows no type', () => {
  assert.equal(typeOfFile({ name: 'x', type: 'image/png' }), 'image');
  assert.equal(typeOfFile({ name: 'x.FLAC', type: '' }), 'audio');
  assert.equal(typeOfFile({ name: 'x.mov', type: 'application/octet-stream' }), 'video');
  assert.equal(typeOfFile({ name: 'x.txt', type: 'text/plain' }), null);
});

test('a file goes into the first empty field of its type', () => {
  const [first, second, sound] = [aField({ name: 'a', type: 'image' }), aField({ name: 'b', type: 'image' }), aField({ name: 's', type: 'audio' })];
  const mixer = aWorkflow([first, second, sound], { title: 'Mixer' });
  assert.equal(fieldFor(mixer, {}, 'image'), first);
  assert.equal(fieldFor(mixer, { a: 'upload:ab' }, 'image'), second);
  assert.equal(fieldFor(mixer, { a: 'upload:ab', b: 'artifact:1' }, 'image'), first);
  assert.equal(fieldFor(mixer, { a: 'example.png' }, 'image'), first);
  assert.equal(fieldFor(mixer, {}, 'video'), null);
  assert.equal(fieldFor(mixer, {}, null), null);
  assert.equal(noPlace('a.wav', 'audio', [aWorkflow([]), mixer]), '“a.wav”: this workflow takes no sound. Choose one that does: Mixer.');
  assert.match(noPlace('a.mp4', 'video', [mixer]), /Bring one in that does/);
  assert.match(noPlace('a.txt', null, [mixer]), /neither a picture/);
});

test('what was sent is described', () => {
  const upload = { ref: 'upload:ab', content_type: 'image/png', bytes: 18_000, file_url: '' };
  assert.equal(factsOf({ ...upload, width: 640, height: 480 }), '18 kB · 640 × 480 px');
  assert.equal(factsOf({ ...upload, duration: 12.4 }), '18 kB · 0:12');
});
