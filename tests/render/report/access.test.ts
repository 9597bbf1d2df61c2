/** The page for those who cannot see it, see little, or have another screen; and on paper. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { report } from '../../../dist/src/index.js';
import { browserForTests, isBrowserMissing, whenMissing } from './browser.ts';
import { attributions, comparisonOf, photoOf } from './comparison.ts';

const share = [0, 0.5, 1];
const measured = attributions.map((attribution, at) => ({
  ...attribution,
  warnings: ['Few samples: the weights may be noise.'],
  metrics: {
    deletion: { value: at / 8, random: 0.25, better: 'lower', curve: { share, score: [0.75, at / 16, 0] } } as const,
    insertion: { value: at / 8, random: 0.5, better: 'higher', curve: { share, score: [0, at / 16, 0.75] } } as const,
  },
}));
const run = {
  command: "onnx-explain compare 'cat and dog.jpg' --model models/resnet --report out/report.html",
  model: { path: 'models/resnet/model.onnx', sha256: 'f'.repeat(64), output: 'logits' },
  image: { path: 'cat and dog.jpg', sha256: '0'.repeat(64), crop: [125, 0, 750, 750] },
  versions: { 'onnx-explain': '0.1.0', 'onnxruntime-node': '1.30.0' },
};
const html = report({ ...comparisonOf(measured), summary: 'Occlusion and Grad-CAM agree.' }, photoOf(), { run });

interface Node {
  readonly role?: { readonly value: string };
  readonly name?: { readonly value: string };
  readonly ignored: boolean;
}

/** What a screen reader gets. */
async function accessibleNodes(page: Page): Promise<{ role: string; name: string }[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = (await session.send('Accessibility.getFullAXTree')) as { nodes: Node[] };
  return nodes
    .filter(({ ignored }) => !ignored)
    .map(({ role, name }) => ({ role: role?.value ?? '', name: name?.value ?? '' }));
}

/** Texts whose contrast with what is behind them is below WCAG's 4.5, with the contrast. */
const paleTexts = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
    const over = (colours: readonly string[]) => {
      canvas.clearRect(0, 0, 1, 1);
      for (const colour of colours) {
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
      }
      return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const luminance = (colour: readonly number[]) => {
      const [red, green, blue] = colour.map((value) =>
        value <= 10 ? value / 3294 : ((value / 255 + 0.055) / 1.055) ** 2.4,
      );
      return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
    };
    const pale: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement!;
      const isSeen =
        element.checkVisibility({ opacityProperty: true }) && !element.closest('script, optgroup, :disabled');
      if (!node.textContent!.trim() || !isSeen) continue;
      const behind: string[] = [];
      for (let at: Element | null = element; at; at = at.parentElement)
        behind.unshift(getComputedStyle(at).backgroundColor);
      const style = getComputedStyle(element);
      const ground = over(behind);
      const colour = over([...behind, element.closest('svg') ? style.fill : style.color]);
      const [dark, light] = [luminance(ground), luminance(colour)].toSorted((a, b) => a - b) as [number, number];
      const contrast = (light + 0.05) / (dark + 0.05);
      if (contrast < 4.5) pale.push(`${node.textContent!.trim().slice(0, 30)}: ${contrast.toFixed(2)}`);
    }
    return pale;
  });

describe.skipIf(isBrowserMissing)(`a report for everyone${whenMissing}`, () => {
  const browser = browserForTests();

  test('all that can be used or seen has a name', async () => {
    const { page } = await browser.open(await html);
    const nodes = await accessibleNodes(page);
    const NAMED = ['radio', 'slider', 'combobox', 'button', 'img', 'image', 'application', 'region', 'figure'];
    const counted = new Map(NAMED.map((role) => [role, nodes.filter((node) => node.role === role)]));
    for (const [role, found] of counted) {
      for (const { name } of found) expect(name, role).not.toBe('');
    }
    expect(counted.get('radio')).toHaveLength(2 + 3 + 3);
    expect(counted.get('slider')).toHaveLength(1);
    expect(counted.get('combobox')).toHaveLength(2);
    expect(counted.get('button')!.length).toBeGreaterThanOrEqual(6);
    expect(nodes.find(({ role }) => role === 'application')!.name).toBe('Heatmap over the photo');
  });

  test('the picture is described in words', async () => {
    const { page } = await browser.open(await html);
    const label = await page.locator('[data-part="first"] [data-part="picture"]').getAttribute('aria-label');
    expect(label).toMatch(/^Occlusion, tabby: at most 4 logit drop, 5\d % from the left and 2\d % from the top$/);
  });

  test('headings follow each other, ids are there once, and what refers to them finds them', async () => {
    const { page } = await browser.open(await html);
    const levels = await page.locator('h1, h2, h3').evaluateAll((all) => all.map(({ tagName }) => Number(tagName[1])));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    for (const [at, level] of levels.slice(1).entries()) expect(level - levels[at]!).toBeLessThanOrEqual(1);
    const { ids, wanted } = await page.evaluate(() => ({
      ids: [...document.querySelectorAll('[id]')].map(({ id }) => id),
      wanted: ['for', 'aria-labelledby', 'aria-describedby'].flatMap((name) =>
        [...document.querySelectorAll(`[${name}]`)].flatMap((element) => element.getAttribute(name)!.split(' ')),
      ),
    }));
    expect(new Set(ids).size).toBe(ids.length);
    expect(wanted.filter((id) => !ids.includes(id))).toEqual([]);
  });

  test('each chart has a table', async () => {
    const { page } = await browser.open(await html);
    const charts = page.locator('figure.chart');
    expect(await charts.count()).toBe(4);
    for (const chart of await charts.all()) {
      await chart.locator('summary').click();
      expect(await chart.getByRole('rowheader').count()).toBe(11);
    }
  });

  test.each(['light', 'dark'] as const)('text is strong enough to read: %s', async (colorScheme) => {
    const { page } = await browser.open(await html, { colorScheme });
    await page.evaluate(() => {
      const cells = Array.from(
        { length: 11 },
        (_, at) => `<td class="alike-${at}">0</td><td class="unlike-${at}">0</td>`,
      );
      document.querySelector('.matrix tbody')!.insertAdjacentHTML('beforeend', `<tr>${cells.join('')}</tr>`);
    });
    expect(await paleTexts(page)).toEqual([]);
    const [red] = await page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g)!.map(Number));
    expect(red! < 128).toBe(colorScheme === 'dark');
  });

  test.each([1280, 390, 320])('nothing is cut off %d pixels wide', async (width) => {
    const { page } = await browser.open(await html, { viewport: { width, height: 800 } });
    for (const view of ['side', 'difference']) {
      await page.locator(`input[name="view"][value="${view}"]`).check();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    }
  });

  test('on paper: light, without what can be clicked, with the tables of the charts, within the margins', async () => {
    const paper = { width: 718, height: 1000 };
    const { page } = await browser.open(await html, { viewport: paper, colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.controls').isVisible()).toBe(false);
    expect(await page.locator('[data-part="first"]').isVisible()).toBe(true);
    expect(await page.locator('figure.chart table').first().isVisible()).toBe(true);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(paper.width);
    expect(await page.evaluate(() => getComputedStyle(document.body).color)).toBe('rgb(27, 29, 33)');
    expect((await page.pdf({ format: 'A4' })).subarray(0, 5).toString()).toBe('%PDF-');
  });
});
