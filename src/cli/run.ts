/** What `compare` and `explain` share: each photo is explained, then its pictures, values and JSON are written. */
import { dirname, extname, join } from 'node:path';
import { type Comparison, compare } from '../compare/compare.ts';
import type { Attribution } from '../core/attribution.ts';
import { expected } from '../core/errors.ts';
import type { Model } from '../model.ts';
import { checkOutput } from './check-output.ts';
import { document, type Explained } from './document.ts';
import { givenMaps } from './given-maps.ts';
import { notDone } from './idle-options.ts';
import { interruptSignal } from './interrupt.ts';
import { toolOption, withDefaultsLike } from './like.ts';
import { segmentationOption, writeLimeFiles } from './lime-files.ts';
import { type LoadedPicture, loadGivenModel, note, sourcesOf } from './load.ts';
import { metricsTable } from './metrics-table.ts';
import { flagName, type Given, listed, methodOptions, metricsOption, numberOption, textOption } from './options.ts';
import { stems, writeWhole } from './output.ts';
import { figureOptions, named, type Place, withoutColour, writePictures, writeRaw } from './pictures.ts';
import { PLANS, type Plan, type PlanName } from './plan.ts';
import { progressLine } from './progress.ts';
import { recordOf } from './record.ts';
import { checkReport, writeReport } from './report-file.ts';

/** Explains the photos, or the tensor of `--input`. */
export async function run(photos: readonly string[], asked: Given, command: PlanName): Promise<void> {
  performance.mark('modules');
  const given = withDefaultsLike(asked);
  const plan = PLANS[command];
  const { paths, load } = sourcesOf(photos, given);
  const place = placeOf(textOption(given, 'out') ?? 'out', paths, given);
  await checkOutput(place.single ? dirname(place.single) : place.folder, given);
  await checkReport(given, paths);
  const { signal, dispose } = interruptSignal();
  try {
    await using model = await loadGivenModel(given);
    performance.mark('model');
    void model.warmUp();
    if (!given.quiet) for (const reason of notDone(asked, listed(given, 'method') ?? plan.methods)) note(reason);
    for (const [at, stem] of stems(paths).entries()) {
      const loaded = await load(paths[at]!, model);
      performance.mark('picture');
      const comparison = await explain(model, loaded, given, plan, signal);
      performance.mark('passes');
      const result = await write(model, loaded, comparison, { ...place, stem, signal }, given, command);
      performance.mark('writing');
      signal.throwIfAborted();
      if (given.json) process.stdout.write(`${JSON.stringify(result)}\n`);
    }
  } finally {
    dispose();
  }
}

function placeOf(out: string, paths: readonly string[], given: Given): Pick<Place, 'folder' | 'single'> {
  if (extname(out).toLowerCase() !== '.png') return { folder: out };
  if (paths.length > 1) throw expected('ERR_OPTION', '--out', `a folder for ${paths.length} photos`, `'${out}'`);
  const also = ['raw', 'saveSegments', 'saveSamples'].find((name) => given[name]);
  if (also) throw expected('ERR_OPTION', '--out', `a folder, as ${flagName(also)} writes files of its own`, `'${out}'`);
  return { folder: '.', single: out };
}

/** What the options ask for, of one picture. */
export async function explain(
  model: Model,
  { picture }: LoadedPicture,
  given: Given,
  plan: Plan,
  signal: AbortSignal,
): Promise<Comparison> {
  const progress = progressLine(Boolean(given.quiet));
  try {
    return await compare(model, picture, {
      ...methodOptions(given),
      ...(await segmentationOption(given)),
      methods: listed(given, 'method') ?? plan.methods,
      targets: listed(given, 'target'),
      attributions: await givenMaps(given),
      repeat: numberOption(given, 'repeat'),
      like: toolOption(given),
      metrics: metricsOption(given),
      top: numberOption(given, 'top') ?? plan.top,
      signal,
      onProgress: progress.update,
    });
  } finally {
    progress.clear();
  }
}

async function write(
  model: Model,
  loaded: LoadedPicture,
  comparison: Comparison,
  place: Place,
  given: Given,
  command: PlanName,
): Promise<object> {
  const { photo, source } = loaded;
  const { compares } = PLANS[command];
  const { attributions, predictions, refused } = comparison;
  const { folder, single, stem, signal } = place;
  const all = named(attributions);
  if (!given.quiet) {
    for (const reason of reasons(refused)) note(reason);
    for (const reason of withoutColour(all, given)) note(reason);
    if (given.metrics || given.repeat) for (const line of metricsTable(attributions)) process.stderr.write(`${line}\n`);
    for (const warning of new Set(attributions.flatMap(({ warnings = [] }) => warnings))) note(warning);
  }
  if (single && !compares && all.length > 1) {
    throw expected('ERR_OPTION', '--out', `a folder, as ${all.length} pictures are asked for`, `'${single}'`);
  }
  const pictures = compares && single ? [] : await writePictures(all, photo, place, given);
  const explained: Explained[] = [];
  for (const [at, item] of all.entries()) {
    signal.throwIfAborted();
    const raw = given.raw ? await writeRaw(item, place) : {};
    const lime = single ? {} : await writeLimeFiles(item, photo, place, given);
    explained.push({ attribution: item.attribution, files: { ...pictures[at], ...raw, ...lime } });
  }
  const figurePath = compares ? (single ?? join(folder, `${stem}.compare.png`)) : undefined;
  signal.throwIfAborted();
  if (figurePath) {
    // Loaded here as its fonts take a fifth of the command's start.
    const { figure } = await import('../render/figure.ts');
    const rows = rowsOf(attributions);
    await writeWhole(figurePath, await figure({ photo, predictions, rows }, figureOptions(given)));
  }
  signal.throwIfAborted();
  const report = await writeReport(model, loaded, comparison, stem, given);
  const result = document(
    model,
    source,
    predictions,
    explained,
    compares ? comparison : undefined,
    { figure: figurePath, report },
    await recordOf(command, given),
  );
  if (!single) await writeWhole(join(folder, `${stem}.json`), `${JSON.stringify(result, null, 2)}\n`);
  if (given.metrics && !given.quiet) process.stderr.write(`${comparison.summary}\n`);
  return result;
}

/** Methods with the same reason share a sentence. */
const reasons = (refused: Comparison['refused']): string[] =>
  [...new Set(refused.map(({ error }) => error.message))].map((message) => {
    const methods = refused.filter(({ error }) => error.message === message).map(({ method }) => method);
    return `left out: ${methods.join(', ')}. ${message}`;
  });

/** A row for each class, a column for each method. */
function rowsOf(attributions: readonly Attribution[]): Attribution[][] {
  const classes = [...new Set(attributions.map(({ target }) => target.index))];
  return classes.map((index) => attributions.filter(({ target }) => target.index === index));
}
