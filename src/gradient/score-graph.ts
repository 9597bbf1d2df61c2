import type { Activation, ScoreKind } from '../core/score.ts';
import { createBuilder } from '../onnx/builder.ts';
import { extend } from '../onnx/extend.ts';
import type { Graph } from '../onnx/graph.ts';

/** The graph whose `output` [N, classes] is the score that is explained: the logits, or the probabilities after them. */
export function scoreGraph(
  graph: Graph,
  logits: string,
  score: ScoreKind,
  activation: Activation,
): { graph: Graph; output: string } {
  if (score === 'logit') return { graph, output: logits };
  const b = createBuilder(`${logits}/probability`);
  const output = activation === 'softmax' ? b.op('Softmax', [logits]) : b.op('Sigmoid', [logits]);
  const value = { name: output, type: 'float32', shape: graph.values.get(logits)?.shape } as const;
  const extended = extend(graph, b, { outputs: [value] });
  return { graph: { ...extended, values: new Map([...graph.values, [output, value]]) }, output };
}
