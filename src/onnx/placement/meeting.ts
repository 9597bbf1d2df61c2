/** Pointwise operators: the branches that meet lie as their cells do. */
import type { Dimension, Shape } from '../graph.ts';
import { type Axis, hasCells, LINES, type Line, LOST, other, type Placement } from './placement.ts';
import type { Move, Step } from './step.ts';

/**
 * As the branches whose cells are those of the result: a gate of one cell for all says nothing of where cells lie.
 * Where branches lie apart, the mean of their origins.
 */
export const meet: Move = ({ placements, shapes, shape }: Step) => {
  const branches = placements.flatMap((placement, at) => {
    const aligned = placement && broadcast(placement, shapes[at], shape);
    return aligned ? [aligned] : [];
  });
  const [first] = branches;
  if (!first) return undefined;
  const like = branches.filter(({ axes }) => cellsOf(axes) === cellsOf(first.axes));
  const [y, x] = LINES.map((along) => meeting(like.map((branch) => branch[along])));
  return { ...first, y: y!, x: x! };
};

/** The axes of the result, from the last one on; undefined where the cells are not its own. */
function broadcast({ axes, ...lines }: Placement, from: Shape | undefined, to: Shape): Placement | undefined {
  const added = to.length - axes.length;
  const result = to.map((length, at): Axis | undefined => {
    const axis = axes[at - added];
    if (axis && from?.[at - added] === length) return axis;
    return hasCells(axis) ? undefined : other(length);
  });
  return result.every((axis) => axis !== undefined) && result.some(hasCells) ? { axes: result, ...lines } : undefined;
}

const cellsOf = (axes: readonly Axis[]) => JSON.stringify(axes.map((axis) => (hasCells(axis) ? axis : [])));

/** Branches of which nothing is known say nothing; those that contradict each other leave nothing known. */
function meeting(lines: readonly Line[]): Line {
  const known = lines.filter(({ origin }) => !Number.isNaN(origin));
  const [first] = known;
  if (!first || known.some(({ step, turn }) => step !== first.step || turn !== first.turn)) return LOST;
  return { ...first, origin: known.reduce((sum, { origin }) => sum + origin, 0) / known.length };
}

/** An operator nothing is known of: axes of the same length are taken for the same, but not where their cells lie. */
export const unknown = (first: Placement, from: Shape, to: Shape): Placement | undefined =>
  from.length === to.length
    ? {
        axes: to.map((length: Dimension, at) => (from[at] === length ? first.axes[at]! : other(length))),
        y: LOST,
        x: LOST,
      }
    : undefined;
