import type { ClassifierGraph } from './classifier.ts';
import { fold } from './fold.ts';
import type { Graph } from './graph.ts';
import { inferShapes } from './infer-shapes.ts';
import { pictureShapes } from './picture-shapes.ts';
import { withLogits } from './with-logits.ts';

/**
 * The graph as it is up to the logits, its only output, for pictures of one size, with shapes inferred.
 * @param graph of the internal opset
 */
export function logitsGraph(
  graph: Graph,
  classifier: ClassifierGraph,
  size: { readonly height: number; readonly width: number },
): Graph {
  const shapes = pictureShapes(classifier, size);
  return inferShapes(fold(withLogits(graph, classifier), shapes), shapes);
}
