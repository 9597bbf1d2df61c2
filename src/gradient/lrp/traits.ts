/** What LRP's rules want to know of a value from afar. */
import type { Graph } from '../../onnx/graph.ts';
import { gateValues } from './gates.ts';
import { nonNegativeValues } from './non-negative.ts';
import { rawValues } from './raw-values.ts';

export interface Traits {
  /** Made of the picture without weights. */
  readonly raw: ReadonlySet<string>;
  readonly gates: ReadonlySet<string>;
  /** Never below 0. */
  readonly nonNegative: ReadonlySet<string>;
}

export const traitsOf = (graph: Graph, input: string, attention: Attention): Traits => ({
  raw: rawValues(graph, input),
  gates: gateValues(graph, input, attention === 'constant'),
  nonNegative: nonNegativeValues(graph),
});

export const ATTENTIONS = ['constant', 'attn-lrp'] as const;
/** How attention shares: its probabilities count as constants, or take their half. */
export type Attention = (typeof ATTENTIONS)[number];
