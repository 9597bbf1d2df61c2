/** Writes the tables of docs/methods.md, docs/command-line.md and docs/evaluation.md from the registries of the last build: `npm run docs:methods`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { writtenFlag } from '../dist/src/cli/options.js';
import { defaultsText, METHOD_OPTION_NAMES, METHOD_OPTIONS, readersOf } from '../dist/src/compare/method-options.js';
import { METHODS } from '../dist/src/compare/methods.js';
import { METRICS } from '../dist/src/compare/metrics.js';

const page = (name) => fileURLToPath(new URL(`../docs/${name}.md`, import.meta.url));
const escaped = (text) => text.replaceAll('|', '\\|');
const row = (cells) => `| ${cells.map(escaped).join(' | ')} |`;
const table = (...rows) => [rows[0], rows[0].map(() => '---'), ...rows.slice(1)].map(row).join('\n');

const methodsTable = () =>
  table(
    [
      'method',
      'needs',
      'passes, forward · backward',
      'classes per pass',
      'sign',
      'values',
      'resolution',
      'score',
      'paper',
      'when',
    ],
    ...METHODS.map(({ name, needs, passes, classesPerPass, isSigned, values, resolution, score, paper, when }) => [
      `\`${name}\``,
      needs.join(', ') || 'scores',
      `${passes.forward} · ${passes.backward}`,
      classesPerPass,
      isSigned ? '±' : '+',
      values,
      resolution,
      score,
      `[${paper.name}](${paper.url})`,
      when,
    ]),
  );

const optionsTable = () =>
  table(
    ['option', 'meaning', 'default', 'read by'],
    ...METHOD_OPTION_NAMES.map((name) => [
      `\`${writtenFlag(name)}\``,
      METHOD_OPTIONS[name].help,
      defaultsText(name),
      readersOf(name).length === METHODS.length
        ? 'all'
        : readersOf(name)
            .map((method) => `\`${method.name}\``)
            .join(', '),
    ]),
  );

const metricsTable = () =>
  table(
    ['metric', 'better', 'what it is', 'range', 'random', 'needs', 'passes', 'options: default', 'paper'],
    ...METRICS.map(({ name, better, formula, range, random, needs, passes, options, paper }) => [
      `\`${name}\``,
      better,
      formula,
      range,
      random,
      needs.map((need) => NEEDS[need]).join(', ') || 'scores',
      passes,
      Object.entries(options)
        .map(([option, value]) => `\`${option}\`: ${value}`)
        .join('; '),
      `[${paper.name}](${paper.url})`,
    ]),
  );
const NEEDS = { method: 'to run the method again', boxes: 'boxes or masks', graph: 'the graph' };

const TABLES = { methods: methodsTable, 'command-line': optionsTable, evaluation: metricsTable };
const PART = /(<!-- from the registry -->\n).*?(\n<!-- end -->)/s;

/** The pages with their tables as they ought to be, and as they are. */
export function methodPages() {
  return Object.entries(TABLES).map(([name, written]) => {
    const found = readFileSync(page(name), 'utf8');
    if (!PART.test(found)) throw new Error(`docs/${name}.md has lost the marks around its table.`);
    return { path: page(name), found, wanted: found.replace(PART, (_, before, after) => before + written() + after) };
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { path, wanted } of methodPages()) writeFileSync(path, wanted);
}
