/** Eigen-CAM, and other maps under the same projection. */
import { SingularValueDecomposition } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import { principalDirection } from '../../dist/src/gradient/cam/principal-direction.js';
import { eigenCam, gradCam, hiResCam } from '../../dist/src/index.js';
import { relativeError } from '../distance.ts';
import { noise } from '../toy-model.ts';
import { CELLS, deep, image, loader } from './cam-toys.ts';

const load = loader();

describe('Eigen-CAM', () => {
  test('projects on the first singular vector, as ml-matrix finds it', () => {
    const matrix = Array.from({ length: 12 }, (_, row) => [...noise([7], row + 1).data]);
    const found = principalDirection(Float64Array.from(matrix.flat()), 7);
    const exact = new SingularValueDecomposition(matrix).rightSingularVectors.getColumn(0);
    const sign = Math.sign(found[0]! * exact[0]!);
    expect(
      relativeError(
        found,
        exact.map((value) => sign * value),
      ),
    ).toBeLessThan(1e-9);
    expect(principalDirection(new Float64Array(21), 7)).toEqual(new Float64Array(7));
  });

  test('is the same for all classes', async () => {
    await using model = await load(deep);
    const [first, second] = await eigenCam(model, image, { targets: [0, 2] });
    expect(second!.data).toEqual(first!.data);
    expect(Math.max(...first!.data)).toBeGreaterThan(0);
  });
});

describe('maps under pytorch-grad-cam’s eigen_smooth', () => {
  test.each([
    ['grad-cam', gradCam],
    ['hires-cam, which is EigenGradCAM', hiResCam],
  ] as const)('%s: its channels less their means, on their first singular vector', async (_, explain) => {
    await using model = await load(deep);
    const settings = { target: 1, relu: false };
    const channels = (await explain(model, image, { ...settings, filters: [0, 1, 2, 3, 4, 5] })).data;
    const rows = Array.from({ length: CELLS }, (_, cell) =>
      Array.from({ length: 6 }, (_, channel) => channels[channel * CELLS + cell]!),
    );
    const means = [0, 1, 2, 3, 4, 5].map((channel) => rows.reduce((sum, row) => sum + row[channel]!, 0) / CELLS);
    const centred = rows.map((row) => row.map((value, channel) => value - means[channel]!));
    const direction = new SingularValueDecomposition(centred).rightSingularVectors.getColumn(0);
    const projected = centred.map((row) => row.reduce((sum, value, at) => sum + value * direction[at]!, 0));
    const agreement = rows.reduce((sum, row, cell) => sum + projected[cell]! * row.reduce((a, b) => a + b), 0);
    const found = await explain(model, image, { ...settings, eigenSmooth: true });
    const wanted = projected.map((value) => Math.sign(agreement) * value);
    expect(relativeError(found.data, wanted)).toBeLessThan(1e-5);
    expect(found.options).toMatchObject({ eigenSmooth: true });
  });
});
