import type { Node, Shape } from '../graph.ts';
import type { Placement } from './placement.ts';

/** A node on the way, with what is known of its inputs and outputs. */
export interface Step {
  readonly node: Node;
  readonly placements: readonly (Placement | undefined)[];
  readonly shapes: readonly (Shape | undefined)[];
  /** Of the first output. */
  readonly shape: Shape;
  readonly outputs: readonly (Shape | undefined)[];
  /** The numbers of a constant input. */
  readonly numbers: (input: number) => readonly number[] | undefined;
}

/** Where an operator's first output has the cells; undefined where that cannot be told. */
export type Move = (step: Step) => Placement | undefined;

/** The moves of operators by name. */
export interface Moves {
  readonly [operator: string]: Move;
}
