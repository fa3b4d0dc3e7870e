/** Picture sizes by shape: the shape is chosen, the area stays. */
import type { FormField } from './api/types.ts';

export interface Shape {
  name: string;
  width: number;
  height: number;
}

export const SHAPES: readonly Shape[] = [
  { name: 'Square', width: 1, height: 1 },
  { name: 'Portrait', width: 3, height: 4 },
  { name: 'Tall', width: 9, height: 16 },
  { name: 'Landscape', width: 4, height: 3 },
  { name: 'Wide', width: 16, height: 9 },
];

/** Pixels of a shape with about the area of the defaults, on the field's steps and within its bounds. */
export function sizeFor(shape: Shape, width: FormField, height: FormField): { width: number; height: number } {
  const area = Number(width.default ?? 768) * Number(height.default ?? 768);
  const scale = Math.sqrt(area / (shape.width * shape.height));
  return { width: fit(shape.width * scale, width), height: fit(shape.height * scale, height) };
}

/** The shape that these pixels have, within one step of rounding; null for any other. */
export function shapeOf(width: number, height: number): Shape | null {
  return SHAPES.find((shape) => Math.abs((width * shape.height) / (height * shape.width) - 1) < 0.03) ?? null;
}

function fit(pixels: number, field: FormField): number {
  const step = field.step ?? 8;
  const rounded = Math.round(pixels / step) * step;
  return Math.min(field.maximum ?? rounded, Math.max(field.minimum ?? step, rounded));
}
