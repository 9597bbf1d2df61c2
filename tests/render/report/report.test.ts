/** What stands in the page before its script runs. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Attribution } from '../../../dist/src/core/attribution.js';
import { ExplainError, type Json, report } from '../../../dist/src/index.js';
import { attributions, CAT, comparisonOf, DOG, photoOf, SIDE, squares } from './comparison.ts';

const photo = photoOf();
const share = [0, 0.5, 1];
const measured = (all: readonly Attribution[]): Attribution[] =>
  all.map((attribution, at) => ({
    ...attribution,
    metrics: {
      deletion: {
        value: 0.125 + at / 8,
        random: 0.5,
        spread: 0.0625,
        better: 'lower',
        curve: { share, score: [0.75, at / 16, 0] },
      },
      'pointing-game': { value: at === 0 ? null : 1, random: 0.25, better: 'higher' },
    },
  }));
const textOf = (page: string) => page.replaceAll(/<(style|script)[\s\S]*?<\/\1>/g, '').replaceAll(/<[^>]*>/g, ' ');

describe('the page', () => {
  test('is whole: nothing in it refers to anything outside', async () => {
    const page = await report(comparisonOf(measured(attributions)), photo);
    expect(page).toMatch(/^<!doctype html>/);
    const links = /<a href="https:[^"]+" rel="noreferrer">/g;
    expect(page.match(links)).toHaveLength(2);
    const rest = page.replaceAll(links, '');
    const addresses = [...rest.matchAll(/(?:src=|href=|url\()["']?([^"'\s>)]+)/g)].map(([, address]) => address!);
    expect(addresses.length).toBeGreaterThan(0);
    expect(addresses.filter((address) => !address.startsWith('data:'))).toEqual([]);
    expect(rest).not.toMatch(/https?:/);
  });

  test('may run its own script and style and nothing else', async () => {
    const page = await report(comparisonOf(), photo);
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)![1]!.replaceAll('&#39;', "'");
    expect(policy).toMatch(/^default-src 'none';/);
    expect(policy).not.toMatch(/unsafe|https|\*/);
    const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    expect(policy).toContain(`style-src ${hash(/<style>([\s\S]*?)<\/style>/.exec(page)![1]!)};`);
    expect(policy).toContain(`script-src ${hash(/<script type="module">([\s\S]*?)<\/script>/.exec(page)![1]!)};`);
    expect(page).not.toMatch(/\sstyle="|\son\w+="/);
  });

  test('shows texts of others as texts', async () => {
    const nasty = `</script><img src=x onerror="alert(1)"> & 'cat'`;
    const target = { ...CAT, label: nasty };
    const options = { layer: nasty, [nasty]: 1 };
    const all = [{ ...squares(target, 1), options, warnings: [nasty], method: nasty, unit: nasty }];
    const refused = [{ method: nasty, error: new ExplainError('ERR_OPERATOR', nasty) }];
    const summary = nasty;
    const facts = { path: nasty };
    const run = { command: nasty, model: facts, image: facts, versions: { [nasty]: nasty } };
    const comparison = { ...comparisonOf(all), predictions: [target], refused, summary };
    const page = await report(comparison, photo, { run });
    expect(page).not.toContain('<img src=x');
    expect(page.match(/<\/script>/g)).toHaveLength(2);
    expect(page.match(/<img/g)).toHaveLength(1);
  });

  test('says how the maps were made, and what to bear in mind', async () => {
    const warnings = ['Few samples.'];
    const repeat = { seeds: [0, 1, 2], mean: 0.75, least: 0.5 };
    const all = attributions.map((attribution) => ({ ...attribution, warnings, r2: 0.125, repeat }));
    const refused = [{ method: 'saliency', error: new ExplainError('ERR_OPERATOR', 'There is no gradient.') }];
    const run = {
      command: "onnx-explain compare 'a b.jpg'",
      model: { path: 'models/resnet/model.onnx', sha256: 'abc' },
      image: { path: 'photos/b.jpg' },
      versions: { node: '20.1.0' },
    };
    const text = textOf(await report({ ...comparisonOf(all), refused }, photo, { run }));
    for (const words of [
      ...[
        'b.jpg · resnet',
        'Why tabby or boxer?',
        '3.0e-11',
        'Grad-CAM',
        'window',
        '16',
        'samples',
        'last',
        'r2 0.125',
      ],
      ...['Occlusion: Few samples.', 'saliency is left out. There is no gradient.', '0.50 s · 17 passes', '4.25'],
      ...['onnx-explain compare &#39;a b.jpg&#39;', '20.1.0', 'abc'],
    ]) {
      expect(text).toContain(words);
    }
  });

  test('has a matrix for each measure of the agreement, class by class', async () => {
    const page = await report(comparisonOf(), photo);
    const measures = [...page.matchAll(/data-measure="(\w+)"/g)].map(([, name]) => name);
    expect(measures).toEqual(['spearman', 'pearson', 'ssim', 'iou', 'iou10', 'iou5']);
    const { agreement } = comparisonOf();
    const table = page.slice(page.indexOf('data-measure="pearson"'), page.indexOf('data-measure="ssim"'));
    const cells = [...table.matchAll(/<td class="[^"]*">([^<]*)<\/td>/g)].map(([, text]) => text!);
    expect(cells).toHaveLength(36);
    // Second row: the CAM of the cat; fourth column: occlusion of the dog.
    expect(cells[6 + 3]).toBe(agreement.pearson[2]![1]!.toFixed(2).replace('-', '−'));
    expect(cells[0]).toBe('1.00');
  });

  test('says how alike families are, and the maps of one method for two classes', async () => {
    const text = textOf(await report(comparisonOf(), photo));
    const { families, classes } = comparisonOf().agreement;
    const written = (value: number | null) => value!.toFixed(2).replace('-', '−');
    expect(text).toContain(`two methods that perturb the picture ${written(families.perturbation)}`);
    expect(text).toContain(`one of each ${written(families.between)}`);
    expect(text).not.toContain('two that take gradients');
    const ofLime = classes[2]!;
    expect(ofLime).toMatchObject({ method: 'lime', targets: [0, 1] });
    expect(text).toMatch(new RegExp(`tabby and boxer.*LIME\\s+${written(ofLime.spearman)}`, 's'));
  });

  test('has neither metrics nor curves nor matrices where there are none', async () => {
    const page = await report(comparisonOf([squares(CAT, 1)]), photo);
    for (const id of ['agreement', 'metrics', 'curves']) expect(page).not.toContain(`<section id="${id}"`);
    for (const id of ['closer', 'overview', 'run']) expect(page).toContain(`<section id="${id}"`);
  });

  test('shows metrics beside what random attributions get, the best and those that are not clearly better marked', async () => {
    const page = await report({ ...comparisonOf(measured(attributions)), summary: 'They agree.' }, photo);
    const table = page.slice(page.indexOf('<section id="metrics"'), page.indexOf('<section id="curves"'));
    expect(textOf(table)).toMatch(/Deletion\s+lower is better.*Pointing game\s+higher is better/s);
    expect(table.match(/<strong>/g)).toHaveLength(2);
    expect(table).toMatch(/<strong>0.125<\/strong><small>random 0.5 ± 0.0625<\/small>/);
    // Deletion of 0.375 (two deviations), 0.5, 0.625 and 0.75 beside 0.5 at random, and the mark in the words above.
    expect(table.match(/⚠/g)).toHaveLength(4 + 1);
    expect(textOf(table)).toContain('not defined');
    expect(textOf(page)).toContain('They agree.');
  });

  test('draws a chart for each class with a line for each method, beside a table of its values', async () => {
    const page = await report(comparisonOf(measured(attributions)), photo);
    const charts = page.slice(page.indexOf('<section id="curves"'), page.indexOf('<section id="run"'));
    expect(charts.match(/<figure/g)).toHaveLength(2);
    const [first] = charts.split('</figure>');
    const lines = [...first!.matchAll(/<path class="line line-\d" d="(M[^H]*?)"/g)].map(([, path]) => path);
    expect(lines).toHaveLength(3);
    // From 0 to 0.8 on 190 pixels below 24: 0.75 lies a sixteenth below the top, and 0 on the lowest line.
    expect(lines[0]).toBe('M44.0 35.9L224.0 214.0L404.0 214.0');
    expect(textOf(first!)).toMatch(/Random\s+mean of its curve/);
    expect(textOf(first!)).toMatch(/pixels taken away, %\s+probability/);
    // 30 of the 50 % to the middle point: 0.4 · 0.75, and 0.6 · at / 16 more.
    expect(textOf(first!)).toMatch(/\s30\s+0.3\s+0.375\s+0.45/);
  });
});

