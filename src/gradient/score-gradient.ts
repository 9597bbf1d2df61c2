import type { Activation, ScoreKind } from '../core/score.ts';
import { batchFirst } from '../onnx/batch-first.ts';
import { type Builder, createBuilder } from '../onnx/builder.ts';
import { constantOf } from '../onnx/constants.ts';
import type { Graph, Value } from '../onnx/graph.ts';
import { type Backward, backwardGraph } from './backward.ts';
import { classScore } from './class-head.ts';
import { scoreGraph } from './score-graph.ts';

export interface ScoreGradient {
  /** Its outputs: ∂(score of each row's class)/∂wrt, and where `wrt` is an inner value, that value. */
  readonly graph: Graph;
  readonly gradient: string;
  /** `wrt`, with the batch as its first axis. */
  readonly value: string;
  /** The input [N] that says each row's class. */
  readonly target: string;
  /** The forward graph up to the scores that are differentiated. */
  readonly scored: Graph;
  readonly output: string;
  readonly onTheWay: Backward['onTheWay'];
}

export interface ScoreGradientRequest {
  /** The picture input, or an inner value. */
  readonly wrt: string;
  /** Where the batch stands among the axes of `wrt`. */
  readonly batchAxis: number;
  readonly score: ScoreKind;
  readonly classes: number;
}

interface Scored {
  readonly graph: Graph;
  /** The logits [N, classes] that are explained. */
  readonly output: string;
  readonly activation: Activation;
}

/** The graph that computes the gradient of one class's logit or probability for each row. */
export function scoreGradient(model: Scored, { wrt, batchAxis, score, classes }: ScoreGradientRequest): ScoreGradient {
  const alone = score === 'logit' ? classScore(model.graph, model.output, wrt) : undefined;
  const scored = alone ?? scoreGraph(model.graph, model.output, score, model.activation);
  const { graph, value } = batchFirst(scored.graph, wrt, batchAxis);
  const { output } = scored;
  const { graph: backward, seed, gradients, onTheWay } = backwardGraph(graph, { output, wrt: [value] });
  const target = alone?.target ?? `${seed}/target`;
  const shape = [graph.inputs[0]?.shape?.[0] ?? 'N'];
  const inputs: Value[] = alone ? [] : [{ name: target, type: 'int64', shape }];
  const b = createBuilder(`${seed}/`);
  const made = alone ? ones(b, target) : oneHot(b, target, classes);
  const seedNode = { op: 'Identity', domain: '', name: seed, inputs: [made], outputs: [seed], attributes: {} };
  return {
    graph: {
      ...backward,
      inputs: [...backward.inputs.filter(({ name }) => name !== seed), ...inputs],
      nodes: [...b.nodes, seedNode, ...backward.nodes],
      constants: new Map([...backward.constants, ...b.constants]),
    },
    gradient: gradients.get(value)!,
    value,
    target,
    scored: graph,
    output,
    onTheWay,
  };
}

/** [N, classes] */
const oneHot = (b: Builder, target: string, classes: number) =>
  b.op('OneHot', [target, b.constant('int64', [classes]), b.constant('float32', [0, 1])], { axis: 1 });

/** [N, 1] */
const ones = (b: Builder, target: string) =>
  b.op('ConstantOfShape', [b.op('Concat', [b.op('Shape', [target]), b.constant('int64', [1])], { axis: 0 })], {
    value: constantOf('float32', [1], [1]),
  });
