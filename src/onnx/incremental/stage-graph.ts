/** The parts of a planned graph as graphs of their own. */
import { type Builder, createBuilder } from '../builder.ts';
import { extend } from '../extend.ts';
import type { Graph, Node, Value } from '../graph.ts';
import { prune } from '../prune.ts';
import type { Cut } from './cuts.ts';
import type { Spread, Step } from './spread.ts';
import type { Port, Stage } from './stage.ts';

/** The input of a stage's graph that holds crops [N, C, h, w] of a value, of any size that the plan gives. */
export const cropOf = (value: string): string => `incremental/crop of ${value}`;

/** From crops of the values that a stage reads, with their fill, to those that it hands on. */
export function stageGraph(spread: Spread, stage: Stage): Graph {
  const b = createBuilder('incremental/');
  const { inputs, outputs, steps, filled } = stage;
  const wholes = new Map(inputs.map((port) => [port.value, asInGraph(b, spread, port)]));
  const nodes = steps.map((step): Node => {
    const isFilled = filled.has(step);
    const read = (name: string) => (isFilled && wholes.has(name) ? cropOf(name) : (wholes.get(name) ?? name));
    return { ...withOwnPads(step, isFilled), inputs: step.node.inputs.map(read) };
  });
  return part(spread, [...b.nodes, ...nodes], b, {
    inputs: inputs.map(({ value, grid }) => pictures(cropOf(value), 'N', grid.depth)),
    outputs: outputs.map(({ value }) => ({ name: value, type: 'float32', shape: undefined })),
  });
}

/** All that lies behind a cut. Sizes are left open: what ONNX Runtime infers of pools with `ceil_mode` may be a cell too long. */
export function restGraph(spread: Spread, { values, after }: Cut): Graph {
  const { graph, steps, grids } = spread;
  const nodes = steps.slice(after).map(({ node }) => node);
  const inputs = values.map((value) =>
    pictures(value, graph.values.get(value)?.shape?.[0] ?? 'N', grids.get(value)!.depth),
  );
  return part(spread, nodes, createBuilder('incremental/'), { inputs, outputs: [graph.outputs[0]!] });
}

/** Its sides have names of their own: ONNX Runtime takes lengths of one name for the same. */
const pictures = (name: string, batch: number | string, channels: number): Value => ({
  name,
  type: 'float32',
  shape: [batch, channels, `${name} height`, `${name} width`],
});

/** Some nodes on the way from the picture, with those beside them that depend on constants only. */
function part(
  { graph, steps }: Spread,
  nodes: readonly Node[],
  b: Builder,
  { inputs, outputs }: Pick<Graph, 'inputs' | 'outputs'>,
): Graph {
  const onTheWay = new Set(steps.map(({ node }) => node));
  const beside = graph.nodes.filter((node) => !onTheWay.has(node));
  const whole = { ...graph, inputs, nodes: [...beside, ...nodes], values: new Map() };
  const names = outputs.map(({ name }) => name);
  return { ...prune({ ...whole, constants: extend(graph, b).constants }, names), outputs };
}

/** A crop without its fill, its axes where the graph has them. */
function asInGraph(b: Builder, { input, layout }: Spread, port: Port): string {
  const core = withoutFill(b, port);
  return port.value === input && layout === 'nhwc' ? b.op('Transpose', [core], { perm: [0, 2, 3, 1] }) : core;
}

function withoutFill(b: Builder, { value, fill: [top, left, bottom, right] }: Port): string {
  const crop = cropOf(value);
  if (top + left + bottom + right === 0) return crop;
  const [starts, ends] = [[top, left], [bottom, right].map((pad) => (pad === 0 ? Number.MAX_SAFE_INTEGER : -pad))];
  return b.op('Slice', [crop, b.constant('int64', starts), b.constant('int64', ends), b.constant('int64', [2, 3])]);
}

/** What `auto_pad` comes to depends on the size of the whole, so that it is written out. */
function withOwnPads({ node, slides }: Step, isFilled: boolean): Node {
  const [y, x] = slides!;
  if (!('pads' in node.attributes) && !('auto_pad' in node.attributes)) return node;
  const { auto_pad: _, ...attributes } = node.attributes;
  const pads = isFilled ? [0, 0, 0, 0] : [y.begin, x.begin, y.end, x.end];
  return { ...node, attributes: { ...attributes, pads: { kind: 'ints', value: pads } } };
}