describe('the size', () => {
  const noise = (count: number) => {
    let state = 1;
    return Float32Array.from({ length: count }, () => (state = (state * 16807) % 2147483647) / 2147483647 - 0.5);
  };
  const noisy = (side: number, methods: number) =>
    Array.from({ length: methods }, (_, at) =>
      [CAT, DOG].map((target) => ({
        ...squares(target, 1),
        method: `method-${at}`,
        data: noise(3 * side * side),
        shape: [3, side, side],
        inputSize: [side, side] as const,
      })),
    ).flat();
  const page = (all: Attribution[], size = photo) => {
    const { width, height } = size;
    const view = { width, height, crop: [0, 0, width, height] as const };
    const comparison = comparisonOf(attributions.slice(0, 2));
    return report({ ...comparison, attributions: all.map((attribution) => ({ ...attribution, view })) }, size);
  };

  test('stays below 3 MB for five methods and two classes, even where maps and a large photo are noise', async () => {
    const large = {
      data: Uint8Array.from(noise(1600 * 1200 * 3), (value) => 128 + 60 * value),
      width: 1600,
      height: 1200,
    };
    expect((await page(noisy(224, 5), large)).length).toBeLessThan(3_000_000);
  });

  test('stays there with more and finer maps, which are averaged', async () => {
    const html = await page(noisy(384, 8));
    expect(html.length).toBeLessThan(3_000_000);
    const data: { maps: { shape: Json }[] } = JSON.parse(/id="report-data">(.*?)<\/script>/.exec(html)![1]!);
    const [height, width] = data.maps[0]!.shape as [number, number];
    expect(height).toBe(width);
    expect(16 * height * width).toBeLessThanOrEqual(900_000);
    expect(16 * height * width).toBeGreaterThan(700_000);
  });

  test('keeps the magnitudes of gradients, or their sums where a sign is asked for', async () => {
    const data = new Float32Array(3 * SIDE * SIDE);
    data.set([-2, 0], 0);
    data.set([1, 0], SIDE * SIDE);
    const gradients = { ...squares(CAT, 1), method: 'saliency', data, fold: 'magnitude' } as const;
    const factors = async (options: object) => {
      const html = await report(comparisonOf([gradients]), photo, options);
      return JSON.parse(/id="report-data">(.*?)<\/script>/.exec(html)![1]!).maps[0].values.factor;
    };
    expect(await factors({})).toBe(2);
    expect(await factors({ sign: 'all' })).toBe(1);
  });

  test('keeps maps at their own resolution where that is small enough', async () => {
    const data = JSON.parse(/id="report-data">(.*?)<\/script>/.exec(await report(comparisonOf(), photo))![1]!);
    const shapes = data.maps.map(({ shape }: { shape: Json }) => shape);
    expect(shapes).toEqual([[SIDE, SIDE], [SIDE, SIDE], [4, 4], [4, 4], [2], [2]]);
    expect(data.labelMaps).toHaveLength(1);
  });
});

test.each([
  ['no attributions', comparisonOf([]), photo, {}, 'comparison: expected at least one attribution, received none.'],
  ['another photo', comparisonOf(), photoOf(10, 10), {}, 'photo: expected the one that was explained, 1000 × 750'],
  ['another scale', comparisonOf(), photo, { scale: 'none' }, "scale: expected one of method, map, received 'none'."],
  ['another colour map', comparisonOf(), photo, { colormap: 'rainbow' }, 'colormap: expected one of viridis'],
])('refuses %s', async (_, comparison, image, options, sentence) => {
  await expect(report(comparison, image, options as object)).rejects.toThrow(sentence);
});
