/** `features`: what layers hold of a photo, as a grid, brought back to pixels, or as concepts. */
import { checkChoice, checkInteger, checkNumber } from '../core/check.ts';
import type { Progress } from '../core/predictor.ts';
import { factorize } from '../inside/factorize.ts';
import { featureMaps } from '../inside/feature-maps.ts';
import { reconstruct } from '../inside/reconstruct.ts';
import type { Model } from '../model.ts';
import { colormap } from '../render/colormap.ts';
import { STYLES } from '../render/style.ts';
import { describedImage, heading } from './document.ts';
import { checkGridFiles, type GridFiles, gridFiles } from './grid-files.ts';
import { type Readers, refuseIdle } from './idle-options.ts';
import { channelsOption, fileNameOf, layersOption } from './inside-options.ts';
import { interruptSignal } from './interrupt.ts';
import { type LoadedPicture, loadGivenModel, note, sourcesOf } from './load.ts';
import { type Given, numberOption, textOption } from './options.ts';
import { stems } from './output.ts';
import { progressLine } from './progress.ts';

export async function features(photos: readonly string[], given: Given): Promise<void> {
  const { paths, load } = sourcesOf(photos, given);
  const settings = settingsOf(given);
  const looks: Look[] = [...(settings.concepts ? [concepts] : []), ...(given.reconstruct ? [reconstructions] : [])];
  const chosen = looks.length > 0 ? looks : [maps];
  refuseIdle(
    given,
    READERS,
    chosen.map((look) => FLAGS.get(look)!),
  );
  const figures = chosen.length - 1 + (chosen.includes(concepts) ? (settings.layers?.length ?? 1) : 1);
  await checkGridFiles(given, figures * paths.length);
  const { signal, dispose } = interruptSignal();
  const progress = progressLine(Boolean(given.quiet));
  try {
    await using model = await loadGivenModel(given);
    for (const [at, stem] of stems(paths).entries()) {
      const loaded = await load(paths[at]!, model);
      const { view } = await model.prepare(loaded.picture);
      const files = gridFiles(given, stem, signal);
      const found: object[] = [{ image: describedImage(loaded.source, view) }];
      for (const look of chosen) {
        const report = (done: Progress) => progress.update({ ...done, method: look.name });
        found.push(await look(model, loaded, settings, files, { signal, onProgress: report }));
        progress.clear();
      }
      const result = Object.assign({}, heading(model), ...found);
      await files.json('features', result);
      if (given.json) process.stdout.write(`${JSON.stringify(result)}\n`);
    }
  } finally {
    progress.clear();
    dispose();
  }
}

type Settings = ReturnType<typeof settingsOf>;
interface Run {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** Looks at a photo in one way, writes its files and returns what the JSON says of them. */
type Look = (model: Model, loaded: LoadedPicture, settings: Settings, files: GridFiles, run: Run) => Promise<object>;

const [GRID, RECONSTRUCT, CONCEPTS] = ['the grid of maps', '--reconstruct', '--concepts'];
const FLAGS = new Map<Look, string>([
  [maps, GRID],
  [reconstructions, RECONSTRUCT],
  [concepts, CONCEPTS],
]);
const READERS: Readers = {
  channels: [GRID, RECONSTRUCT],
  columns: [GRID, RECONSTRUCT],
  style: [GRID],
  colormap: [GRID],
  alpha: [GRID],
  from: [RECONSTRUCT],
  top: [CONCEPTS],
  seed: [CONCEPTS],
};

function settingsOf(given: Given) {
  const [columns, alpha, count, top] = (['columns', 'alpha', 'concepts', 'top'] as const).map((name) =>
    numberOption(given, name),
  );
  const colours = textOption(given, 'colormap');
  if (colours !== undefined) colormap(colours);
  return {
    layers: layersOption(given),
    channels: channelsOption(given),
    columns: columns === undefined ? undefined : checkInteger(columns, '--columns', 1, 64),
    style: checkChoice(textOption(given, 'style') ?? 'heatmap', '--style', STYLES),
    colormap: colours,
    alpha: alpha === undefined ? undefined : checkNumber(alpha, '--alpha', 0, 1),
    from: checkChoice(textOption(given, 'from') ?? 'map', '--from', ['map', 'strongest-cell']),
    concepts: count === undefined ? undefined : checkInteger(count, '--concepts', 1, 64),
    top: top === undefined ? undefined : checkInteger(top, '--top', 1),
    seed: numberOption(given, 'seed'),
    quiet: Boolean(given.quiet),
  };
}

async function maps(model: Model, { picture, photo }: LoadedPicture, settings: Settings, files: GridFiles, run: Run) {
  const { layers, channels } = settings;
  const found = await featureMaps(model, picture, { layers, channels, ...run });
  // Loaded here, as in `run.ts`, for the sake of the start.
  const { featureGrid } = await import('../render/feature-grid.ts');
  const figure = await files.picture('features', featureGrid(found, photo, settings));
  const described: object[] = [];
  for (const { layer, data, shape, channels, blank } of found) {
    if (!settings.quiet) note(`${layer}: ${Math.round(1000 * blank) / 10} % of ${shape[0]} channels are blank.`);
    const raw = await files.raw(`features.${fileNameOf(layer)}`, { data, shape });
    described.push({ layer, shape, channels, blank, ...raw });
  }
  return { features: { figure, layers: described } };
}

async function reconstructions(
  model: Model,
  { picture }: LoadedPicture,
  { layers, channels, columns, from }: Settings,
  files: GridFiles,
  run: Run,
) {
  const found = [];
  for (const layer of layers ?? [undefined]) {
    found.push(...(await reconstruct(model, picture, { layer, channels, from, ...run })));
  }
  const { pictureGrid } = await import('../render/picture-grid.ts');
  const figure = await files.picture('reconstruction', pictureGrid(found, { columns }));
  const described: object[] = [];
  for (const { layer, channel, activation, data, shape } of found) {
    const raw = await files.raw(`reconstruction.${fileNameOf(layer)}.${channel}`, { data, shape });
    described.push({ layer, channel, activation, shape, ...raw });
  }
  return { reconstruction: { figure, from, maps: described } };
}

async function concepts(
  model: Model,
  { picture, photo }: LoadedPicture,
  { layers, concepts, top, seed }: Settings,
  files: GridFiles,
  run: Run,
) {
  const { conceptFigure } = await import('../render/concept-figure.ts');
  const described: object[] = [];
  for (const name of layers ?? [undefined]) {
    const found = await factorize(model, picture, { layer: name, concepts, top, seed, ...run });
    const { layer, height, width, residual } = found;
    const file = `concepts.${fileNameOf(layer)}`;
    const figure = await files.picture(file, conceptFigure(found, photo));
    const shape = [found.concepts.length, height, width];
    const data = new Float32Array(found.concepts.flatMap(({ map }) => [...map]));
    const raw = await files.raw(file, { data, shape });
    const classes = found.concepts.map(({ classes }) => ({ classes }));
    described.push({ layer, figure, shape, residual, concepts: classes, ...raw });
  }
  return { concepts: described };
}
