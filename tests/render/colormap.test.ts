import { describe, expect, test } from 'vitest';
import { colormap } from '../../dist/src/render/colormap.js';

const colourAt = (map: string, place: number) => Array.from(colormap(map).slice(place * 3, place * 3 + 3));

describe('colormap', () => {
  // matplotlib 3.6's own colours at these of its 256 places.
  test.each([
    ['viridis', 0, [68, 1, 84]],
    ['viridis', 100, [42, 118, 142]],
    ['viridis', 255, [253, 231, 36]],
    ['inferno', 128, [187, 55, 84]],
    ['magma', 200, [253, 151, 104]],
    ['turbo', 60, [47, 177, 243]],
    ['turbo', 170, [249, 186, 56]],
    ['jet', 0, [0, 0, 127]],
    ['jet', 128, [124, 255, 121]],
    ['seismic', 64, [1, 1, 255]],
    ['seismic', 255, [127, 0, 0]],
  ])('%s at %i is matplotlib’s within 7 of 255', (name, place, wanted) => {
    const found = colourAt(name, place);
    for (const [channel, value] of wanted.entries()) expect(Math.abs(found[channel]! - value)).toBeLessThanOrEqual(7);
  });

  test('reads colours with and without places', () => {
    expect(colourAt('#fff,#000', 51)).toEqual([204, 204, 204]);
    expect(colourAt('#fff@0,#f00@.25,#000@1', 0)).toEqual([255, 255, 255]);
    expect(colourAt('#fff@0, #f00@.2, #000000@1', 51)).toEqual([255, 0, 0]);
    expect(colourAt('#f00@.2,#00f@.8', 10)).toEqual([255, 0, 0]);
    expect(colourAt('#f00@.2,#00f@.8', 250)).toEqual([0, 0, 255]);
  });

  test('a map with a sign is the same way round on both sides: blue below, red above', () => {
    const [red, , blue] = colourAt('blue-red', 20);
    expect(blue!).toBeGreaterThan(red!);
    const [hot, , cold] = colourAt('blue-red', 235);
    expect(hot!).toBeGreaterThan(cold!);
  });

  test.each(['rainbow', '', '#fff', '#ffff,#000', '#fff@0,#000', '#fff@1,#000@0', '#fff@0,#000@2', 'toString'])(
    'refuses %o, naming the names',
    (map) => {
      expect(() => colormap(map)).toThrow(/^colormap: expected one of viridis, inferno, .*, received /);
      expect(() => colormap(map)).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }));
    },
  );
});
