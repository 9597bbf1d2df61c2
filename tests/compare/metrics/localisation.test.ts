/** Pointing game and energy in boxes, on maps and boxes drawn by hand. */
import { expect, test } from 'vitest';
import { compare, fromFunction, type Measured, measure, type Region } from '../../../dist/src/index.js';
import { handMade, image, linear, PIXELS, SIDE } from './toys.ts';

/** A map with the given values at (y, x). */
function dots(...values: [y: number, x: number, value: number][]): Float32Array {
  const map = new Float32Array(PIXELS);
  for (const [y, x, value] of values) map[y * SIDE + x] = value;
  return map;
}

async function measured(metric: string, map: ArrayLike<number>, boxes: Region[]): Promise<Measured> {
  const [found] = await measure(linear, image, [handMade(map)], { metrics: [metric], boxes });
  return Object.values(found!.metrics!)[0]!;
}
const corner: Region = { box: [0, 0, 4, 2] };

test('pointing: a hit inside and closer than the tolerance, a miss at it; ties count in part', async () => {
  const point = (map: Float32Array) => measured('pointing-game:tolerance=3', map, [corner]);
  expect((await point(dots([1, 3, 1], [9, 9, 0.5]))).value).toBe(1);
  expect((await point(dots([3, 3, 1]))).value).toBe(1);
  expect((await point(dots([4, 3, 1]))).value).toBe(0);
  expect((await point(dots([3, 5, 1]))).value).toBe(1); // √8
  expect((await point(dots([1, 1, 2], [9, 9, 2], [9, 10, 2]))).value).toBeCloseTo(1 / 3, 12);
});

test('pointing: random is the share of pixels that hit, and the centre is beside it', async () => {
  const all = await measured('pointing-game:tolerance=0', dots([9, 9, 1]), [corner]);
  expect(all).toMatchObject({ random: 8 / PIXELS, centre: 0, better: 'higher' });
  const middle = await measured('pointing-game:tolerance=0', dots([9, 9, 1]), [{ box: [7, 7, 3, 3] }]);
  expect(middle).toMatchObject({ value: 1, centre: 1 });
});

test('energy: positive values inside against all of them', async () => {
  const energy = await measured('energy-in-box', dots([0, 0, 1], [1, 3, 2], [9, 9, 3], [1, 1, -5]), [corner]);
  expect(energy.value).toBeCloseTo(3 / 6, 7);
  expect(energy.random).toBe(8 / PIXELS);
  expect(energy.centre).toBeLessThan(8 / PIXELS);
});

test('boxes of other classes do not count; masks do', async () => {
  const map = dots([0, 0, 1]);
  expect((await measured('energy-in-box', map, [{ ...corner, target: 0 }])).value).toBe(1);
  expect(await measured('energy-in-box', map, [{ ...corner, target: 1 }])).toMatchObject({
    value: null,
    reason: expect.stringContaining('no box of the class'),
  });
  const mask = Uint8Array.from(dots([0, 0, 1], [5, 5, 1]));
  expect(await measured('energy-in-box', dots([0, 0, 1], [9, 9, 3]), [{ mask }])).toMatchObject({ value: 1 / 4 });
});

test('boxes on the photo are brought to the part that the model saw', async () => {
  const photo = { data: new Uint8Array(3 * 64 * 32).fill(128), width: 64, height: 32 };
  const level = fromFunction(
    async ({ data, shape: [count = 0] }) =>
      Array.from({ length: count }, (_, row) => [data[row * 3 * PIXELS]! / 255, 0]),
    { size: SIDE },
  );
  // A square of 28.4 pixels from (17.8, 1.8) on is seen at 16 × 16, of the box its left quarter.
  const boxes: Region[] = [{ box: [4, 0, 21, 32] }];
  const { attributions } = await compare(level, photo, {
    methods: ['occlusion:window=1:stride=1:baseline=white'],
    targets: [0],
    metrics: ['energy-in-box', 'pointing-game:tolerance=0'],
    boxes,
  });
  expect(attributions[0]!.metrics).toMatchObject({ 'energy-in-box': { random: 1 / 4 } });
});

test('refuses boxes that are none, masks of another size, and localisation without any', async () => {
  const map = dots([0, 0, 1]);
  for (const box of [
    [0, 0, 0, 4],
    [0, 0, Number.NaN, 4],
    [1, 2, 3],
  ] as [number, number, number, number][]) {
    await expect(measured('energy-in-box', map, [{ box }])).rejects.toMatchObject({ code: 'ERR_OPTION' });
  }
  await expect(measured('energy-in-box', map, [{ mask: new Uint8Array(4) }])).rejects.toThrow('a mask of 16 × 16');
  const without = measure(linear, image, [handMade(map)], { metrics: ['pointing-game'] });
  await expect(without).rejects.toMatchObject({ code: 'ERR_OPTION', message: expect.stringContaining('boxes') });
  const [found] = await measure(linear, image, [handMade(map)], { metrics: ['all'] });
  expect(Object.keys(found!.metrics!)).not.toContain('pointing-game');
});
