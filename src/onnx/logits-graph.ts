import type { ClassifierGraph } from './classifier.ts';
import { fold } from './fold.ts';
import type { Graph } from './graph.ts';
import { inferShapes } from './infer-shapes.ts';
import { pictureShapes } from './picture-shapes.ts';
import { withLogits } from './with-logits.ts';

type Size = { readonly height: number; readonly width: number };

/**
 * The graph as it is up to the logits, its only output, for pictures of one size, with shapes inferred. Yields now and then, as the
 * thread may have other work.
 * @param graph of the internal opset
 */
export function* logitsGraph(graph: Graph, classifier: ClassifierGraph, size: Size): Generator<void, Graph, void> {
  const shapes = pictureShapes(classifier, size);
  const whole = withLogits(graph, classifier);
  yield;
  const folded = fold(whole, shapes);
  yield;
  return inferShapes(folded, shapes);
}
