import type { ClassifierGraph } from './classifier.ts';
import { fold } from './fold.ts';
import type { Graph } from './graph.ts';
import { inferShapes } from './infer-shapes.ts';
import { withLogits } from './with-logits.ts';

/**
 * The graph as it is up to the logits, its only output, for pictures of one size, with shapes inferred.
 * @param graph of the internal opset
 */
export function scoreGraph(
  graph: Graph,
  classifier: ClassifierGraph,
  { height, width }: { readonly height: number; readonly width: number },
): Graph {
  const { input, layout, channels, fixedBatch } = classifier;
  const size = layout === 'nchw' ? [channels, height, width] : [height, width, channels];
  const shapes = { [input.name]: [fixedBatch ?? 'N', ...size] };
  return inferShapes(fold(withLogits(graph, classifier), shapes), shapes);
}
