/** The parts of a planned graph as graphs of their own. */
import { type Builder, createBuilder } from '../builder.ts';
import { extend } from '../extend.ts';
import type { Graph, Node, Value } from '../graph.ts';
import { prune } from '../prune.ts';
import type { Crossing } from './crossings.ts';
import type { Spread, Step } from './spread.ts';
import type { Stage } from './stage.ts';

/** The input of a stage's graph: crops [N, C, h, w] of any size that the plan gives. */
export const CROP = 'incremental/crop';

/** From crops of `from`, with their fill, to what `to` is on them. */
export function stageGraph(spread: Spread, stage: Stage): Graph {
  const b = createBuilder('incremental/');
  const { from, to, fromGrid, steps, filled } = stage;
  const core = withoutFill(b, stage);
  const whole =
    from === spread.input && spread.layout === 'nhwc' ? b.op('Transpose', [core], { perm: [0, 2, 3, 1] }) : core;
  const nodes = steps.map((step): Node => {
    const inputs = step.node.inputs.map((name) => (name !== from ? name : filled.has(step) ? CROP : whole));
    return { ...withOwnPads(step, filled.has(step)), inputs };
  });
  const shape = ['N', fromGrid.depth, 'height', 'width'];
  return part(
    spread,
    [...b.nodes, ...nodes],
    b,
    { name: CROP, type: 'float32', shape },
    { name: to, type: 'float32', shape: undefined },
  );
}

/** All that lies behind a value. Its size is left open: what ONNX Runtime infers of pools with `ceil_mode` may be a cell too long. */
export function restGraph(spread: Spread, { value, after }: Crossing): Graph {
  const { graph, steps } = spread;
  const [batch = 'N', channels = 1] = graph.values.get(value)?.shape ?? [];
  const input = { name: value, type: 'float32', shape: [batch, channels, 'height', 'width'] } as const;
  const nodes = steps.slice(after).map(({ node }) => node);
  return part(spread, nodes, createBuilder('incremental/'), input, graph.outputs[0]!);
}

/** Some nodes on the way from the picture, with those beside them that depend on constants only. */
function part({ graph, steps }: Spread, nodes: readonly Node[], b: Builder, input: Value, output: Value): Graph {
  const onTheWay = new Set(steps.map(({ node }) => node));
  const beside = graph.nodes.filter((node) => !onTheWay.has(node));
  const whole = { ...graph, inputs: [input], nodes: [...beside, ...nodes], values: new Map() };
  const pruned = prune({ ...whole, constants: extend(graph, b).constants }, [output.name]);
  return { ...pruned, outputs: [output] };
}

function withoutFill(b: Builder, { fill: [top, left, bottom, right] }: Stage): string {
  if (top + left + bottom + right === 0) return CROP;
  const [starts, ends] = [[top, left], [bottom, right].map((pad) => (pad === 0 ? Number.MAX_SAFE_INTEGER : -pad))];
  return b.op('Slice', [CROP, b.constant('int64', starts), b.constant('int64', ends), b.constant('int64', [2, 3])]);
}

/** What `auto_pad` comes to depends on the size of the whole, so that it is written out. */
function withOwnPads({ node, slides }: Step, isFilled: boolean): Node {
  const [y, x] = slides!;
  if (!('pads' in node.attributes) && !('auto_pad' in node.attributes)) return node;
  const { auto_pad: _, ...attributes } = node.attributes;
  const pads = isFilled ? [0, 0, 0, 0] : [y.begin, x.begin, y.end, x.end];
  return { ...node, attributes: { ...attributes, pads: { kind: 'ints', value: pads } } };
}
