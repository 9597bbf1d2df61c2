/** Gradients by the picture of what is wanted of a layer, rather than of a class's score. */
import { algebra } from '../gradient/algebra.ts';
import { backwardGraph } from '../gradient/backward.ts';
import type { Differentiable } from '../gradient/differentiable.ts';
import { graphSource } from '../gradient/graph-source.ts';
import type { Rules } from '../gradient/rules/index.ts';
import { lengthAlong, withAxes } from '../gradient/shaping.ts';
import { batchFirst } from '../onnx/batch-first.ts';
import { type Builder, createBuilder } from '../onnx/builder.ts';
import type { Cells } from '../onnx/cells.ts';
import type { Graph } from '../onnx/graph.ts';
import { topological } from '../onnx/topological.ts';
import type { GraphSource } from '../workers/task.ts';

/** A graph for the pool: of each row, dL/d(picture) and L = Σ seed ⊙ value. */
export interface SeededGradient {
  readonly source: GraphSource;
  readonly outputs: readonly [gradient: string, wanted: string];
}

/** Builds dL/d(value), of the value's shape [N, …], from the value and each row's number `target` [N]. */
export type Seed = (b: Builder, value: string, target: string) => string;

export interface SeededRequest {
  readonly layer: string;
  /** The axis of the layer that the pictures stand at. */
  readonly batch: number;
  readonly seed: Seed;
  readonly rules?: Rules;
  /** What workers know the graph by. */
  readonly name: string;
}

/** @throws `ERR_OPERATOR` for operators between picture and layer that have no gradient rule */
export function seededGradient(
  model: Differentiable,
  { layer, batch, seed: makeSeed, rules, name }: SeededRequest,
): SeededGradient {
  const { graph, value } = batchFirst(model.graph, layer, batch);
  const request = { output: value, wrt: [model.input], ...(rules ? { rules } : {}) };
  const { graph: backward, seed, gradients } = backwardGraph(graph, request);
  const target = `${seed}/target`;
  const b = createBuilder(`${seed}/`);
  const made = makeSeed(b, value, target);
  const wanted = sumOfRow(b, algebra(b).mul(value, made));
  const seedNode = { op: 'Identity', domain: '', name: seed, inputs: [made], outputs: [seed], attributes: {} };
  const rows = model.graph.inputs[0]?.shape?.[0] ?? 'N';
  const gradient = gradients.get(model.input)!;
  const whole: Graph = {
    ...backward,
    inputs: [...backward.inputs.filter((input) => input.name !== seed), { name: target, type: 'int64', shape: [rows] }],
    outputs: [
      ...backward.outputs.filter((output) => output.name === gradient),
      { name: wanted, type: 'float32', shape: [rows] },
    ],
    nodes: [...backward.nodes, ...b.nodes, seedNode],
    constants: new Map([...backward.constants, ...b.constants]),
  };
  const given = new Set([...whole.inputs.map((input) => input.name), ...whole.constants.keys()]);
  const sorted = { ...whole, nodes: topological(whole.nodes, given, name) };
  return { source: graphSource(model, sorted, name, { target }), outputs: [gradient, wanted] };
}

const sumOfRow = (b: Builder, value: string) =>
  b.op('Squeeze', [algebra(b).sum(b.op('Flatten', [value]), [1]), b.constant('int64', [1])]);

/** 1 on each row's channel [N], 0 elsewhere: [N, C, 1, 1], or as the layer has its axes. */
export function onChannel(
  b: Builder,
  value: string,
  channel: string,
  rank: number,
  { channels }: Pick<Cells, 'channels'>,
): string {
  const one = b.op('OneHot', [channel, lengthAlong(b, value, channels + 1), b.constant('float32', [0, 1])], {
    axis: 1,
  });
  const others = Array.from({ length: rank - 1 }, (_, at) => at + 1).filter((axis) => axis !== channels + 1);
  return withAxes(b, one, others);
}
