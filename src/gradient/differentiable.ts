import type { Classifier } from '../core/predictor.ts';
import type { Layout } from '../onnx/classifier.ts';
import type { Graph } from '../onnx/graph.ts';
import type { Weights } from '../onnx/weights-in-file.ts';
import type { Pool } from '../workers/pool.ts';

/** A classifier whose graph is at hand: what gradient methods take as `model`. */
export interface Differentiable extends Classifier {
  /** Of the internal opset, with shapes inferred and one output, the logits [N, classes]. */
  readonly graph: Graph;
  /** The graph's picture input. */
  readonly input: string;
  readonly layout: Layout;
  /** The graph's output: the logits. */
  readonly output: string;
  /** Where the weights lie that the graph only refers to. */
  readonly weights?: Weights | undefined;
  /** Runs a graph on perturbed pictures and sums its outputs over groups of rows. */
  readonly sums: Pool['sums'];
  /** Runs what lies behind a layer, with channels of the layer taken away. */
  readonly ablations: Pool['ablations'];
}
