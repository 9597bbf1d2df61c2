/** What makes a graph an image classifier: one picture in, one score for each class out. */
import { expected } from '../core/errors.ts';
import type { Activation } from '../core/score.ts';
import { numberAttribute } from './attributes.ts';
import { type ElementType, isFloat, wholeRange } from './element-type.ts';
import { consumers, type Dimension, type Graph, producers, type Shape, type Value } from './graph.ts';
import { inferShapes } from './infer-shapes.ts';

export type Layout = 'nchw' | 'nhwc';

export interface ClassifierOptions {
  /** The output that holds the scores. Default: the first of shape [N, classes]. */
  readonly outputName?: string | undefined;
  /** Where the channels stand. Default: the axis whose length is 1 or 3. */
  readonly layout?: Layout | undefined;
}

export interface ClassifierGraph {
  readonly input: Value;
  readonly layout: Layout;
  readonly channels: number;
  /** Undefined where the model takes pictures of any size. */
  readonly height: number | undefined;
  readonly width: number | undefined;
  /** The batch size, where the file fixes it. */
  readonly fixedBatch: number | undefined;
  /** The scores as the file gives them. */
  readonly output: string;
  /** The value before the last activation: the output itself where there is none. */
  readonly logits: string;
  /** `softmax` where the file ends in no activation. */
  readonly activation: Activation;
  /** One number z stands for two classes: their logits are −z and z. */
  readonly binary: boolean;
  /** How many classes there are; undefined where the file does not tell. */
  readonly classes: number | undefined;
}

/**
 * Finds the picture, the scores and the logits in a graph of the internal opset.
 * @throws `ERR_MODEL` for a graph that is no image classifier, saying what it has instead.
 * @example
 * const { logits, layout, height, width } = classifierOf(upgrade(await readGraph('resnet18.onnx')));
 */
export function classifierOf(graph: Graph, options: ClassifierOptions = {}): ClassifierGraph {
  const shaped = inferShapes(graph);
  const picture = pictureOf(shaped, options.layout);
  const output = scoresOf(shaped, options.outputName);
  const { logits, activation } = beforeActivation(shaped, output.name);
  const scores = classesIn(output.shape);
  const binary = scores === 1;
  return {
    ...picture,
    output: output.name,
    logits,
    activation: activation ?? (binary ? 'sigmoid' : 'softmax'),
    binary,
    classes: binary ? 2 : typeof scores === 'number' ? scores : undefined,
  };
}

type PictureInput = Pick<ClassifierGraph, 'input' | 'layout' | 'channels' | 'height' | 'width' | 'fixedBatch'>;

function pictureOf(graph: Graph, asked: Layout | undefined): PictureInput {
  const [input, ...others] = graph.inputs;
  if (!input || others.length > 0) {
    throw expected(
      'ERR_MODEL',
      'the model',
      'one input, a picture',
      graph.inputs.map(describe).join(' and ') || 'none',
    );
  }
  if (!isPictureType(input.type)) {
    const wanted = 'float32, float16, float64 or whole numbers of 8 bits or more';
    throw expected('ERR_MODEL', `input '${input.name}'`, wanted, input.type, 'Save the model in float32 or float16.');
  }
  const found = (asked ? [asked] : (['nchw', 'nhwc'] as const)).flatMap(
    (layout) => asPicture(graph, input, layout) ?? [],
  );
  if (found[0]) return found[0];
  const wanted = 'a picture [N, C, H, W] or [N, H, W, C] of 1 or 3 channels';
  throw expected('ERR_MODEL', `input '${input.name}'`, asked ? `${wanted} in ${asked}` : wanted, describe(input));
}

/** The types that ONNX Runtime takes from JavaScript. */
const isPictureType = (type: ElementType): boolean => isScoreType(type) || wholeRange(type) !== undefined;
const isScoreType = (type: ElementType): boolean => isFloat(type) && type !== 'bfloat16';

function asPicture(graph: Graph, input: Value, layout: Layout): PictureInput | undefined {
  if (input.shape?.length !== 4) return undefined;
  const [batch, a, b, c] = input.shape as [Dimension, Dimension, Dimension, Dimension];
  const [channels, height, width] = layout === 'nchw' ? [channelsOfConv(graph, input.name) ?? a, b, c] : [c, a, b];
  if (channels !== 1 && channels !== 3) return undefined;
  return { input, layout, channels, height: fixed(height), width: fixed(width), fixedBatch: fixed(batch) };
}

/** A file may leave even the channels open: then a convolution's weights [M, C / group, kH, kW] say. */
function channelsOfConv(graph: Graph, input: string): number | undefined {
  const conv = consumers(graph)
    .get(input)
    ?.find(({ op }) => op === 'Conv');
  const channels = conv && fixed(graph.values.get(conv.inputs[1] ?? '')?.shape?.[1]);
  return channels && channels * numberAttribute(conv, 'group', 1);
}

function scoresOf(graph: Graph, name: string | undefined): Value {
  if (name !== undefined) {
    const named = graph.outputs.find((output) => output.name === name);
    if (named) return named;
    const names = graph.outputs.map((output) => `'${output.name}'`).join(', ');
    throw expected('ERR_MODEL', 'outputName', `one of ${names}`, `'${name}'`);
  }
  const candidates = graph.outputs.filter(({ type }) => isScoreType(type) || type === 'other');
  const found =
    candidates.find(({ shape }) => shape?.length === 2) ??
    candidates.find(({ shape }) => classesIn(shape) !== undefined);
  if (found) return found;
  if (candidates.length === 1 && !candidates[0]!.shape) return candidates[0]!;
  const received = graph.outputs.map(describe).join(' and ') || 'none';
  throw expected('ERR_MODEL', 'the model', 'an output [N, classes] of float32, float16 or float64', received);
}

/** The classes of [N, classes], [N, classes, 1, 1], [N, 1, 1, classes] or [classes]. */
function classesIn(shape: Shape | undefined): Dimension | undefined {
  if (!shape) return undefined;
  if (shape.length === 1) return fixed(shape[0]);
  if (shape.length === 2) return shape[1];
  const [most, ...others] = shape.slice(1).toSorted((a, b) => Number(a === 1) - Number(b === 1));
  return others.every((length) => length === 1) ? most : undefined;
}

const KEEPS_SCORES = new Set(['Identity', 'Flatten', 'Reshape', 'Squeeze', 'Unsqueeze', 'Dropout', 'Cast']);
const ACTIVATIONS: { readonly [operator: string]: Activation } = {
  Softmax: 'softmax',
  LogSoftmax: 'softmax',
  Sigmoid: 'sigmoid',
};

/** Walks back from the output to its activation, through what does not change the scores. */
function beforeActivation(graph: Graph, output: string): { logits: string; activation: Activation | undefined } {
  const makers = producers(graph);
  let node = makers.get(output);
  while (node && node.domain === '' && KEEPS_SCORES.has(node.op)) node = makers.get(node.inputs[0]!);
  const activation =
    node && node.domain === '' && Object.hasOwn(ACTIVATIONS, node.op) ? ACTIVATIONS[node.op] : undefined;
  return activation ? { logits: node!.inputs[0]!, activation } : { logits: output, activation: undefined };
}

const fixed = (length: Dimension | undefined) => (typeof length === 'number' ? length : undefined);

const describe = ({ name, type, shape }: Value) =>
  `'${name}' ${type}${shape ? `[${shape.join(', ')}]` : ' of unknown shape'}`;
