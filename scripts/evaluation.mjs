/**
 * Writes the tables and figures of docs/evaluation.md with `evaluate` of the last build:
 *
 *     node scripts/evaluation.mjs --models A,B --pictures DIR --boxed DIR --boxes FILE.json [--limit 40] [--out out/evaluation]
 *
 * A model is a folder or an .onnx file. What is interrupted goes on where it was; settings are below.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { METRICS } from '../dist/src/compare/metrics.js';
import { titleOf } from '../dist/src/render/column-words.js';

const METHODS = [
  'occlusion:window=48:stride=24',
  'lime:segments=40:samples=400',
  'grad-cam',
  'layer-cam',
  'integrated-gradients:steps=20',
  'saliency',
].join(',');
const FAITHFULNESS = 'deletion:step=3136,insertion:step=3136,average-drop,increase';
const LOCALISATION = 'pointing-game,energy-in-box';

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));

/** What `evaluate` says of one model on one set; its progress and table go to stderr. */
function evaluated(model, set, { folder, metrics, more }, out) {
  const name = `${basename(model, '.onnx')}.${set}`;
  const args = ['evaluate', folder, '-m', model, '--methods', METHODS, '--metrics', metrics, ...more];
  const command = [path('dist/bundle/onnx-explain.cjs'), ...args, '--json', '--out', join(out, `${name}.jsonl`)];
  const { status, stdout } = spawnSync(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'] });
  if (status !== 0) process.exit(status ?? 1);
  const result = JSON.parse(stdout);
  copyFileSync(result.figure, path(`docs/images/evaluation.${name}.png`));
  return { name, model: basename(model, '.onnx'), ...result };
}

const number = (value) => String(Number(value.toPrecision(2)));

/** The mean, its interval and chance; bold where it is better than chance beyond doubt, with a mark where it is worse. */
function cell(mean) {
  if (!mean) return '–';
  const text = number(mean.mean);
  const isBetter = mean.gain && mean.gain.low > 0;
  const isWorse = mean.gain && mean.gain.high < 0;
  const beside = [mean.random, mean.centre].filter((value) => value !== undefined && value !== null).map(number);
  return `${isBetter ? `**${text}**` : isWorse ? `${text} ✗` : text} [${number(mean.low)}, ${number(mean.high)}] · ${beside.join(' · ')}`;
}

function table(results) {
  const shown = METRICS.filter(({ name }) =>
    results.some(({ methods }) => methods.some(({ metrics }) => metrics[name])),
  );
  const arrow = { higher: '↑', lower: '↓' };
  const rows = results.flatMap(({ model, methods }) =>
    methods.map(({ method, metrics }) => [titleOf(method), model, ...shown.map(({ name }) => cell(metrics[name]))]),
  );
  const header = ['method', 'model', ...shown.map(({ title, better }) => `${title} ${arrow[better]}`)];
  return [header, header.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

const counts = ({ model, pictures }) => `${model}: ${pictures.measured} pictures, ${pictures.skipped} skipped`;
const figures = ({ name, model, set }) => `![${model} on ${set}](images/evaluation.${name}.png)`;

function section(title, set, results) {
  const described = results.map((result) => figures({ ...result, set }));
  return [`### ${title}`, `${results.map(counts).join('; ')}.`, table(results), ...described].join('\n\n');
}

const PART = /(<!-- from scripts\/evaluation.mjs -->\n).*?(\n<!-- end -->)/s;

const { values: given } = parseArgs({
  options: {
    ...{
      models: { type: 'string' },
      pictures: { type: 'string' },
      boxed: { type: 'string' },
      boxes: { type: 'string' },
    },
    ...{ limit: { type: 'string', default: '40' }, out: { type: 'string', default: 'out/evaluation' } },
  },
});
if (!given.models || !given.pictures || !given.boxed || !given.boxes) {
  process.stderr.write('Give --models A,B --pictures DIR --boxed DIR --boxes FILE.json.\n');
  process.exit(2);
}
const models = given.models.split(',');
const faithful = { folder: given.pictures, metrics: FAITHFULNESS, more: ['--limit', given.limit] };
const localised = {
  folder: given.boxed,
  metrics: LOCALISATION,
  more: ['--boxes', given.boxes, '--limit', given.limit],
};
const onPictures = models.map((model) => evaluated(model, 'pictures', faithful, given.out));
const onBoxes = models.map((model) => evaluated(model, 'boxes', localised, given.out));
const written = [
  `Methods: \`${METHODS}\`. Metrics: \`${FAITHFULNESS}\` and \`${LOCALISATION}\`.`,
  section('Faithfulness, on pictures of one object', 'pictures', onPictures),
  section('Localisation, on photographs with boxes', 'photographs with boxes', onBoxes),
].join('\n\n');
const page = path('docs/evaluation.md');
const found = readFileSync(page, 'utf8');
if (!PART.test(found)) throw new Error('docs/evaluation.md has lost the marks around its tables.');
writeFileSync(
  page,
  found.replace(PART, (_, before, after) => before + written + after),
);
