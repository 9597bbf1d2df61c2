/**
 * Where the cells of a CNN's values lie on its input. A window of extent e = (k − 1) · dilation, stride s and padding p
 * centres cell o on input position o · s + e/2 − p; so along the graph: origin += (e/2 − p) · step, step *= s.
 */
import type { Lattice } from '../core/view.ts';
import type { Layout } from './classifier.ts';
import { numbersOf } from './constants.ts';
import type { Graph } from './graph.ts';
import { inferShapes } from './infer-shapes.ts';
import { type Grid, type Line, MOVES, type Step } from './lattice/moves.ts';
import { elementwise, microsoft } from './shapes/elementwise.ts';

/**
 * The centres of a value's cells on the input, or undefined where an operator on the way has no such centres.
 * Where branches meet, the mean of their origins.
 * @param layout how the input lies; the value's own spatial axes follow from the transposes on the way. Default: `nchw`
 * @example
 * const lattice = latticeOf(graph, 'data', 'layer4_relu'); // step 32 for a ResNet
 */
export function latticeOf(graph: Graph, input: string, value: string, layout: Layout = 'nchw'): Lattice | undefined {
  const { values, constants, nodes } = inferShapes(graph);
  const [y, x] = layout === 'nchw' ? [2, 3] : [1, 2];
  const grids = new Map<string, Grid>([[input, [line(y!), line(x!)]]]);
  const shapeOf = (name: string) => values.get(name)?.shape;
  for (const node of nodes) {
    const step: Step = {
      node,
      grids: node.inputs.map((name) => grids.get(name)),
      shapes: node.inputs.map(shapeOf),
      output: shapeOf(node.outputs[0]!),
      numbers: (at) => {
        const constant = constants.get(node.inputs[at] ?? '');
        return constant && numbersOf(constant);
      },
    };
    const grid = step.grids.some(Boolean) ? afterNode(step) : undefined;
    if (grid) grids.set(node.outputs[0]!, grid);
  }
  const found = grids.get(value);
  return found && { originY: found[0].origin, originX: found[1].origin, stepY: found[0].step, stepX: found[1].step };
}

const line = (axis: number): Line => ({ axis, origin: 0, step: 1 });

function afterNode(step: Step): Grid | undefined {
  const { node } = step;
  if (Object.hasOwn(MOVES, node.op) && node.domain === '') {
    const [first] = step.grids;
    const moved = first?.map((along, which) => MOVES[node.op]!(along, step, which));
    return moved?.every((along) => along !== undefined) ? (moved as unknown as Grid) : undefined;
  }
  const keeps =
    node.domain === ''
      ? Object.hasOwn(elementwise, node.op) || node.op === 'Concat'
      : Object.hasOwn(microsoft, node.op);
  return keeps ? meet(step) : undefined;
}

/** The mean of the branches that are as large as the result: a gate of one cell for all says nothing of where cells lie. */
function meet({ grids, shapes, output }: Step): Grid | undefined {
  const branches = grids.filter((grid, at): grid is Grid =>
    Boolean(grid?.every(({ axis }) => !output || shapes[at]?.[axis] === output[axis])),
  );
  const [first] = branches;
  const agree =
    first &&
    branches.every((grid) => grid.every(({ axis, step }, at) => axis === first[at]!.axis && step === first[at]!.step));
  if (!agree) return undefined;
  const mean = (at: 0 | 1) => branches.reduce((total, grid) => total + grid[at].origin, 0) / branches.length;
  return [
    { ...first[0], origin: mean(0) },
    { ...first[1], origin: mean(1) },
  ];
}
