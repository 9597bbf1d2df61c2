/** What a network has learnt, layer by layer, and the same network with the weights of layers drawn anew. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { random } from '../core/random.ts';
import { sizeOf } from '../core/tensor.ts';
import { bytesOf, isFloat } from './element-type.ts';
import { isExternal } from './external-data.ts';
import type { Constant, Graph, Node } from './graph.ts';
import type { Weights } from './weights-in-file.ts';

/** An operator with weights and the ones without that follow it, such as its normalisation. */
export interface WeightLayer {
  readonly name: string;
  /** The graph's constants that are its weights, biases and statistics. */
  readonly constants: readonly string[];
}

/** Operators with a matrix of weights: each opens a layer. */
const WEIGHTED: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul', 'DequantizeLinear']);
/** Operators whose constants belong to the layer that is open. */
const BESIDE: ReadonlySet<string> = new Set([
  ...['Add', 'Mul', 'PRelu'],
  ...['BatchNormalization', 'InstanceNormalization', 'LayerNormalization', 'GroupNormalization', 'RMSNormalization'],
]);

/** Operators that hand weights on in another form. */
const PASSING: ReadonlySet<string> = new Set(['Transpose', 'Reshape', 'Cast', 'Identity', 'Squeeze', 'Unsqueeze']);

/** The layers of a graph in the order in which they are computed. */
export function weightLayers({ nodes, constants }: Graph): WeightLayer[] {
  const layers: { name: string; constants: string[] }[] = [];
  const taken = new Set<string>();
  /** The constant that a value is, in another form. */
  const origins = new Map<string, string>();
  for (const node of nodes) {
    const read = node.inputs.map((name) => origins.get(name) ?? name);
    if (PASSING.has(node.op) && constants.has(read[0]!)) origins.set(node.outputs[0]!, read[0]!);
    if (!WEIGHTED.has(node.op) && !BESIDE.has(node.op)) continue;
    const own = [...new Set(read)].filter((name) => isLearnt(constants.get(name)) && !taken.has(name));
    if (own.length === 0) continue;
    for (const name of own) taken.add(name);
    const opens = WEIGHTED.has(node.op) && own.some((name) => constants.get(name)!.shape.length >= 2);
    if (opens || layers.length === 0) layers.push({ name: nameOf(node), constants: [] });
    layers.at(-1)!.constants.push(...own);
  }
  return layers;
}

const isLearnt = (constant: Constant | undefined) =>
  constant !== undefined && sizeOf(constant.shape) > 1 && (isFloat(constant.type) || /^u?int[48]$/.test(constant.type));

const nameOf = ({ scope, name, outputs }: Node) => scope || name || outputs[0]!;

/**
 * The graph with the values of some constants in another order, each constant's among themselves: nothing is left of what it
 * has learnt, but for how its values are distributed.
 * @param weights where constants lie that the graph only refers to
 */
export async function shuffledWeights(
  graph: Graph,
  names: readonly string[],
  seed: number,
  weights: Weights | undefined,
): Promise<Graph> {
  const constants = new Map(graph.constants);
  const numbers = new Map([...graph.constants.keys()].map((name, at) => [name, at]));
  for (const name of names) {
    const constant = constants.get(name)!;
    const data = shuffled(await bytesHeld(constant, weights), bytesOf(constant.type, 1), seed, numbers.get(name)!);
    constants.set(name, { ...constant, data });
  }
  return { ...graph, constants };
}

async function bytesHeld({ data, type, shape }: Constant, weights: Weights | undefined): Promise<Uint8Array> {
  if (!isExternal(data)) return data as Uint8Array;
  const bytes = new Uint8Array(data.length ?? bytesOf(type, sizeOf(shape)));
  const file = await open(join(weights!.folder, data.location));
  try {
    await file.read(bytes, 0, bytes.length, data.offset);
  } finally {
    await file.close();
  }
  return bytes;
}

/** A copy with its elements in another order, every order being as likely (Fisher and Yates). */
function shuffled(bytes: Uint8Array, width: number, seed: number, index: number): Uint8Array {
  const { integer } = random(seed, index);
  const copy = bytes.slice();
  const spare = new Uint8Array(width);
  for (let left = copy.length / width; left > 1; left--) {
    const [from, to] = [width * integer(left), width * (left - 1)];
    spare.set(copy.subarray(to, to + width));
    copy.copyWithin(to, from, from + width);
    copy.set(spare, from);
  }
  return copy;
}
