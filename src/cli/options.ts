/** The options of the commands, as groups that commands pick from, and their texts turned into values. */
import { type Command, Option } from 'commander';
import { TOOLS } from '../compare/like.ts';
import {
  defaultsText,
  METHOD_OPTION_NAMES,
  METHOD_OPTIONS,
  type MethodOptionName,
  readMethodOption,
} from '../compare/method-options.ts';
import type { MethodOptions } from '../compare/methods.ts';
import { METRICS } from '../compare/metrics.ts';
import { expected } from '../core/errors.ts';

/** What commander hands over: texts, lists of texts and flags, by the camel-case name of the option. */
export type Given = Readonly<Record<string, unknown>>;

/** The options whose value is a number. */
export const NUMBER_OPTIONS: ReadonlySet<string> = new Set([
  ...METHOD_OPTION_NAMES.filter((name) => METHOD_OPTIONS[name].kind === 'number'),
  ...['workers', 'threads', 'batch', 'top', 'seconds', 'rounds', 'repeat', 'tolerance', 'limit'],
  ...['alpha', 'power', 'outlierPercentile', 'maskFeatures', 'minWeight', 'saveSamples'],
  ...['columns', 'concepts', 'stepSize', 'jitter', 'blur', 'decay'],
]);

/** Whether an option's value is yes or no; in a config file, true or false. */
export const isYesNo = (name: string): boolean =>
  METHOD_OPTION_NAMES.some((option) => option === name && METHOD_OPTIONS[option].kind === 'yes-no');

const list = (text: string, before: readonly string[] = []): string[] => [...before, text];

/** `--method` and `--methods` are one option; so are `--target` and `--targets`. */
function listOption(name: string, short: string, description: string): Option[] {
  const plural = new Option(`${short}--${name}s <names>`, description).argParser(list);
  return [plural, new Option(`--${name} <name>`).argParser(list).hideHelp()];
}

export function addModelOptions(command: Command): Command {
  return command
    .option('-m, --model <path>', 'an .onnx file, or a folder with one (default: a model that knows cat and dog)')
    .option('--mean <R,G,B>', 'mean per channel on pixels 0–255, where nothing beside the model says it')
    .option('--std <R,G,B>', 'standard deviation per channel on pixels 0–255')
    .option(
      '--size <pixels>',
      "height and width of the model's input, where its graph leaves them open: 224 or 224x160",
    )
    .option('--labels <file>', 'class names: one a line, or a JSON array')
    .option('--layout <layout>', 'nchw or nhwc, where the graph does not say')
    .option('--output-name <name>', 'the output that holds the scores')
    .option('--workers <count>', 'worker threads (default: the available cores)')
    .option('--threads <count>', "ONNX Runtime's threads in each worker (default: 1)")
    .option(
      '--batch <rows>',
      'pictures in one run of the model (default: 2, or 4 with more than 128 MiB of weights, until the fastest is known)',
    )
    .option(
      '--memory <size>',
      'what the batches of all workers may take: 2GiB, 512MB, or in MiB; what cannot is refused (default: 1GiB, and nothing is)',
    )
    .option('--provider <name>', "ONNX Runtime's execution provider (default: cpu)")
    .option('-q, --quiet', 'no progress, no warnings')
    .option('--config <file>', 'a JSON file with options by their names');
}

export function addMethodOptions(command: Command): Command {
  for (const option of [
    ...listOption(
      'method',
      '',
      'methods or groups (all, perturbation, gradient, cam; the method CAM is CAM): a,b or repeated; options as in occlusion:window=16',
    ),
    ...listOption('target', '-t, ', 'classes by index or name: a,b or repeated'),
  ]) {
    command.addOption(option);
  }
  for (const name of METHOD_OPTION_NAMES) {
    const { help, flag } = METHOD_OPTIONS[name];
    // With its positive form beside it a negated flag that is not given leaves nothing behind.
    if (flag?.startsWith('--no-')) command.addOption(new Option(`--${kebab(name)}`).hideHelp());
    command.option(writtenFlag(name), flag ? help : `${help} (${defaultsText(name)})`);
  }
  return command.option('--like <tool>', `another tool's defaults, for methods and pictures: ${TOOLS.join(', ')}`);
}

export const addEvaluateOptions = (command: Command): Command =>
  command
    .option('-o, --out <file>', 'a line for each picture; the figure goes beside it (default: out/evaluation.jsonl)')
    .option('--boxes <file.json>', 'where the objects are: the pictures and the classes are those of this file')
    .option('--limit <count>', 'at most so many pictures, spread evenly over the folder')
    .option('--json', 'the means as one object on stdout');

export const addMetricOptions = (command: Command): Command =>
  command.option(
    '--metrics <names>',
    `how good the explanations are, beside random ones: ${METRICS.map(({ name }) => name).join(', ')} or all; a,b or repeated; options as in insertion:step=448`,
    list,
  );

