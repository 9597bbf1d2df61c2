/** Against what captum and lime computed themselves for squeezenet1_1. */
import { existsSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Classify, fromFunction } from '../../dist/src/perturb/from-function.js';
import { occlusion } from '../../dist/src/perturb/occlusion.js';
import { segmentMeans } from '../../dist/src/perturb/segment/segment-means.js';
import { relativeError } from '../distance.ts';
import { readNpy } from '../npy.ts';

const shared = new URL('../../../shared/', import.meta.url);
const reference = new URL('reference/squeezenet1_1-cat-dog/', shared);
const here = existsSync(reference);

describe.skipIf(!here)(`squeezenet1_1${here ? '' : ': skipped, ../shared is missing'}`, () => {
  let session: InferenceSession;
  beforeAll(async () => {
    const file = new URL('data/models/squeezenet1_1/model.onnx', shared).pathname;
    session = await InferenceSession.create(file, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  });
  afterAll(() => session.release());

  const classify: Classify = async ({ data, shape }) => {
    const { logits } = await session.run({ data: new Tensor('float32', data, shape) });
    const [count, classes] = logits!.dims as [number, number];
    const values = logits!.data as Float32Array;
    return Array.from({ length: count }, (_, row) => values.subarray(row * classes, (row + 1) * classes));
  };

  test.each([
    [32, 16],
    [16, 8],
    [30, 13],
  ])('occlusion with window %i and stride %i is captum’s', async (window, stride) => {
    const truth = readNpy(new URL(`occlusion-${window}-${stride}-281.npy`, reference)).data;
    const { data, shape } = readNpy(new URL('input.npy', reference));
    const image = { tensor: { data: Float32Array.from(data), shape } };
    const found = await occlusion(fromFunction(classify, { size: 224 }), image, { target: 281, window, stride });
    expect(relativeError(found.data, truth)).toBeLessThan(1e-3);
  });

  test('the pictures LIME samples have the probabilities that lime found', async () => {
    const { data, shape } = readNpy(new URL('input.npy', reference));
    const masks = readNpy(new URL('lime-masks.npy', reference));
    const truth = readNpy(new URL('lime-probabilities.npy', reference)).data.slice(0, 3 * 100);
    const segments = Int32Array.from(readNpy(new URL('lime-segments.npy', reference)).data);
    const picture = { data: Float32Array.from(data), shape: shape.slice(1) };
    const baseline = inWholePixels(segmentMeans(picture, segments, masks.shape[1]!));
    const recipes = Array.from({ length: 100 }, (_, row) => {
      const keep = Uint8Array.from(masks.data.slice(row * masks.shape[1]!, (row + 1) * masks.shape[1]!));
      return { kind: 'segments', keep } as const;
    });
    const request = { targets: [242, 243, 281], score: 'probability' } as const;
    const model = fromFunction(classify, { size: 224 });
    const { values } = await model.predict({ picture, baseline, segments }, recipes, request);
    expect(relativeError(values, truth)).toBeLessThan(1e-4);
  });
});

/** lime fills 8-bit pictures, which cuts the mean colours off to whole numbers. */
function inWholePixels({ data, shape }: { readonly data: Float32Array; readonly shape: readonly number[] }) {
  const [mean, std] = [
    [123.675, 116.28, 103.53],
    [58.395, 57.12, 57.375],
  ];
  const cut = data.map((value, at) => {
    const channel = Math.floor((3 * at) / data.length);
    return (Math.floor(value * std[channel]! + mean[channel]! + 1e-4) - mean[channel]!) / std[channel]!;
  });
  return { data: cut, shape };
}
