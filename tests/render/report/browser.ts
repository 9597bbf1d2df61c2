/** Debian's Chromium, driven by playwright-core. Pages are opened from disk, as people open them. */
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
export const isBrowserMissing = executablePath === undefined;
/** Why tests in a browser are skipped, for their names. */
export const whenMissing = isBrowserMissing ? ' (skipped: there is no /usr/bin/chromium)' : '';

export interface Opened {
  readonly page: Page;
  /** What the console said, errors that were thrown, and addresses that were asked for. */
  readonly complaints: string[];
}

export interface PageOpener {
  /** Opens a page of this HTML once it has painted its pictures. */
  open(html: string, options?: BrowserContextOptions): Promise<Opened>;
}

/** A browser for the tests of a file. */
export function browserForTests(): PageOpener {
  const folder = mkdtempSync(join(tmpdir(), 'onnx-explain-'));
  let browser: Browser;
  let count = 0;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    async open(html, options = {}) {
      const file = join(folder, `${count++}.html`);
      writeFileSync(file, html);
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
      const complaints: string[] = [];
      const url = pathToFileURL(file).href;
      page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => {
        if (request.url() !== url && !request.url().startsWith('data:')) complaints.push(request.url());
      });
      await page.goto(url);
      if (options.javaScriptEnabled !== false) await page.waitForSelector('html[data-ready]');
      return { page, complaints };
    },
  };
}
