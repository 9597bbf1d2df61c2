/**
 * Every option of a method, described once. The command line's options, its help, `name:option=value` and the docs are made
 * of this; the compiler names an option that a method reads and this table lacks.
 */
import { expected } from '../core/errors.ts';
import { METHODS, type MethodOptions, type RegisteredMethod } from './methods.ts';

type Kind = 'number' | 'yes-no' | 'text';

/** Of a number, a flag, or anything else that is written as text. */
type KindOf<Value> = [NonNullable<Value>] extends [number]
  ? 'number'
  : [Value] extends [boolean | undefined]
    ? 'yes-no'
    : 'text';

interface OptionEntry<Its extends Kind> {
  readonly kind: Its;
  /** How help writes its value: `<pixels>`. */
  readonly value: string;
  readonly help: string;
  /** How the command line writes it where it takes no value there. */
  readonly flag?: string;
}

type OptionTable = { readonly [Name in keyof MethodOptions]-?: OptionEntry<KindOf<MethodOptions[Name]>> } & {
  readonly score: OptionEntry<'text'>;
};

export const METHOD_OPTIONS: OptionTable = {
  score: { kind: 'text', value: 'kind', help: 'what is explained, logit or probability' },
  window: { kind: 'text', value: 'pixels', help: 'of the input that are hidden at once: 16, or height x width: 24x12' },
  stride: { kind: 'text', value: 'pixels', help: 'how far the window moves' },
  baseline: {
    kind: 'text',
    value: 'what',
    help: 'what stands where the picture is taken away: 0, black, white, grey, mean, blur:11, noise or R,G,B',
  },
  adaptive: {
    kind: 'yes-no',
    value: 'yes|no',
    flag: '--adaptive',
    help: 'windows run close together only where those further apart disagree; the others are interpolated',
  },
  incremental: {
    kind: 'yes-no',
    value: 'yes|no',
    flag: '--no-incremental',
    help: 'whole passes, where else only what a window changes is computed if that pays',
  },
  exactCheck: {
    kind: 'yes-no',
    value: 'yes|no',
    flag: '--exact-check',
    help: 'also run whole passes, and report how far the two lie apart',
  },
  samples: {
    kind: 'number',
    value: 'count',
    help: 'perturbed pictures, the whole one among them; at most, where something else ends the sampling',
  },
  seed: { kind: 'number', value: 'number', help: 'of everything that is drawn' },
  segmentation: {
    kind: 'text',
    value: 'how',
    help: 'slic, quickshift as in lime, grid, or a label map in a .npy file',
  },
  segments: { kind: 'number', value: 'count', help: 'about how many superpixels' },
  compactness: { kind: 'number', value: 'number', help: 'of SLIC: how much place counts against colour' },
  sigma: { kind: 'number', value: 'pixels', help: 'of SLIC: the blur before segmenting' },
  wholeFirst: {
    kind: 'yes-no',
    value: 'yes|no',
    help: 'whether the first sample is the whole picture, as in lime; no: all are drawn, as in captum',
  },
  distance: {
    kind: 'text',
    value: 'of',
    help: 'from the whole picture, by the cosine: of segments, as in lime; of pixels, as in captum',
  },
  kernelWidth: { kind: 'number', value: 'number', help: 'how fast samples count less as they lose segments' },
  ridge: { kind: 'number', value: 'number', help: 'penalty on the squared weights' },
  lasso: {
    kind: 'number',
    value: 'number',
    help: 'penalty on the magnitudes of the weights; captum: 0.01, and ridge 0',
  },
  kernelSize: { kind: 'number', value: 'pixels', help: 'of quickshift: wider makes larger segments' },
  maxDist: { kind: 'number', value: 'number', help: 'of quickshift: pixels farther apart are never tied' },
  ratio: { kind: 'number', value: '0–1', help: 'of quickshift: colour against place' },
  numFeatures: { kind: 'number', value: 'count', help: 'only so many segments get a weight, as in lime' },
  selection: {
    kind: 'text',
    value: 'how',
    help: 'of these segments, as in lime: forward-selection, highest-weights, or auto, the first up to 6 of them',
  },
  sampling: {
    kind: 'text',
    value: 'how',
    help: 'enumerated: small and large coalitions as a whole, as in shap; captum: all are drawn, as there',
  },
  antithetic: {
    kind: 'yes-no',
    value: 'yes|no',
    help: 'every second sample keeps what the one before it leaves out, which takes fewer samples for the same precision',
  },
  tolerance: {
    kind: 'number',
    value: '0–0.5',
    help: 'ends the sampling early, once so much doubt is left: the mean probability that one of the five strongest and another are in the wrong order',
  },
  budget: { kind: 'text', value: 'time', help: 'ends the sampling early, after so long: 2s, 500ms, 1m' },
  cells: { kind: 'number', value: 'count', help: 'of a mask, along a side' },
  keepProbability: { kind: 'number', value: '0–1', help: 'how many of the cells are on' },
  denominator: {
    kind: 'text',
    value: 'what',
    help: 'of the sum of masks: expected, as in the paper; coverage, as in xplique; none, as in RISE’s batched code',
  },
  fill: { kind: 'text', value: 'what', help: 'what stands in a segment that is off: its mean colour, or any baseline' },
  steps: {
    kind: 'number',
    value: 'count',
    help: 'points on the path from the baseline, to the picture or to the picture under a mask',
  },
  quadrature: {
    kind: 'text',
    value: 'rule',
    help: 'gauss-legendre, left, right, middle, trapezoid, or captum-trapezoid, whose weights are as captum has them',
  },
  layer: {
    kind: 'text',
    value: 'name',
    help: 'a value, a node, a unique suffix of one, or a PyTorch module path; several are fused: a,b',
  },
  bias: {
    kind: 'yes-no',
    value: 'yes|no',
    help: 'whether biases keep their part; no, and the values add up to the score',
  },
  attention: {
    kind: 'text',
    value: 'how',
    help: "what attention's probabilities take: constant, nothing (Ali et al. 2022); attn-lrp, half (Achtibat et al. 2024)",
  },
  pooling: {
    kind: 'text',
    value: 'how',
    help: 'what a place gets that is the maximum of several windows: complete, the sum; captum, not quite, as there',
  },
  rule: {
    kind: 'text',
    value: 'name',
    help:
      'epsilon, gamma, alpha1-beta0, epsilon-plus or epsilon-plus-flat, as in zennit; captum-epsilon, captum-gamma or ' +
      'captum-alpha1-beta0, as in captum',
  },
  epsilon: { kind: 'number', value: 'number', help: 'what the epsilon rule adds to what it divides by' },
  gamma: { kind: 'number', value: 'number', help: 'how much the gamma rule favours positive parts' },
  noise: {
    kind: 'text',
    value: 'statistic',
    help: 'over noisy copies of the picture: smoothgrad, the mean of the values; smoothgrad-sq, of their squares; vargrad, their variance',
  },
  relu: { kind: 'yes-no', value: 'yes|no', help: 'keep only what speaks for the class; no is as in captum' },
  fuse: {
    kind: 'text',
    value: 'how',
    help: 'maps of several layers: max as in torch-cam, mean as in pytorch-grad-cam, tanh-max as LayerCAM in torch-cam',
  },
  augSmooth: {
    kind: 'yes-no',
    value: 'yes|no',
    help: 'the mean over the picture and its mirror image at 0.9, 1 and 1.1 of their values, as pytorch-grad-cam’s aug_smooth',
  },
  eigenSmooth: {
    kind: 'yes-no',
    value: 'yes|no',
    help: 'only what the maps of the channels have most in common, as pytorch-grad-cam’s eigen_smooth',
  },
  filters: { kind: 'text', value: 'channels', help: 'of the layer, whose maps are shown: 10,32,3' },
  filterMaps: { kind: 'text', value: 'each|sum', help: 'of filters: one map for each, or their sum' },
  region: { kind: 'text', value: 'y,x,height,width', help: "a rectangle of the layer's cells; the map is 0 outside" },
  neurons: { kind: 'text', value: 'cells', help: 'of the layer, row x column: 3x4,5x6; the map is 0 elsewhere' },
  noiseSamples: { kind: 'number', value: 'count', help: 'noisy copies of the picture, or of each mask' },
  noiseStd: { kind: 'number', value: 'number', help: "the noise's standard deviation" },
  noiseUnit: {
    kind: 'text',
    value: 'range|absolute',
    help: "what the noise's deviation counts: shares of the picture's range, or units of the model's input",
  },
  variant: {
    kind: 'text',
    value: 'whose',
    help:
      'paper; torch-cam, pytorch-grad-cam: as their code has it where it differs; element-wise: HiResCAM as pytorch-grad-cam’s ' +
      'GradCAMElementWise; as-printed: Smooth Grad-CAM++ with the first derivative above the line of its alpha',
  },
};

