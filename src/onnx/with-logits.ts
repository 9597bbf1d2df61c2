import { createBuilder } from './builder.ts';
import type { ClassifierGraph } from './classifier.ts';
import { numberOfType } from './element-type.ts';
import { extend } from './extend.ts';
import type { Graph } from './graph.ts';
import { inferShapes } from './infer-shapes.ts';
import { prune } from './prune.ts';

/** The only output of a graph made by `withLogits`. */
export const LOGITS = 'onnx_explain_logits';

const FLOAT = numberOfType('float32');

/**
 * The graph with one output `onnx_explain_logits` of shape [N, classes], and nothing that it does not need:
 * single precision, flattened where it has further axes, and the pair (−z, z) where one number z tells two classes apart.
 * @example
 * const graph = upgrade(await readGraph('resnet18.onnx'));
 * const differentiable = withLogits(graph, classifierOf(graph));
 */
export function withLogits(graph: Graph, classifier: ClassifierGraph): Graph {
  const b = createBuilder(`${LOGITS}/`);
  const scores = inferShapes(graph).values.get(classifier.logits);
  const rank = scores?.shape?.length;
  const isSingle = scores === undefined || scores.type === 'float32' || scores.type === 'other';
  const single = isSingle ? classifier.logits : b.op('Cast', [classifier.logits], { to: FLOAT });
  const rows = rank === 1 ? b.op('Unsqueeze', [single, b.constant('int64', [0])]) : single;
  const flat = rank === 1 || rank === 2 ? rows : b.op('Flatten', [rows]);
  const logits = classifier.binary ? b.op('Concat', [b.op('Neg', [flat]), flat], { axis: 1 }) : flat;
  const extended = extend(graph, b);
  const last = { op: 'Identity', domain: '', name: LOGITS, inputs: [logits], outputs: [LOGITS], attributes: {} };
  const shape = [classifier.fixedBatch ?? 'N', classifier.classes ?? 'classes'];
  const whole = {
    ...extended,
    nodes: [...extended.nodes, last],
    outputs: [{ name: LOGITS, type: 'float32' as const, shape }],
  };
  return prune(whole, [LOGITS]);
}
