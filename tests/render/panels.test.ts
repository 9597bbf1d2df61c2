import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { panels } from '../../dist/src/render/panels.js';
import { type RenderOptions, render } from '../../dist/src/render/render.js';
import { attributionOf, flatPhoto } from './attribution.js';

const photo = flatPhoto([200, 100, 50]);
const bright = Array.from({ length: 16 }, (_, at) => (at === 5 ? 2 : 0));

async function pixelsOf(png: Buffer) {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) =>
    Array.from(data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3));
  return { at, width: info.width, height: info.height };
}

describe('panels', () => {
  /** The middle of input pixel (1, 1), photo pixel (2, 1), in each panel of 300 × 200. */
  const middle = (panel: number) => [24 + panel * 314 + 125, 24 + 60 + 28 + 75] as const;

  test('shows the styles side by side, in order', async () => {
    const styles = ['photo', 'heatmap', 'masked', 'alpha'] as const;
    const made = await pixelsOf(await panels(attributionOf(bright), photo, { styles, colormap: '#000,#00f' }));
    expect(made.width).toBe(2 * 24 + 4 * 300 + 3 * 14);
    const [plain, heat, masked, alpha] = styles.map((_, panel) => made.at(...middle(panel)));
    expect(plain).toEqual([200, 100, 50]);
    expect(heat![2]).toBeGreaterThan(240);
    expect(heat!.slice(0, 2)).toEqual([0, 0]);
    for (const [at, value] of [...masked!, ...alpha!].entries()) {
      expect(Math.abs(value - plain![at % 3]!)).toBeLessThan(10);
    }
    // Where nothing speaks for the class the masked photo is black and the transparent one white.
    expect(made.at(middle(2)[0] + 100, middle(2)[1])).toEqual([0, 0, 0]);
    expect(made.at(middle(3)[0] + 100, middle(3)[1])).toEqual([255, 255, 255]);
  });

  test('refuses an unknown style and an empty list', async () => {
    const wrong = panels(attributionOf(bright), photo, { styles: ['nonsense' as 'photo'] });
    await expect(wrong).rejects.toThrow(/styles: expected one of overlay, .*colour, received 'nonsense'/);
    await expect(panels(attributionOf(bright), photo, { styles: [] })).rejects.toMatchObject({ code: 'ERR_OPTION' });
  });
});

describe('colour', () => {
  const channels = (red: number, green: number, blue: number) =>
    attributionOf(
      [red, green, blue].flatMap((value) => Array.from({ length: 16 }, (_, at) => (at === 5 ? value : 0))),
      { shape: [3, 4, 4] },
    );
  const drawn = async (attribution: ReturnType<typeof attributionOf>, options: RenderOptions = {}) =>
    pixelsOf(await render(attribution, photo, { style: 'colour', ...options }));

  test('each channel’s value is its colour, grey is 0, and the strongest reaches the end', async () => {
    const { at, width, height } = await drawn(channels(4, -2, 0));
    expect([width, height]).toEqual([6, 4]);
    expect(at(2, 1)).toEqual([255, 64, 128]);
    expect(at(3, 1)).toEqual([128, 128, 128]);
    expect(at(0, 1)).toEqual([58, 58, 58]);
  });

  test('of nothing it is grey', async () => {
    expect((await drawn(channels(0, 0, 0))).at(2, 1)).toEqual([128, 128, 128]);
  });

  test('is refused where there are no three channels', async () => {
    await expect(drawn(attributionOf(bright))).rejects.toThrow(
      /style: expected another one for grad-cam, whose values are \[1, 4, 4\]/,
    );
  });
});
