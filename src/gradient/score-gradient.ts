import type { Activation, ScoreKind } from '../core/score.ts';
import { batchFirst } from '../onnx/batch-first.ts';
import { type Builder, createBuilder } from '../onnx/builder.ts';
import { constantOf } from '../onnx/constants.ts';
import type { Graph, Value } from '../onnx/graph.ts';
import { topological } from '../onnx/topological.ts';
import { algebra } from './algebra.ts';
import { type Backward, backwardGraph } from './backward.ts';
import { classScore } from './class-head.ts';
import { GRADIENT, type Propagation } from './propagation.ts';
import { scoreGraph } from './score-graph.ts';

export interface ScoreGradient {
  /**
   * Its outputs: ∂(score of each row's class)/∂wrt, or what the propagation has in its place, and where `wrt` is an inner
   * value, that value.
   */
  readonly graph: Graph;
  readonly gradient: string;
  /** `wrt`, with the batch as its first axis. */
  readonly value: string;
  /** The input [N] that says each row's class. */
  readonly target: string;
  /** The input that takes the baseline, where the propagation compares with one. */
  readonly reference: string | undefined;
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
  /** Default: the gradient. */
  readonly propagation?: Propagation | undefined;
}

interface Scored {
  readonly graph: Graph;
  /** The logits [N, classes] that are explained. */
  readonly output: string;
  readonly activation: Activation;
  /** The picture input. */
  readonly input: string;
}

/** The graph that computes the gradient of one class's logit or probability for each row. */
export function scoreGradient(
  model: Scored,
  { wrt, batchAxis, score, classes, propagation = GRADIENT }: ScoreGradientRequest,
): ScoreGradient {
  const isWhole = propagation.wholeClassifier || score !== 'logit';
  const alone = isWhole ? undefined : classScore(model.graph, model.output, wrt);
  const scored = alone ?? scoreGraph(model.graph, model.output, score, model.activation);
  const { graph: standing, value } = batchFirst(scored.graph, wrt, batchAxis);
  const { output } = scored;
  const { graph, rules, reference } = propagation.prepare(standing, model.input);
  const { title } = propagation;
  const { graph: backward, seed, gradients, onTheWay } = backwardGraph(graph, { output, wrt: [value], rules, title });
  const target = alone?.target ?? `${seed}/target`;
  const shape = [graph.inputs[0]?.shape?.[0] ?? 'N'];
  const inputs: Value[] = alone ? [] : [{ name: target, type: 'int64', shape }];
  const b = createBuilder(`${seed}/`);
  const chosen = alone ? ones(b, target) : oneHot(b, target, classes);
  const made = propagation.start === 'score' ? b.op('Mul', [chosen, output]) : chosen;
  const end = createBuilder(`${seed}/end/`);
  const arrived = gradients.get(value)!;
  const gradient = propagation.finish?.(arrived, algebra(end), value, reference) ?? arrived;
  const outputs = backward.outputs.map((described) =>
    described.name === arrived ? { ...described, name: gradient } : described,
  );
  const constants = new Map([...backward.constants, ...b.constants, ...end.constants]);
  const given = [...backward.inputs.filter(({ name }) => name !== seed), ...inputs];
  const seedNode = { op: 'Identity', domain: '', name: seed, inputs: [made], outputs: [seed], attributes: {} };
  return {
    graph: {
      ...backward,
      inputs: given,
      outputs,
      nodes: topological(
        [...b.nodes, seedNode, ...backward.nodes, ...end.nodes],
        new Set([...given.map(({ name }) => name), ...constants.keys()]),
        'the backward graph',
      ),
      constants,
    },
    gradient,
    value,
    target,
    reference,
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
