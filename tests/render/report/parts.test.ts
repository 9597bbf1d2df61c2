/** The report's parts that need no page: readings, differences, axes, curves and packed maps. */
import { inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromFloat16 } from '../../../dist/src/core/float16.js';
import { project } from '../../../dist/src/image/project.js';
import { niceTicks } from '../../../dist/src/render/nice-ticks.js';
import { coarserThan } from '../../../dist/src/render/report/coarser.js';
import { curveChart, scoreAt } from '../../../dist/src/render/report/curve-chart.js';
import { differenceOf, shareOfScale } from '../../../dist/src/render/report/difference.js';
import { dataBlock, html } from '../../../dist/src/render/report/html.js';
import { packValues } from '../../../dist/src/render/report/packed.js';
import { readout, strongestPlace } from '../../../dist/src/render/report/readout.js';
import { titleOf } from '../../../dist/src/render/report/sections/heading.js';
import { CAT, cam, DOG, halves, squares } from './comparison.ts';

const SIGNED = { sign: 'all', low: -2, high: 2 } as const;
const POSITIVE = { sign: 'positive', low: 0, high: 4 } as const;

describe('html', () => {
  test('escapes what is put in, but not what is HTML already', () => {
    const inner = html`<b>${'<&>"\''}</b>`;
    expect(html`<p title="${'"'}">${inner}${undefined}${['<', 1]}</p>`.html).toBe(
      '<p title="&quot;"><b>&lt;&amp;&gt;&quot;&#39;</b>&lt;1</p>',
    );
  });

  test('data cannot end the element that holds it, and comes back as it was', () => {
    const data = { text: '</script><!-- <script>' };
    const block = dataBlock('data', data).html;
    const [, inside] = /^<script type="application\/json" id="data">(.*)<\/script>$/.exec(block)!;
    expect(inside).not.toContain('<');
    expect(JSON.parse(inside!)).toEqual(data);
  });
});

describe('readings', () => {
  test.each([
    [1, SIGNED, 0.5],
    [-3, SIGNED, -1],
    [1, POSITIVE, 0.25],
    [-1, POSITIVE, 0],
    [-3, { sign: 'negative', low: 0, high: -4 }, 0.75],
    [5, { sign: 'all', low: 0, high: 0 }, 0],
  ] as const)('%d on %o is %d of the scale', (value, scale, share) => {
    expect(shareOfScale(value, scale)).toBeCloseTo(share, 12);
  });

  test('a difference counts both in lengths of their scales', () => {
    const [first, second] = [Float32Array.of(2, -2, 1), Float32Array.of(0, 4, 2)];
    expect([...differenceOf(first, SIGNED, second, POSITIVE)]).toEqual([1, -2, 0]);
  });

  test('are a line each', () => {
    const place = { x: 12.7, y: 3.2, isSeen: true };
    const cat = { name: 'LIME, cat', value: -0.0312, unit: 'probability weight', share: -0.456 };
    const dog = { name: 'LIME, dog', value: 3e-11, unit: 'probability weight', share: 0.1 };
    expect(readout(place, [cat])).toBe('x 12, y 3\nLIME, cat: −0.0312 probability weight, −46 % of its scale');
    expect(readout(place, [cat, dog], true).split('\n')).toEqual([
      'x 12, y 3',
      'LIME, cat: −0.0312 probability weight, −46 % of its scale',
      'LIME, dog: 3.0e-11 probability weight, 10 % of its scale',
      'Difference: −0.56',
    ]);
    expect(readout(place, [dog, cat], true)).toMatch(/Difference: \+0.56$/);
    expect(readout({ ...place, isSeen: false }, [cat])).not.toContain('LIME');
  });

  test('the strongest place is the centre of the first pixel that has the most', () => {
    expect(strongestPlace(Float32Array.of(0, 1, 3, 3, 2, 0), 3, 2)).toEqual({ x: 2.5 / 3, y: 0.25 });
  });
});

