/** The code that the documentation shows: `@example` blocks of public functions, and JavaScript blocks of pages. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface DocumentedExample {
  readonly name: string;
  readonly code: string;
}

export const root: string = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** Every function that `src/index.ts` exports, with the file it comes from. */
export function publicFunctions(): { name: string; file: string }[] {
  const lines = read('src/index.ts').matchAll(/^export \{([^}]*)\} from '\.\/([^']+)';/gm);
  return [...lines].flatMap(([, names = '', file = '']) =>
    names
      .split(',')
      .map((name) => name.trim())
      .filter((name) => /^[a-z]\w*$/.test(name))
      .map((name) => ({ name, file: join('src', file) })),
  );
}

/** The `@example` blocks of an exported function. */
export function examplesOf({ name, file }: { name: string; file: string }): DocumentedExample[] {
  const comment = new RegExp(
    String.raw`/\*\*((?:(?!\*/)[\s\S])*)\*/\s*export (?:async )?(?:function|const) ${name}\b`,
  ).exec(read(file))?.[1];
  const lines = (comment ?? '').split('\n').map((line) => line.replace(/^ \* ?/, ''));
  const [, ...blocks] = lines.join('\n').split(/^@example\b/m);
  return blocks.map((block, at) => ({
    name: `${name}-${at + 1}`,
    code: block
      .split(/^@\w/m)[0]!
      .replaceAll(/^```.*$/gm, '')
      .trim(),
  }));
}

/** The blocks marked `js` or `ts` in README.md and docs, but for those marked `no-run` too. */
export function pageExamples(): DocumentedExample[] {
  const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((page) => join('docs', page))];
  return pages
    .filter((page) => page.endsWith('.md'))
    .flatMap((page) =>
      [...read(page).matchAll(/^```[jt]s(.*)\n([\s\S]*?)^```$/gm)]
        .filter(([, marks]) => !marks!.includes('no-run'))
        .map(([, , code], at) => ({ name: `${page.replaceAll(/[^a-z]+/gi, '-')}-${at + 1}`, code: code! })),
    );
}
