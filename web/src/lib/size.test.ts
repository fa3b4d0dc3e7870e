import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aField } from './samples.ts';
import { SHAPES, shapeOf, sizeFor } from './size.ts';

test('a shape keeps the area, the steps and the bounds', () => {
  const field = (name: string) => aField({ name, type: 'int', default: 768, step: 8, minimum: 64, maximum: 1024 });
  for (const shape of SHAPES) {
    const { width, height } = sizeFor(shape, field('width'), field('height'));
    assert.equal(width % 8, 0);
    assert.ok(width <= 1024 && height <= 1024);
    assert.ok(Math.abs((width * height) / 768 ** 2 - 1) < 0.03, shape.name);
    assert.equal(shapeOf(width, height), shape);
  }
  assert.equal(shapeOf(1000, 420), null);
  assert.equal(sizeFor(SHAPES[4]!, { ...field('width'), maximum: 512 }, field('height')).width, 512);
});
