/** What the pages say exists exists, and what exists is said: options, methods, error codes, links. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { METHODS } from '../../dist/src/compare/methods.js';
import { root } from './documented-examples.ts';

const run = promisify(execFile);
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const flags = (text: string) => [...new Set(text.match(/--[a-z][a-z-]*/g))].toSorted();
const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => join('docs', name))].filter((page) =>
  page.endsWith('.md'),
);

async function helpOf(command: string): Promise<string> {
  const { stdout } = await run(process.execPath, [join(root, 'dist/bundle/onnx-explain.cjs'), command, '--help']);
  return stdout;
}

test('command-line.md has every option of every command, and no other', async () => {
  const help = await Promise.all(
    ['compare', 'explain', 'evaluate', 'verify', 'features', 'maximize', 'layers', 'bench'].map(helpOf),
  );
  const others = new Set(['--method', '--target']);
  expect(flags(read('docs/command-line.md')).filter((flag) => !others.has(flag))).toEqual(flags(help.join('\n')));
});

test.each(pages)('%s names no option that there is not', (page) => {
  const known = flags(read('docs/command-line.md'));
  expect(flags(read(page).replaceAll(/^```[\s\S]*?^```$/gm, '')).filter((flag) => !known.includes(flag))).toEqual([]);
});

test('methods.md has a row for every method', () => {
  const [table = ''] = read('docs/methods.md').split('<!-- end -->');
  const rows = [...table.matchAll(/^\| `([\w+-]+)` \|/gm)].map(([, name]) => name!);
  expect(rows.toSorted()).toEqual(METHODS.map(({ name }) => name).toSorted());
});

test('library.md has every error code', () => {
  const codes = (text: string) => [...new Set(text.match(/ERR_[A-Z_]+/g))].toSorted();
  expect(codes(read('docs/library.md'))).toEqual(codes(read('src/core/errors.ts')));
});

test.each(pages)('%s links to files and headings that are there', (page) => {
  const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
  for (const link of links.filter((target) => !/^https?:/.test(target))) {
    const [path, heading] = link.split('#') as [string, string?];
    const file = path ? join(dirname(page), path) : page;
    expect(existsSync(join(root, file)), `${page} links to ${link}`).toBe(true);
    if (heading) expect(headings(read(file)), `${page} links to ${link}`).toContain(heading);
  }
});

/** As GitHub makes anchors of them. */
const headings = (text: string) =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  );