export type MethodOptionName = keyof OptionTable;

export const METHOD_OPTION_NAMES = Object.keys(METHOD_OPTIONS) as readonly MethodOptionName[];

/** What a method reads: its own options and those of all. */
export const optionsOf = ({ options }: RegisteredMethod): MethodOptionName[] => [
  'score',
  ...(Object.keys(options) as (keyof MethodOptions)[]),
];

/** The methods that read an option. */
export const readersOf = (option: MethodOptionName): RegisteredMethod[] =>
  METHODS.filter((method) => optionsOf(method).includes(option));

/** The defaults of an option: one alone where its methods agree, else each with its methods: `LIME: probability; the rest: logit`. */
export function defaultsText(option: MethodOptionName): string {
  const readers = readersOf(option);
  const defaults = readers.map((method) => (option === 'score' ? method.score : method.options[option]!));
  const sharing = (text: string) => readers.filter((_, at) => defaults[at] === text).map(({ title }) => title);
  const different = [...new Set(defaults)].toSorted((a, b) => sharing(a).length - sharing(b).length);
  if (different.length === 1)
    return `${readers.length > 3 ? 'default' : sharing(different[0]!).join(', ')}: ${different[0]}`;
  return different
    .map((text, at) => `${sharing(text).length > 3 && at > 0 ? 'the rest' : sharing(text).join(', ')}: ${text}`)
    .join('; ');
}

const READERS: { readonly [Its in Kind]: (text: string, name: string) => number | boolean | string } = {
  number(text, name) {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value)) throw expected('ERR_OPTION', name, 'a number', `'${text}'`);
    return value;
  },
  'yes-no'(text, name) {
    if (text === 'yes' || text === 'true') return true;
    if (text === 'no' || text === 'false') return false;
    throw expected('ERR_OPTION', name, 'yes or no', `'${text}'`);
  },
  text: (text) => text,
};

/**
 * The value of a method's option from text. Names may be written `kernel-width` or `kernelWidth`.
 * @throws `ERR_OPTION` for an option that no method has, or a text that is no value of it
 */
export function readMethodOption(
  name: string,
  text: string,
): readonly [name: MethodOptionName, value: number | boolean | string] {
  const camel = name.trim().replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const known = METHOD_OPTION_NAMES.find((option) => option === camel);
  if (!known) {
    throw expected('ERR_OPTION', 'option of a method', `one of ${METHOD_OPTION_NAMES.join(', ')}`, `'${name}'`);
  }
  const written = known.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return [known, READERS[METHOD_OPTIONS[known].kind](text, written)];
}
