/** Where the cells of all values of a graph lie on its picture. */
import type { Layout } from './classifier.ts';
import { numbersOf } from './constants.ts';
import type { Graph } from './graph.ts';
import { meet, unknown } from './placement/meeting.ts';
import { picking, split } from './placement/picking.ts';
import { type Placement, pictureOf } from './placement/placement.ts';
import { products } from './placement/products.ts';
import { rearranging } from './placement/rearranging.ts';
import { sliding } from './placement/sliding.ts';
import type { Moves, Step } from './placement/step.ts';
import { elementwise, microsoft } from './shapes/elementwise.ts';

const MOVES: Moves = { ...sliding, ...picking, ...products, ...rearranging };

export type Placements = ReadonlyMap<string, Placement>;

/**
 * What the axes of each value have to do with the picture, as far as the graph tells.
 * @param graph with shapes inferred
 * @example
 * const tokens = placementsOf(graph, 'pixel_values', 'nchw').get('hidden_states');
 */
export function placementsOf(graph: Graph, input: string, layout: Layout): Placements {
  const { values, constants, nodes } = graph;
  const shapeOf = (name: string) => values.get(name)?.shape;
  const picture = shapeOf(input);
  const placements = new Map<string, Placement>();
  const start = { origin: 0, step: 1, turn: 0 };
  if (picture) placements.set(input, pictureOf(picture, layout === 'nchw' ? [2, 3] : [1, 2], start));
  for (const node of nodes) {
    const shape = shapeOf(node.outputs[0]!);
    const onTheWay = node.inputs.some((name) => name !== '' && !constants.has(name));
    if (!shape || !onTheWay) continue;
    const numbers = (at: number) => {
      const constant = constants.get(node.inputs[at] ?? '');
      return constant && numbersOf(constant);
    };
    const outputs = node.outputs.map(shapeOf);
    const known = { placements: node.inputs.map((name) => placements.get(name)), shapes: node.inputs.map(shapeOf) };
    for (const [at, placement] of moved({ node, ...known, shape, outputs, numbers }).entries()) {
      if (placement && fits(placement, outputs[at])) placements.set(node.outputs[at]!, placement);
    }
  }
  return placements;
}

function moved(step: Step): readonly (Placement | undefined)[] {
  const { op, domain } = step.node;
  if (op === 'Split') return split(step);
  if (Object.hasOwn(MOVES, op)) return [MOVES[op]!(step)];
  if (op === 'Shape' || op === 'Size') return [];
  const pointwise = op === 'Expand' || Object.hasOwn(domain === '' ? elementwise : microsoft, op);
  if (pointwise) {
    const met = meet(step);
    return step.outputs.map((shape, at) => (at === 0 || sameShape(shape, step.shape) ? met : undefined));
  }
  const [first] = step.placements;
  return [first && step.shapes[0] && unknown(first, step.shapes[0], step.shape)];
}

/** A file that cannot be trusted may name axes that a value does not have. */
const fits = ({ axes }: Placement, shape: Step['shape'] | undefined) =>
  axes.length === shape?.length && axes.every((axis) => axis !== undefined);

const sameShape = (a: Step['shape'] | undefined, b: Step['shape']) => a?.join() === b.join();