describe('charts', () => {
  test.each([
    [0, 1, [0, 0.5, 1]],
    [0, 0.21, [0, 0.1, 0.2, 0.3]],
    [-3.2, 9, [-5, 0, 5, 10]],
    [0, 0, [0, 0.5]],
  ])('from %d to %d the axis has %j', (least, most, ticks) => {
    expect(niceTicks(least, most)).toEqual(ticks);
  });

  test('an axis holds all values, with a few ticks', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 0, noNaN: true }),
        fc.double({ min: 1e-9, max: 1e6, noNaN: true }),
        (least, most) => {
          const ticks = niceTicks(least, most);
          expect(ticks[0]).toBeLessThanOrEqual(least + 1e-6 * (most - least));
          expect(ticks.at(-1)).toBeGreaterThanOrEqual(most - 1e-6 * (most - least));
          expect(ticks.length).toBeLessThanOrEqual(7);
        },
      ),
    );
  });

  test('a score between two points lies on the line between them', () => {
    const curve = { share: [0.125, 0.5, 0.875], score: [1, 0, 4] };
    expect([0, 0.125, 0.3125, 0.5, 0.6875, 0.875, 1].map((at) => scoreAt(curve, at))).toEqual([
      undefined,
      1,
      0.5,
      0,
      2,
      4,
      undefined,
    ]);
  });

  test('random attributions are a band where they differ, and a line where they do not', () => {
    const line = { title: 'LIME', colour: 0, value: 0.5, curve: { share: [0, 1], score: [1, 0] } };
    const drawn = (...random: (number | null)[]) =>
      curveChart(
        'x',
        random.map((area) => ({ ...line, random: area })),
        { across: 'x', up: 'y' },
      ).html;
    expect(drawn(0.25, 0.5).match(/class="random"/g)).toHaveLength(2);
    // The plot's 190 pixels below 24 stand for 0 to 1.
    expect(drawn(0.25, 0.5)).toContain('y="119" height="47.5"');
    expect(drawn(0.25, 0.25).match(/class="random"/g)).toHaveLength(1);
    expect(drawn(null)).not.toContain('class="random"');
  });
});

describe('packed maps', () => {
  test('come back with three digits, also where they are tiny or huge', () => {
    for (const strength of [1, 1e-30, 1e30]) {
      const values = Float32Array.of(strength, -0.123 * strength, 0, 1e-3 * strength);
      const { halves, factor } = packValues(values);
      const bits = new Uint16Array(new Uint8Array(inflateRawSync(Buffer.from(halves, 'base64'))).buffer);
      bits.forEach((half, at) => {
        expect(Math.abs(factor * fromFloat16(half) - values[at]!)).toBeLessThanOrEqual(Math.abs(values[at]!) / 2000);
      });
    }
  });

  test('nothing but zeros, and no numbers, do no harm', () => {
    expect(packValues(new Float32Array(4)).factor).toBe(1);
    expect(packValues(Float32Array.of(Number.NaN, 2, Infinity)).factor).toBe(2);
  });

  test('of too many cells the finest maps are averaged, and stay in their place', () => {
    const { data: values, ...pixels } = squares(CAT, 4);
    const fine = { ...pixels, data: values.slice(0, 64 * 64), shape: [64, 64] };
    const [small, coarse, parts] = coarserThan([fine, cam(CAT, 6), halves(DOG, 1)], 1000);
    expect(small!.shape[0]! * small!.shape[1]! + 16).toBeLessThanOrEqual(1000);
    expect(coarse).toEqual(cam(CAT, 6));
    expect(parts).toEqual(halves(DOG, 1));
    const at = { width: 32, height: 32, crop: [0, 0, 32, 32] } as const;
    const [before, after] = [project(fine, at), project(small!, at)];
    const centre = (map: Float32Array) => {
      const positive = map.map((value) => Math.max(0, value));
      const total = positive.reduce((a, b) => a + b);
      const mean = (place: (pixel: number) => number) =>
        positive.reduce((sum, value, pixel) => sum + value * place(pixel), 0) / total;
      return [mean((pixel) => pixel % 32), mean((pixel) => Math.floor(pixel / 32)), total];
    };
    for (const [index, value] of centre(before).entries()) {
      expect(Math.abs(value - centre(after)[index]!)).toBeLessThan(index < 2 ? 0.1 : 4);
    }
  });
});

test('the title asks about the classes', () => {
  const other = { index: 2, label: 'owl', probability: 0 };
  expect(titleOf([CAT])).toBe('Why tabby?');
  expect(titleOf([CAT, DOG])).toBe('Why tabby or boxer?');
  expect(titleOf([CAT, DOG, other])).toBe('Why tabby, and why 2 other classes?');
});
