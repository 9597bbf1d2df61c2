import type { ClassifierGraph } from './classifier.ts';
import { decompose } from './decompose.ts';
import { floatPicture } from './float-picture.ts';
import { fold } from './fold.ts';
import type { Graph } from './graph.ts';
import { inferShapes } from './infer-shapes.ts';
import { pictureShapes } from './picture-shapes.ts';
import { singlePrecision } from './single-precision.ts';
import { unroundedScores } from './unrounded-scores.ts';
import { LOGITS, withLogits } from './with-logits.ts';

/**
 * The graph that gradients are taken of: from a picture of floats to the logits, in single precision, of the operators that
 * have gradient rules, with shapes inferred.
 * @param graph of the internal opset
 * @param size of the pictures, where the graph leaves it open
 */
export function differentiableGraph(
  graph: Graph,
  classifier: ClassifierGraph,
  size: { readonly height: number; readonly width: number },
): Graph {
  const shapes = pictureShapes(classifier, size);
  const floats = singlePrecision(floatPicture(graph, classifier.input));
  const whole = fold(withLogits(floats, classifier), shapes);
  return inferShapes(unroundedScores(decompose(whole, shapes), LOGITS), shapes);
}
