/** The page in a real browser: what it paints, reads and does, with the pointer and with the keyboard. */
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { Attribution } from '../../../dist/src/core/attribution.js';
import { type RenderOptions, render, report } from '../../../dist/src/index.js';
import { browserForTests, isBrowserMissing, whenMissing } from './browser.ts';
import { attributions, CAT, cam, comparisonOf, DOG, photoOf, squares } from './comparison.ts';

const photo = photoOf();
const [squaresOfCat, , camOfCat, camOfDog, halvesOfCat] = attributions as Attribution[];

const paneOf = (page: Page, pane = 'first') => page.locator(`[data-part="${pane}"]`);
const screenOf = (page: Page, pane = 'first') => paneOf(page, pane).locator('[data-part="screen"]');
const titleOf = (page: Page, pane = 'first') => paneOf(page, pane).locator('[data-part="title"]').textContent();
const readout = (page: Page) => page.locator('[data-part="readout"]').textContent();
const choose = (page: Page, name: string, value: string | number) =>
  page.locator(`input[name="${name}"][value="${value}"]`).check();
/** Waits for the frame in which a change is painted. */
const painted = (page: Page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

async function strengthen(page: Page, percent: number) {
  await page.locator('#strength').fill(String(percent));
  await painted(page);
}

/** The canvas' pixels [H, W, 4]. */
async function pixelsOf(page: Page, pane = 'first'): Promise<Buffer> {
  await painted(page);
  const canvas = paneOf(page, pane).locator('[data-part="picture"]');
  const png = await canvas.evaluate((element) => (element as HTMLCanvasElement).toDataURL().split(',')[1]!);
  return sharp(Buffer.from(png, 'base64')).ensureAlpha().raw().toBuffer();
}

/** How far the canvas is from the PNG that `render` makes of an attribution, of 255, at most and on average. */
async function distance(page: Page, attribution: Attribution, options: RenderOptions, pane = 'first') {
  const wanted = await sharp(await render(attribution, photo, options))
    .ensureAlpha()
    .raw()
    .toBuffer();
  const drawn = await pixelsOf(page, pane);
  expect(drawn).toHaveLength(wanted.length);
  let [most, total] = [0, 0];
  for (let at = 0; at < wanted.length; at++) {
    const difference = Math.abs(wanted[at]! - drawn[at]!);
    most = Math.max(most, difference);
    total += difference;
  }
  return { most, mean: total / wanted.length };
}

describe.skipIf(isBrowserMissing)(`a report in a browser${whenMissing}`, () => {
  const browser = browserForTests();
  const opened = async () => browser.open(await report(comparisonOf(), photo));

  test('opens from disk, asks for nothing else and complains of nothing', async () => {
    const { page, complaints } = await opened();
    expect(await page.getByText('Where it does not run').isVisible()).toBe(false);
    expect(await titleOf(page)).toBe('Occlusion, tabby');
    expect(complaints).toEqual([]);
    expect(await page.title()).toBe('Why tabby or boxer?');
  });

  // WebP moves the photo's colours by a few of 255; the heatmap itself, at full strength, hardly moves.
  test.each([
    ['a map of pixels with a sign', 0, 0, squaresOfCat!, [squares(CAT, 4), squares(DOG, 1, 8, 8)]],
    ['a CAM', 1, 1, camOfDog!, [cam(CAT, 6), cam(DOG, 9)]],
    ['segments', 2, 0, halvesOfCat!, [halvesOfCat!]],
  ])('paints %s where render paints it', async (_, method, row, attribution) => {
    const { page } = await opened();
    await choose(page, 'method', method);
    await choose(page, 'class', row);
    const whole = await distance(page, attribution, {});
    expect(whole.most).toBeLessThanOrEqual(8);
    expect(whole.mean).toBeLessThan(1.5);
    await strengthen(page, 100);
    const heat = await distance(page, attribution, { alpha: 1 });
    expect(heat.most).toBeLessThanOrEqual(8);
    expect(heat.mean).toBeLessThan(0.7);
  });

  test('the slider changes the picture, down to the photo', async () => {
    const { page } = await opened();
    await choose(page, 'method', 1);
    const before = await pixelsOf(page);
    await strengthen(page, 0);
    expect((await pixelsOf(page)).equals(before)).toBe(false);
    expect((await distance(page, camOfCat!, { alpha: 0 })).most).toBeLessThanOrEqual(8);
    expect(await page.locator('output').textContent()).toBe('0 %');
  });

  test('class, method and tile choose the map', async () => {
    const { page } = await opened();
    await choose(page, 'class', 1);
    await painted(page);
    expect(await titleOf(page)).toBe('Occlusion, boxer');
    await choose(page, 'method', 2);
    await painted(page);
    expect(await titleOf(page)).toBe('LIME, boxer');
    const tile = page.getByRole('button', { name: 'Grad-CAM, tabby' });
    await tile.click();
    expect(await titleOf(page)).toBe('Grad-CAM, tabby');
    expect(await tile.getAttribute('aria-pressed')).toBe('true');
    expect((await distance(page, camOfCat!, {})).most).toBeLessThanOrEqual(8);
    expect(await page.locator('input[name="class"]:checked').getAttribute('value')).toBe('0');
  });

  test('side by side: the second map is that of the list', async () => {
    const { page } = await opened();
    expect(await paneOf(page, 'second').isVisible()).toBe(false);
    await choose(page, 'view', 'side');
    await page.locator('#other').selectOption({ label: 'Grad-CAM, boxer' });
    await painted(page);
    expect(await titleOf(page, 'second')).toBe('Grad-CAM, boxer');
    expect((await distance(page, camOfDog!, {}, 'second')).most).toBeLessThanOrEqual(8);
    await strengthen(page, 50);
    expect((await distance(page, camOfDog!, { alpha: 0.5 }, 'second')).most).toBeLessThanOrEqual(8);
  });

  test('the pointer reads the value, its share of the scale, and the difference', async () => {
    const { page } = await opened();
    // The square's centre is pixel (40, 24) of the input's 64: x 125 + 750 · 40 / 64 and y 750 · 24 / 64 of the photo.
    const at = async (x: number, y: number) => {
      const { width, height } = (await screenOf(page).boundingBox())!;
      await screenOf(page).hover({ position: { x: (x / 1000) * width, y: (y / 750) * height } });
    };
    await at(594, 281);
    expect(await readout(page)).toMatch(/^x 59[34], y 28[01]\nOcclusion, tabby: 4 logit drop, 100 % of its scale$/);
    await at(40, 281);
    expect(await readout(page)).toMatch(/^x \d+, y \d+\nThe model did not see this part of the photo\.$/);
    await choose(page, 'view', 'difference');
    await page.locator('#other').selectOption({ label: 'LIME, tabby' });
    await painted(page);
    await at(594, 281);
    expect(await readout(page)).toMatch(/LIME, tabby: 0.25 probability weight, 100 % of its scale\nDifference: 0$/);
    await at(594, 500);
    expect(await readout(page)).toMatch(/: 0 logit drop, 0 % of its scale\n.*\nDifference: −1$/);
    expect(await titleOf(page)).toBe('Occlusion, tabby − LIME, tabby');
  });

  test('the keyboard reads values too, and reaches the slider and the pickers', async () => {
    const { page } = await opened();
    await screenOf(page).focus();
    await page.keyboard.press('Home');
    // The upper left of the square's pixels that are all equal.
    expect(await readout(page)).toMatch(/^x 50\d, y 19\d\nOcclusion, tabby: 4 logit drop/);
    await page.keyboard.press('Shift+ArrowLeft');
    await page.keyboard.press('Shift+ArrowLeft');
    expect(await readout(page)).toMatch(/^x 25\d, y 19\d\nOcclusion, tabby: 0 logit drop/);
    await page.keyboard.press('ArrowDown');
    expect(await readout(page)).toMatch(/^x 25\d, y 20\d/);
    expect(await page.locator('[data-part="readout"]').getAttribute('aria-live')).toBe('polite');
    await page.keyboard.press('Escape');
    expect(await readout(page)).toMatch(/^Point at the picture/);

    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowRight');
    await painted(page);
    expect(await titleOf(page)).toBe('Occlusion, boxer');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Tab');
    await page.keyboard.press('End');
    await painted(page);
    expect(await titleOf(page)).toBe('Grad-CAM, boxer');
    expect(await page.locator('#strength').inputValue()).toBe('100');
    expect((await distance(page, camOfDog!, { alpha: 1 })).most).toBeLessThanOrEqual(8);
  });

  test('one matrix is shown, that of the measure chosen', async () => {
    const { page } = await opened();
    const shown = () =>
      page.locator('[data-measure]:visible').evaluateAll((all) => all.map((one) => one.dataset.measure));
    expect(await shown()).toEqual(['spearman']);
    await page.getByLabel('Measure').selectOption('ssim');
    expect(await shown()).toEqual(['ssim']);
  });

  test('a method without a map of the class cannot be chosen', async () => {
    const { page } = await browser.open(
      await report(comparisonOf([squares(CAT, 1), cam(CAT, 6), squares(DOG, 2)]), photo),
    );
    await choose(page, 'method', 1);
    await choose(page, 'class', 1);
    await painted(page);
    expect(await titleOf(page)).toBe('Occlusion, boxer');
    expect(await page.locator('input[name="method"][value="1"]').isDisabled()).toBe(true);
  });

  test('without scripts the tables are there', async () => {
    const html = await report(comparisonOf(), photo);
    const { page } = await browser.open(html, { javaScriptEnabled: false });
    expect(await page.locator('[data-measure]').count()).toBe(6);
    expect(await page.getByText('Where it does not run').isVisible()).toBe(true);
  });
});
