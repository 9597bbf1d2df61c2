import { createBuilder } from './builder.ts';
import type { ClassifierGraph } from './classifier.ts';
import { numberOfType } from './element-type.ts';
import { extend } from './extend.ts';
import type { Graph, Node } from './graph.ts';
import { inferShapes } from './infer-shapes.ts';
import { namesOf, renamed } from './names.ts';
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
  const free = namesOf(graph);
  const given = free.values.claim(LOGITS);
  const b = createBuilder(`${given}/`);
  const scores = inferShapes(graph).values.get(classifier.logits);
  const rank = scores?.shape?.length;
  const isSingle = scores === undefined || scores.type === 'float32' || scores.type === 'other';
  const single = isSingle ? classifier.logits : b.op('Cast', [classifier.logits], { to: FLOAT });
  const rows = rank === 1 ? b.op('Unsqueeze', [single, b.constant('int64', [0])]) : single;
  const flat = rank === 1 || rank === 2 ? rows : b.op('Flatten', [rows]);
  const logits = classifier.binary ? b.op('Concat', [b.op('Neg', [flat]), flat], { axis: 1 }) : flat;
  const extended = extend(graph, b);
  // Only a model that was itself made by this function has a value of this name, which then gets another.
  const names = new Map([[LOGITS, given]]);
  const last: Node = {
    ...{ op: 'Identity', domain: '', name: free.nodes.claim(LOGITS), attributes: {} },
    ...{ inputs: [names.get(logits) ?? logits], outputs: [LOGITS] },
  };
  const shape = [classifier.fixedBatch ?? 'N', classifier.classes ?? 'classes'];
  const whole = {
    ...extended,
    nodes: [...renamed(extended.nodes, names), last],
    outputs: [{ name: LOGITS, type: 'float32' as const, shape }],
  };
  return prune(whole, [LOGITS]);
}
