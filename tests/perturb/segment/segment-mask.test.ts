import { describe, expect, test } from 'vitest';
import { segmentBoundaries, segmentMask } from '../../../dist/src/perturb/segment/segment-mask.js';

/** Six segments in a 2 × 3 input; each pixel is 2 × 2 photo pixels, and a margin of 1 around them was cropped. */
const place = {
  labels: Int32Array.of(0, 1, 2, 3, 4, 5),
  inputSize: [2, 3] as const,
  view: { width: 8, height: 6, crop: [1, 1, 6, 4] as const },
};
const weights = [0.5, -0.9, 0.1, -0.2, 0, 0.3];

/** What the mask says of each segment, once it is shown that the mask is made of whole segments. */
function bySegment(options: Parameters<typeof segmentMask>[2]) {
  const { data, width, height } = segmentMask(weights, place, options);
  expect([data.length, width, height]).toEqual([48, 8, 6]);
  const at = (segment: number) => (1 + 2 * Math.floor(segment / 3)) * 8 + 1 + 2 * (segment % 3);
  const values = weights.map((_, segment) => data[at(segment)]!);
  const truth = new Uint8Array(48);
  for (const [segment, value] of values.entries()) {
    for (const offset of [0, 1, 8, 9]) truth[at(segment) + offset] = value;
  }
  expect(data).toEqual(truth);
  return values;
}

describe('segmentMask follows lime’s get_image_and_mask', () => {
  test.each([
    [undefined, [1, 0, 1, 0, 0, 1]],
    [{ top: 2 }, [1, 0, 0, 0, 0, 1]],
    [{ minWeight: 0.1 }, [1, 0, 0, 0, 0, 1]],
    [{ negativeOnly: true }, [0, 1, 0, 1, 0, 0]],
    [{ negativeOnly: true, top: 1 }, [0, 1, 0, 0, 0, 0]],
    [{ negativeOnly: true, minWeight: 0.2 }, [0, 1, 0, 0, 0, 0]],
    [{ positiveOnly: false, top: 6 }, [1, 2, 1, 2, 1, 1]],
    [{ positiveOnly: false, top: 3 }, [1, 2, 0, 0, 0, 1]],
    [{ positiveOnly: false, top: 4, minWeight: 0.3 }, [1, 2, 0, 0, 0, 1]],
  ])('%j', (options, values) => {
    expect(bySegment(options)).toEqual(values);
  });

  test('hideRest is passed on and leaves the mask as it is', () => {
    expect(segmentMask(weights, place)).toEqual({
      ...segmentMask(weights, place, { hideRest: true }),
      hideRest: false,
    });
  });

  test.each([{ positiveOnly: true, negativeOnly: true }, { top: 0 }, { minWeight: -1 }])('refuses %j', (options) => {
    expect(() => segmentMask(weights, place, options)).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }));
  });
});

test('segmentBoundaries marks the last pixel before another segment, or before the margin', () => {
  const { data } = segmentBoundaries(place);
  const rows = Array.from({ length: 6 }, (_, y) => [...data.subarray(8 * y, 8 * y + 8)].join(''));
  expect(rows).toEqual(['01111110', '10101010', '11111110', '10101010', '11111110', '00000000']);
});
