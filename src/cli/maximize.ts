/** `maximize`: the pictures that channels, neurons or classes answer to most. */
import { checkInteger } from '../core/check.ts';
import { expected } from '../core/errors.ts';
import { ascentSettings, type Maximized, type MaximizeOptions, maximize as maximized } from '../inside/maximize.ts';
import { heading } from './document.ts';
import { checkGridFiles, gridFiles } from './grid-files.ts';
import { channelsOption, fileNameOf, layersOption, neuronOption } from './inside-options.ts';
import { interruptSignal } from './interrupt.ts';
import { loadGivenModel, note } from './load.ts';
import { type Given, listed, numberOption } from './options.ts';
import { progressLine } from './progress.ts';

export async function maximize(given: Given): Promise<void> {
  const columns = numberOption(given, 'columns');
  if (columns !== undefined) checkInteger(columns, '--columns', 1, 64);
  const settings = settingsOf(given);
  const layers = layersOption(given) ?? [undefined];
  if (settings.targets && (layers[0] ?? settings.channels ?? settings.neuron) !== undefined) {
    throw expected('ERR_OPTION', '--targets', 'classes alone', 'also --layer, --channels or --neuron');
  }
  await checkGridFiles(given, 1);
  const { signal, dispose } = interruptSignal();
  const progress = progressLine(Boolean(given.quiet));
  try {
    await using model = await loadGivenModel(given);
    const begin = performance.now();
    const found: Maximized[] = [];
    for (const layer of layers) {
      const onProgress: MaximizeOptions['onProgress'] = (done) => progress.update({ ...done, method: 'maximize' });
      found.push(...(await maximized(model, { ...settings, layer, signal, onProgress })));
      progress.clear();
    }
    if (!given.quiet) noteSilent(found);
    const seconds = (performance.now() - begin) / 1000;
    const result = {
      ...heading(model),
      options: ascentSettings(settings),
      seconds,
      ...(await write(found, columns, given, signal)),
    };
    const files = gridFiles(given, 'maximize', signal);
    await files.json(nameOf(found), result);
    if (given.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  } finally {
    progress.clear();
    dispose();
  }
}

const NUMBERS = ['steps', 'stepSize', 'seed', 'jitter', 'blur', 'decay'] as const;

function settingsOf(given: Given): MaximizeOptions {
  const numbers = NUMBERS.map((name) => [name, numberOption(given, name)] as const);
  return {
    channels: channelsOption(given),
    neuron: neuronOption(given),
    targets: listed(given, 'target'),
    ...Object.fromEntries(numbers.filter(([, value]) => value !== undefined)),
  };
}

async function write(found: readonly Maximized[], columns: number | undefined, given: Given, signal: AbortSignal) {
  const files = gridFiles(given, 'maximize', signal);
  const { pictureGrid } = await import('../render/picture-grid.ts');
  const figure = await files.picture(nameOf(found), pictureGrid(found, { columns }));
  const data = new Float32Array(found.reduce((length, picture) => length + picture.data.length, 0));
  for (const [at, picture] of found.entries()) data.set(picture.data, at * picture.data.length);
  const raw = await files.raw(nameOf(found), { data, shape: [found.length, ...found[0]!.shape] });
  const pictures = found.map(({ layer, channel, label, neuron, activation }) => ({
    ...{ layer, channel, activation },
    ...(label === undefined ? {} : { label }),
    ...(neuron === undefined ? {} : { neuron }),
  }));
  return { figure, ...raw, pictures };
}

/** The layers that there are pictures of. */
const nameOf = (found: readonly Maximized[]): string =>
  [...new Set(found.map(({ layer }) => fileNameOf(layer)))].join('+');

/** A channel that never left 0 gave no gradient to climb. */
function noteSilent(found: readonly Maximized[]): void {
  const silent = found.filter(({ activation: { start, end } }) => start === 0 && end === 0);
  if (silent.length === 0) return;
  const channels = silent.map(({ channel }) => channel).join(', ');
  note(
    `${silent.length} of ${found.length} stay silent, and their pictures noise: ${channels}. More --steps or another --seed may wake them.`,
  );
}
