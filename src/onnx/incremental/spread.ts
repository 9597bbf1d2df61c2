/** How a changed box of the picture spreads through a graph. */
import type { Layout } from '../classifier.ts';
import { type Graph, type Node, readBy as valuesReadBy } from '../graph.ts';
import { withGatheredChannels } from './channel-shuffle.ts';
import { type Grid, gridOf } from './grid.ts';
import { multiplications } from './multiplications.ts';
import { localOf, type Slides } from './slides.ts';
import { changedBy, hull, type Span } from './span.ts';

/** A node that depends on the picture. */
export interface Step {
  readonly node: Node;
  readonly output: string;
  /** Those of its inputs that depend on the picture. */
  readonly inputs: readonly string[];
  /** Undefined where a changed cell may change all results. */
  readonly slides: Slides | undefined;
  /** How many numbers each cell of the result has; 0 where it has none. */
  readonly depth: number;
  /** Of one picture in all. */
  readonly multiplications: number;
}

/** Along y, and along x. */
export type Pair = readonly [y: number, x: number];

export interface Spread {
  readonly graph: Graph;
  readonly input: string;
  readonly layout: Layout;
  /** In the order of the graph. */
  readonly steps: readonly Step[];
  /** The cells of values a part of which is known to stay as it is. */
  readonly grids: ReadonlyMap<string, Grid>;
  /** How many cells of the picture each of their cells lies from the next, on one way there. */
  readonly strides: ReadonlyMap<string, Pair>;
}

/**
 * Finds out how changes spread.
 * @param given with shapes inferred
 */
export function spreadOf(given: Graph, input: string, layout: Layout): Spread {
  const graph = withGatheredChannels(given);
  const grids = new Map<string, Grid>();
  const picture = graph.values.get(input);
  const [y, x] = layout === 'nchw' ? [2, 3] : [1, 2];
  const grid = picture?.type === 'float32' ? gridOf(picture.shape, y, x) : undefined;
  if (grid) grids.set(input, grid);
  const strides = new Map<string, Pair>([[input, [1, 1]]]);
  const reached = new Set([input]);
  const steps: Step[] = [];
  for (const node of graph.nodes) {
    const inputs = [...new Set(valuesReadBy(node))].filter((name) => reached.has(name));
    if (inputs.length === 0) continue;
    const local = inputs.every((name) => grids.has(name)) ? localOf(graph, node, grids) : undefined;
    const output = node.outputs[0]!;
    if (local) {
      const [tall, wide] = strides.get(inputs[0]!)!;
      grids.set(output, local.grid);
      strides.set(output, [tall * local.slides[0].stride, wide * local.slides[1].stride]);
    }
    for (const name of node.outputs) reached.add(name);
    steps.push({
      node,
      output,
      inputs,
      slides: local?.slides,
      depth: local?.grid.depth ?? 0,
      multiplications: multiplications(graph, node),
    });
  }
  return { graph, input, layout, steps, grids, strides };
}

/** Along y (0) or x (1): what changes in each value that has cells, where a span of the picture does. */
export function spansFrom({ input, steps }: Spread, changed: Span, axis: 0 | 1): Map<string, Span> {
  const spans = new Map([[input, changed]]);
  for (const { inputs, output, slides } of steps) {
    if (!slides) continue;
    const both = inputs.map((name) => spans.get(name)!).reduce(hull);
    spans.set(output, changedBy(both, slides[axis]));
  }
  return spans;
}
