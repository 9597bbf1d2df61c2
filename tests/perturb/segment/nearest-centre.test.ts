import fc from 'fast-check';
import { expect, test } from 'vitest';
import { random } from '../../../dist/src/core/random.js';
import { pixels } from '../../../dist/src/perturb/segment/nearest-centre.js';

test('each pixel has the label of the nearest of the centres that reached it, of two the first, else what it began with', () => {
  const side = fc.integer({ min: 1, max: 23 });
  fc.assert(
    fc.property(side, side, fc.nat(), (width, height, seed) => {
      const { integer } = random(seed);
      const plane = () => Int16Array.from({ length: width * height }, () => integer(3500) - 1750);
      const [l, a, b] = [plane(), plane(), plane()];
      const first = Int32Array.from(l, () => integer(5));
      const found = pixels({ l, a, b }, first);
      const wanted = first.slice();
      for (let round = 0; round < 2; round++) {
        found.forget();
        const nearest = new Float64Array(l.length).fill(2 ** 31 - 1);
        for (let label = 10; label < 16; label++) {
          const [top, left, step] = [integer(height), integer(width), 1 + integer(2)];
          const shares = (most: number) =>
            Int32Array.from({ length: integer(most + 1) }, () => integer(integer(2) ? 2 ** 30 : 40));
          const [down, across] = [shares(Math.ceil((height - top) / step)), shares(width - left)];
          const colour = [integer(1600), integer(3500) - 1750, integer(3500) - 1750] as const;
          found.offer({ label, colour, first: top * width + left, between: step * width, down, across });
          down.forEach((vertical, row) => {
            across.forEach((horizontal, column) => {
              const at = (top + row * step) * width + left + column;
              const apart = [l, a, b].reduce((sum, values, channel) => sum + (values[at]! - colour[channel]!) ** 2, 0);
              if (vertical + horizontal + apart >= nearest[at]!) return;
              nearest[at] = vertical + horizontal + apart;
              wanted[at] = label;
            });
          });
        }
        expect([...found.labels]).toEqual([...wanted]);
      }
    }),
    { numRuns: 200 },
  );
});
