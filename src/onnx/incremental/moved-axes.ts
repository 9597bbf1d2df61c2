/** Operators that move axes, or pick from those beside the cells, and leave each cell what it is. */
import { numberAttribute, numbersAttribute } from '../attributes.ts';
import { numbersOf } from '../constants.ts';
import type { Graph, Node } from '../graph.ts';
import { axisOf } from '../shapes/rule.ts';
import { type Grid, isBesideCells } from './grid.ts';

interface Axes {
  readonly y: number;
  readonly x: number;
}

/** Where the cells stand in the result of a node; undefined where it moves more than axes. */
export function movedAxes(graph: Graph, node: Node, from: Grid): Axes | undefined {
  const numbers = (at: number) => {
    const constant = graph.constants.get(node.inputs[at] ?? '');
    return constant && numbersOf(constant);
  };
  const rank = graph.values.get(node.outputs[0]!)?.shape?.length ?? 0;
  switch (node.op) {
    case 'Transpose': {
      const order = numbersAttribute(
        node,
        'perm',
        Array.from({ length: rank }, (_, axis) => rank - 1 - axis),
      );
      return order[0] === 0 ? { y: order.indexOf(from.y), x: order.indexOf(from.x) } : undefined;
    }
    case 'Gather': {
      const axis = axisOf(numberAttribute(node, 'axis', 0), from.rank);
      const moved = (own: number) => (own > axis ? own + rank - from.rank : own);
      return numbers(1) && isBesideCells(axis, from) ? { y: moved(from.y), x: moved(from.x) } : undefined;
    }
    case 'Slice': {
      const axes = numbers(3)?.map((axis) => axisOf(axis, rank));
      return axes?.every((axis) => isBesideCells(axis, from)) ? from : undefined;
    }
    case 'Unsqueeze':
    case 'Squeeze': {
      const [longer, axes] = [
        Math.max(rank, from.rank),
        numbers(1)?.map((axis) => axisOf(axis, Math.max(rank, from.rank))),
      ];
      const others = Array.from({ length: longer }, (_, axis) => axis).filter((axis) => !axes?.includes(axis));
      if (!axes || others[0] !== 0) return undefined;
      if (node.op === 'Unsqueeze') return { y: others[from.y]!, x: others[from.x]! };
      return { y: others.indexOf(from.y), x: others.indexOf(from.x) };
    }
    default:
      return undefined;
  }
}
