/** Painting what differs gives the bytes of painting the whole picture, and masks a line at a time what whole masks give. */
import { describe, expect, test } from 'vitest';
import { random } from '../../dist/src/core/random.js';
import { applyRecipe, type Recipe, type Scene } from '../../dist/src/core/recipe.js';
import { sharedTensor } from '../../dist/src/core/tensor.js';
import { createCanvas } from '../../dist/src/workers/canvas.js';

const [height, width] = [7, 11];
const { uniform, integer } = random(3);
const noisy = (shape: number[]) => {
  const tensor = sharedTensor(shape);
  tensor.data.forEach((_, at) => {
    tensor.data[at] = uniform();
  });
  return tensor;
};
const scene: Scene = {
  picture: noisy([3, height, width]),
  baseline: noisy([3, height, width]),
  segments: Int32Array.from({ length: height * width }, () => integer(5)),
};
const drawn: { [kind: string]: () => Recipe } = {
  window: () => {
    const [y, x] = [integer(height), integer(width)];
    return { kind: 'window', y, x, height: 1 + integer(height - y), width: 1 + integer(width - x) };
  },
  segments: () => ({ kind: 'segments', keep: Uint8Array.from({ length: 5 }, () => 2 * integer(2)) }),
  anything: () => [drawn.window!(), drawn.segments!(), { kind: 'original' } as const][integer(3)]!,
};

const softMasks = { planes: noisy([4, 3, 2]), isCornerAligned: false, isStretched: true };
const masked: { [kind: string]: (index: number) => Recipe } = {
  'grid masks': (index) => ({ kind: 'grid-mask', seed: 1, index, cells: 3, keep: 0.5, inverted: index % 2 === 1 }),
  'soft masks': (index) => ({ kind: 'soft-mask', mask: index % 4, scale: 1 + index / 10 }),
  'soft masks on the corners': (index) => ({ kind: 'soft-mask', mask: index % 4, scale: 1 }),
};

describe.each(Object.entries(masked))('behind %s', (name, recipeOf) => {
  test.each(['a baseline', 'zeros'])('a line at a time is as behind the whole mask: over %s', (over) => {
    const baseline = over === 'zeros' ? sharedTensor([3, height, width]) : scene.baseline;
    const masks = { ...softMasks, isCornerAligned: name.endsWith('corners') };
    const behind = { ...scene, baseline, masks };
    const canvas = createCanvas(behind, 2);
    const whole = new Float32Array(3 * height * width);
    for (let at = 0; at < 20; at++) {
      const recipe = recipeOf(at);
      canvas.paint(recipe, at % 2);
      applyRecipe(behind, recipe, whole);
      const out = canvas.view().subarray((at % 2) * whole.length);
      for (const [pixel, value] of whole.entries()) expect(Math.abs(out[pixel]! - value)).toBeLessThan(1e-6);
    }
  });
});

describe.each(Object.entries(drawn))('after one another: %s', (_, draw) => {
  test('has the bytes of each picture painted as a whole', () => {
    const canvas = createCanvas(scene, 2);
    const whole = new Float32Array(3 * height * width);
    for (let at = 0; at < 50; at++) {
      const recipe = draw();
      canvas.paint(recipe, at % 2);
      applyRecipe(scene, recipe, whole);
      expect(
        canvas
          .view()
          .subarray((at % 2) * whole.length)
          .slice(0, whole.length),
      ).toEqual(whole);
    }
  });
});

test('masks of more cells than those before have room', () => {
  const canvas = createCanvas(scene, 1);
  const whole = new Float32Array(3 * height * width);
  for (const cells of [2, 7, 3]) {
    const recipe = { kind: 'grid-mask', seed: 1, index: cells, cells, keep: 0.5 } as const;
    canvas.paint(recipe, 0);
    applyRecipe(scene, recipe, whole);
    for (const [pixel, value] of whole.entries()) expect(canvas.view()[pixel]).toBeCloseTo(value, 5);
  }
});
