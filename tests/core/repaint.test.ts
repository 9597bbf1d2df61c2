/** Painting what differs gives the bytes of painting the whole picture, and masks a line at a time what whole masks give. */
import { describe, expect, test } from 'vitest';
import { random } from '../../dist/src/core/random.js';
import { applyRecipe, type Recipe, type Scene } from '../../dist/src/core/recipe.js';
import { repainter } from '../../dist/src/core/repaint.js';
import { sharedTensor } from '../../dist/src/core/tensor.js';

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
    const repaint = repainter(behind);
    const out = new Float32Array(3 * height * width);
    const whole = new Float32Array(out.length);
    let before: Recipe = { kind: 'original' };
    for (let at = 0; at < 20; at++) {
      const recipe = recipeOf(at);
      repaint(recipe, out, before);
      applyRecipe(behind, recipe, whole);
      for (const [pixel, value] of whole.entries()) expect(Math.abs(out[pixel]! - value)).toBeLessThan(1e-6);
      before = recipe;
    }
  });
});

describe.each(Object.entries(drawn))('after one another: %s', (_, draw) => {
  test('has the bytes of each picture painted as a whole', () => {
    const repaint = repainter(scene);
    const out = new Float32Array(3 * height * width);
    const whole = new Float32Array(out.length);
    let before: Recipe | undefined;
    for (let at = 0; at < 50; at++) {
      const recipe = draw();
      repaint(recipe, out, before);
      applyRecipe(scene, recipe, whole);
      expect(out).toEqual(whole);
      before = recipe;
    }
  });
});
