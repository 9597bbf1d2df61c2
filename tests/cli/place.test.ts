/** A bright square at a known place of a photo, which the model's crop sees only a part of, is found there by every method. */
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Attribution, spatialMap } from '../../dist/src/core/attribution.js';
import { compare, loadModel, type Model, render } from '../../dist/src/index.js';
import { workingFolder } from './command.ts';
import { type Square, squareOn, writeToy } from './toys.ts';

const SIDE = 64;
/** Windows and segments of this many pixels of the model's input are the cells of occlusion and LIME. */
const CELL = 8;
/** The methods, with the length of their cells in pixels of the model's input. */
const METHODS = {
  [`occlusion:window=${CELL}`]: CELL / 2,
  'lime:segmentation=grid': CELL,
  'grad-cam': 2,
  'layer-cam': 2,
  'integrated-gradients:steps=8': 1,
  saliency: 1,
};
const PLACES = [
  { name: 'wide', width: 640, height: 360, square: { x: 403, y: 121, side: 60 } },
  { name: 'wide, at the border of the crop', width: 640, height: 360, square: { x: 180, y: 318, side: 60 } },
  { name: 'tall', width: 360, height: 500, square: { x: 251, y: 144, side: 60 } },
  { name: 'smaller than the input', width: 50, height: 40, square: { x: 31, y: 13, side: 8 } },
];

let model: Model;
beforeAll(async () => {
  const folder = workingFolder();
  model = await loadModel(`${folder}/${writeToy(folder, 'toy', { side: SIDE })}`);
});
afterAll(() => model.close());

/** The centre of what is above half of the largest value, weighted by it, on the photo: x and y. */
function centreOf(attribution: Attribution): [number, number] {
  const { data, width, lattice } = spatialMap(attribution);
  const { crop } = attribution.view;
  const [rows, columns] = attribution.inputSize;
  const [x, y] = centroid(data, width);
  return [
    crop[0] + ((lattice.originX + x * lattice.stepX + 0.5) / columns) * crop[2],
    crop[1] + ((lattice.originY + y * lattice.stepY + 0.5) / rows) * crop[3],
  ];
}

function centroid(values: ArrayLike<number>, width: number): [number, number] {
  const all = Array.from(values);
  const half = all.reduce((a, b) => Math.max(a, b)) / 2;
  const weights = all.map((value) => Math.max(0, value - half));
  const mean = (position: (at: number) => number) =>
    weights.reduce((sum, weight, at) => sum + weight * position(at), 0) / weights.reduce((a, b) => a + b);
  return [mean((at) => at % width), mean((at) => Math.floor(at / width))];
}

function expectAt([x, y]: readonly [number, number], square: Square, cell: number, what: string): void {
  expect(Math.abs(x - square.x), `${what}: x ${x}`).toBeLessThanOrEqual(cell);
  expect(Math.abs(y - square.y), `${what}: y ${y}`).toBeLessThanOrEqual(cell);
}

describe.each(PLACES)('$name', ({ width, height, square }) => {
  const photo = squareOn(width, height, square);

  test.each(Object.entries(METHODS))('%s', async (method, cell) => {
    const { attributions } = await compare(model, photo, {
      methods: [method],
      targets: ['bright'],
      segments: (SIDE / CELL) ** 2,
      samples: 800,
      fill: 'black',
      score: 'logit',
    });
    const [attribution] = attributions as [Attribution];
    const onPhoto = cell * (attribution.view.crop[2] / SIDE);
    expectAt(centreOf(attribution), square, onPhoto, 'map');

    const png = await render(attribution, photo, { style: 'heatmap', colormap: 'grey', sign: 'positive' });
    const { data, info } = await sharp(png)
      .removeAlpha()
      .toColourspace('b-w')
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([width, height]);
    const [x, y] = centroid(data, width);
    expectAt([x + 0.5, y + 0.5], square, onPhoto, 'picture');
  });
});
