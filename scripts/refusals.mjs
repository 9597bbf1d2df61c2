/** What functions refuse, read from their source: the words given to `refuse(node, '…')` there and in all that they call. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const LITERAL = "(`(?:[^`\\\\]|\\\\.)*`|'(?:[^'\\\\]|\\\\.)*')";
/** A gradient rule's way out; and what a fold of If, Loop or Scan returns in place of nodes. */
export const REFUSED = new RegExp(`\\brefuse\\(\\s*\\w+,\\s*${LITERAL}`, 'g');
export const RETURNED = new RegExp(`(?:\\breturn|\\?\\?|[^=]=)\\s*${LITERAL}`, 'g');

/**
 * @param {readonly string[]} folders
 * @param {RegExp} pattern whose first group is the literal
 * @returns {(file: string, name: string) => string[]} what the top-level declaration `name` of a file may refuse
 */
export function refusalsIn(folders, pattern) {
  const files = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.ts'))
      .map((name) => resolve(folder, name)),
  );
  const sources = new Map(files.map((file) => [file, declarations(file)]));
  return (file, name) => {
    const found = new Set();
    const seen = new Set();
    const waiting = [[resolve(file), name]];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const [at, declared] = next;
      const source = sources.get(at);
      const text = source?.chunks.get(declared);
      if (text === undefined || seen.has(`${at}:${declared}`)) continue;
      seen.add(`${at}:${declared}`);
      for (const [, literal] of text.matchAll(pattern)) found.add(readable(literal, source));
      for (const word of wordsOf(text)) waiting.push(source.imported.get(word) ?? [at, word]);
    }
    return [...found].filter(Boolean).sort();
  };
}

/** The top-level declarations of a file, and where its imported names come from. */
function declarations(file) {
  const text = readFileSync(file, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const starts = [...text.matchAll(/^(?:export )?(?:const|function) (\w+)/gm)];
  const chunks = new Map(starts.map((start, at) => [start[1], text.slice(start.index, starts[at + 1]?.index)]));
  const imports = text.matchAll(/^import (?:type )?\{([^}]*)\} from '(\.[^']+)'/gm);
  const imported = [...imports].flatMap(([, names, path]) =>
    names
      .split(',')
      .map((name) => name.trim().replace(/^type /, ''))
      .filter(Boolean)
      .map((name) => name.split(' as '))
      .map(([own, local = own]) => [local, [join(dirname(file), path), own]]),
  );
  return { chunks, imported: new Map(imported) };
}

/** The names in a piece of code, what stands in quotes left out. */
const wordsOf = (text) => text.replaceAll(/'(?:[^'\\]|\\.)*'/g, '').match(/\w+/g) ?? [];

/** A literal as its reader sees it: numbers filled in, and … for what only a model tells. */
function readable(literal, { chunks }) {
  return literal.slice(1, -1).replaceAll(/\$\{(\w+)?[^}]*\}/g, (_, name) => {
    const number = /= ([\d_]+);/.exec(chunks.get(name) ?? '')?.[1];
    return number ?? '…';
  });
}
