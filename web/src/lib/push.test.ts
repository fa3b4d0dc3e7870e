import assert from 'node:assert/strict';
import { test } from 'node:test';
import { obstacle, type Surroundings } from './push.ts';

const able: Surroundings = { secure: true, worker: true, push: true, permission: 'default', apple: false, onHomeScreen: false };

test('a browser that can be told has nothing in its way', () => {
  assert.equal(obstacle(able), null);
  assert.equal(obstacle({ ...able, permission: 'granted' }), null);
  assert.equal(obstacle({ ...able, apple: true, onHomeScreen: true }), null);
});

test('what is in the way is said, the first thing first', () => {
  assert.match(obstacle({ ...able, secure: false, push: false }) ?? '', /HTTPS/);
  assert.match(obstacle({ ...able, apple: true, push: false }) ?? '', /home screen/);
  assert.match(obstacle({ ...able, push: false }) ?? '', /no push messages/);
  assert.match(obstacle({ ...able, permission: null }) ?? '', /no push messages/);
  assert.match(obstacle({ ...able, permission: 'denied' }) ?? '', /settings/);
  assert.match(obstacle({ ...able, worker: false }) ?? '', /no push messages/);
});