export function addOutputOptions(command: Command): Command {
  return command
    .option('-o, --out <path>', 'a folder, or one .png (default: out/)')
    .option('--raw', 'also each attribution as .npy')
    .option('--input <file.npy>', 'an already preprocessed tensor instead of a photo')
    .option('--json', 'one object on stdout')
    .option(
      '--style <styles>',
      'overlay, heatmap, photo, masked, alpha, or colour for values per channel; several, a,b, also side by side (default: overlay)',
    )
    .option('--colormap <name>', "viridis, turbo, jet, …, or anchors: '#fff@0,#000@1'")
    .option('--alpha <0–1>', "the heatmap's opacity (default: 0.5; 0.75 for values with a sign)")
    .option('--power <number>', 'of values before they get colours: 2 as in torch-cam, weak ones fade (default: 1)')
    .option(
      '--interpolation <how>',
      'bilinear, or bicubic as in torch-cam, between the cells of maps (default: bilinear)',
    )
    .option(
      '--sign <which>',
      'all, positive, negative or absolute; of gradients the first three show the sum of the channels',
    )
    .option('--outlier-percentile <percent>', 'the share of strongest pixels beyond the colour scale (default: 2)')
    .option('--scale <per>', 'one colour scale per method or per map (default: method)')
    .option('--view <what>', 'photo, or model: only what the model saw (default: photo)');
}

export function addCompareOptions(command: Command): Command {
  return command
    .option(
      '--attribution <NAME=FILE.npy>',
      'a map made elsewhere, [C, H, W], [H, W] or [h, w], beside ours; NAME@CLASS=FILE.npy for one class; repeatable',
      list,
    )
    .option(
      '--repeat <count>',
      'with how many seeds each method that draws is run, to see how alike they are (default: 1)',
    );
}

export function addLimeOptions(command: Command): Command {
  return command
    .option('--mask-features <count>', "LIME's cut-out: how many segments (default: 5)")
    .option('--positive-only', "LIME's cut-out: only segments that speak for the class")
    .option('--negative-only', "LIME's cut-out: only segments that speak against it")
    .option('--hide-rest', "LIME's cut-out: nothing but these segments")
    .option('--min-weight <number>', "LIME's cut-out: the least weight of a segment")
    .option('--save-segments', "the superpixels' boundaries on the photo")
    .option('--save-samples <count>', 'the first sampled pictures with their probability and weight');
}

/**
 * The texts of a repeated option. Those of methods are cut at commas, but for a comma before a number, which belongs to a
 * colour (`255,0,0`); those of targets are not, as a label may have commas of its own.
 */
export function listed(given: Given, name: 'method' | 'target'): string[] | undefined {
  const texts = [given[name], given[`${name}s`]].flat().filter((text) => text !== undefined) as string[];
  if (texts.length === 0) return undefined;
  if (name === 'target') return texts;
  return texts.flatMap((text) => text.split(/,(?!\s*[\d.-])/)).map((text) => text.trim());
}

/** The texts of `--metrics`, cut at commas but for those before an option: `insertion:step=448,substrate=mean`. */
export const metricsOption = (given: Given): string[] | undefined =>
  given.metrics === undefined
    ? undefined
    : [given.metrics]
        .flat()
        .flatMap((text) => String(text).split(/,(?![\w-]+=)/))
        .map((text) => text.trim());

/** The options of the methods that were given. */
export function methodOptions(given: Given): MethodOptions {
  const texts = METHOD_OPTION_NAMES.flatMap((name) =>
    given[name] === undefined ? [] : [[name, String(given[name])] as const],
  );
  return Object.fromEntries(texts.map(([name, text]) => readMethodOption(name, text))) as MethodOptions;
}

/** A number option's value; undefined where it was not given. */
export function numberOption(given: Given, name: string): number | undefined {
  const text = given[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (String(text).trim() !== '' && Number.isFinite(value)) return value;
  throw expected('ERR_OPTION', flagName(name), 'a number', `'${String(text)}'`);
}

/** A comma list of numbers. */
export function numbersOption(given: Given, name: string): number[] | undefined {
  const text = given[name];
  if (text === undefined) return undefined;
  const values = String(text).split(',').map(Number);
  if (values.every(Number.isFinite)) return values;
  throw expected('ERR_OPTION', flagName(name), 'numbers with commas between them', `'${String(text)}'`);
}

export const textOption = (given: Given, name: string): string | undefined =>
  given[name] === undefined ? undefined : String(given[name]);

/** A method's option as help and docs write it. */
export function writtenFlag(name: MethodOptionName): string {
  const { value, flag } = METHOD_OPTIONS[name];
  return flag ?? `--${kebab(name)} <${value}>`;
}

/** What turns an option on, or off if that is what it is for. */
export function flagName(name: string): string {
  const option = METHOD_OPTION_NAMES.find((known) => known === name);
  return (option && METHOD_OPTIONS[option].flag) ?? `--${kebab(name)}`;
}

const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
