/** The options of `features` and `maximize`, and their texts turned into values. */
import type { Command } from 'commander';
import { expected } from '../core/errors.ts';
import { type Given, numbersOption, textOption } from './options.ts';

/** What both commands have. */
export function addGridOptions(command: Command, columns: number): Command {
  return command
    .option('--layer <names>', 'a value, a node, a unique suffix, or a module path; several: a,b (default: picked)')
    .option('--channels <numbers>', 'from 0: 0-63 or 3,7,10-12')
    .option('--columns <count>', `in a row of the grid (default: ${columns})`)
    .option('-o, --out <path>', 'a folder, or one .png (default: out/)')
    .option('--raw', 'also the values as .npy')
    .option('--json', 'one object on stdout')
    .option('--seed <number>', 'of everything that is drawn (default: 0)');
}

export function addFeaturesOptions(command: Command): Command {
  return addGridOptions(command, 16)
    .option('--input <file.npy>', 'an already preprocessed tensor instead of a photo')
    .option('--style <style>', 'heatmap: plain maps; overlay: over the photo; masked, alpha, photo (default: heatmap)')
    .option('--colormap <name>', "viridis, turbo, jet, …, or anchors: '#fff@0,#000@1'")
    .option('--alpha <0–1>', "the maps' opacity over the photo (default: 0.5)")
    .option('--reconstruct', 'deconvnet: feature maps back to pixels (default channel: the strongest)')
    .option('--from <what>', 'deconvnet: map, or strongest-cell as in the figures of its paper (default: map)')
    .option('--concepts <count>', 'deep feature factorisation into so many concepts')
    .option('--top <count>', 'classes named for each concept (default: 2)');
}

export function addMaximizeOptions(command: Command): Command {
  return addGridOptions(command, 8)
    .option('-t, --targets <names>', 'classes by index or name, instead of a layer: a,b')
    .option('--neuron <y,x>', 'one cell of the channels, from 0,0 (default: the mean of all)')
    .option('--steps <count>', 'of gradient ascent (default: 40)')
    .option('--step-size <pixels>', 'root mean square of the change in pixel values (default: 1)')
    .option('--jitter <pixels>', 'shifts before each step, as DeepDream (default: 0)')
    .option('--blur <sigma>', 'a Gaussian after each step, as Yosinski et al. (default: 0)')
    .option('--decay <share>', 'towards grey in each step, as Simonyan et al. (default: 0)');
}

/** The names of `--layer`; undefined where the layer is to be picked. */
export const layersOption = (given: Given): string[] | undefined =>
  textOption(given, 'layer')
    ?.split(',')
    .map((name) => name.trim());

/** `0-63` or `3,7,10-12`. */
export function channelsOption(given: Given): number[] | undefined {
  return textOption(given, 'channels')
    ?.split(',')
    .flatMap((part) => {
      const [, first, last = first] = /^\s*(\d{1,7})(?:\s*-\s*(\d{1,7}))?\s*$/.exec(part) ?? [];
      const count = Number(last) - Number(first) + 1;
      if (count >= 1 && count <= MOST) return Array.from({ length: count }, (_, at) => Number(first) + at);
      throw expected('ERR_OPTION', '--channels', 'numbers and ranges such as 0-63 or 3,7', `'${part}'`);
    });
}

const MOST = 1e6;

export function neuronOption(given: Given): readonly [number, number] | undefined {
  const place = numbersOption(given, 'neuron');
  if (place === undefined || place.length === 2) return place as [number, number] | undefined;
  throw expected('ERR_OPTION', '--neuron', 'a row and a column such as 6,6', `'${textOption(given, 'neuron')}'`);
}

/** `/layer4/Relu` as a part of file names. */
export const fileNameOf = (layer: string): string =>
  layer.replaceAll(/[^\p{L}\p{N}_.]+/gu, '-').replaceAll(/^-+|-+$/g, '');
