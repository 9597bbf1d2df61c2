import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { classScore } from '../../dist/src/gradient/class-head.js';
import { scoreGradient } from '../../dist/src/gradient/score-gradient.js';
import type { Builder } from '../../dist/src/onnx/builder.js';
import type { Graph } from '../../dist/src/onnx/graph.js';
import { inferShapes } from '../../dist/src/onnx/infer-shapes.js';
import { writeModel } from '../../dist/src/onnx/write.js';
import { noise, toyGraph } from '../toy-model.ts';

const CLASSES = 5;

interface Head {
  readonly kernel?: readonly number[];
  readonly attributes?: { readonly [name: string]: readonly number[] | number };
  readonly bias?: boolean;
  readonly rows?: number | string;
  /** From the convolution's output to the scores. */
  readonly after?: (b: Builder, scores: string) => string;
}

const pooled = (b: Builder, scores: string) => b.op('Flatten', [b.op('GlobalAveragePool', [b.op('Relu', [scores])])]);

/** A 3×3 convolution, and behind it a head like SqueezeNet's. */
function classifier({ kernel = [1, 1], attributes = {}, bias = true, rows = 'N', after = pooled }: Head = {}): Graph {
  const graph = toyGraph({
    inputs: { x: [rows, 2, 6, 6] },
    outputs: ['logits'],
    build(b) {
      const weights = (shape: readonly number[], seed: number) =>
        b.constant('float32', [...noise(shape, seed).data], shape);
      const features = b.op('Sigmoid', [b.op('Conv', ['x', weights([4, 2, 3, 3], 2)])]);
      const channels = 4 / ((attributes.group as number | undefined) ?? 1);
      const filters = [features, weights([CLASSES - (CLASSES % (4 / channels)), channels, ...kernel], 3)];
      const scores = b.op('Conv', bias ? [...filters, weights([CLASSES], 4)] : filters, attributes);
      return after(b, scores);
    },
  });
  return inferShapes(graph);
}

const features = (graph: Graph) => graph.nodes[1]!.outputs[0]!;
const scores = (graph: Graph) => graph.nodes[2]!.outputs[0]!;

/** The gradient for the classes 3 and 1 of two pictures. */
async function gradientOf(graph: Graph, wrt: string): Promise<Float32Array> {
  const request = { wrt, batchAxis: 0, score: 'logit', classes: CLASSES } as const;
  const model = { graph, input: 'x', output: 'logits', activation: 'softmax' } as const;
  const { graph: backward, gradient, target } = scoreGradient(model, request);
  const session = await InferenceSession.create(writeModel(backward), { logSeverityLevel: 3 });
  const { data, shape } = noise([2, 2, 6, 6], 11);
  const feeds = { x: new Tensor('float32', data, shape), [target]: new Tensor('int64', BigInt64Array.of(3n, 1n), [2]) };
  return (await session.run(feeds, [gradient]))[gradient]!.data as Float32Array;
}

/** The same graph, whose head is not known for what it is. */
const disguised = (graph: Graph): Graph =>
  inferShapes({
    ...graph,
    outputs: [{ ...graph.outputs[0]!, name: 'logits' }],
    nodes: [
      ...graph.nodes.map((node) => ({
        ...node,
        outputs: node.outputs.map((name) => (name === 'logits' ? 'z' : name)),
      })),
      { op: 'Neg', domain: '', name: '', inputs: ['z'], outputs: ['-z'], attributes: {} },
      { op: 'Neg', domain: '', name: '', inputs: ['-z'], outputs: ['logits'], attributes: {} },
    ],
  });

describe("one class's map alone gives the same gradient", () => {
  test.each<[string, Head]>([
    ['Relu, GlobalAveragePool, Flatten', {}],
    ['no bias', { bias: false }],
    ['a fixed batch', { rows: 2 }],
    [
      'AveragePool and Reshape',
      {
        after: (b, scores) =>
          b.op('Reshape', [b.op('AveragePool', [scores], { kernel_shape: [4, 4] }), b.constant('int64', [0, -1])]),
      },
    ],
    [
      'Dropout, GlobalMaxPool and Squeeze',
      {
        after: (b, scores) =>
          b.op('Squeeze', [b.op('GlobalMaxPool', [b.op('Dropout', [scores])]), b.constant('int64', [2, 3])]),
      },
    ],
  ])('%s', async (_, head) => {
    const graph = classifier(head);
    expect(classScore(graph, 'logits', 'x')).toBeDefined();
    for (const wrt of ['x', features(graph)]) {
      const [alone, whole] = [await gradientOf(graph, wrt), await gradientOf(disguised(graph), wrt)];
      const scale = Math.max(...whole.map(Math.abs));
      expect(scale).toBeGreaterThan(0);
      expect(Math.max(...alone.map((value, at) => Math.abs(value - whole[at]!)))).toBeLessThan(1e-5 * scale);
    }
  });
});

describe('all maps are kept where', () => {
  test('a value of the head itself is asked for', () => {
    const graph = classifier();
    for (const node of graph.nodes.slice(2)) expect(classScore(graph, 'logits', node.outputs[0]!)).toBeUndefined();
    expect(classScore(graph, 'logits', features(graph))).toBeDefined();
  });

  test.each<[string, Head]>([
    ['the windows are larger than a pixel', { kernel: [3, 3] }],
    ['the windows leave pixels out', { attributes: { strides: [2, 2] } }],
    ['there are pads', { attributes: { pads: [1, 1, 1, 1] } }],
    ['there are groups', { attributes: { group: 2 }, bias: false }],
    [
      'the maps are normalised over the classes',
      { after: (b, scores) => pooled(b, b.op('Softmax', [scores], { axis: 1 })) },
    ],
    ['the maps are mixed', { after: (b, scores) => pooled(b, b.op('Transpose', [scores], { perm: [0, 2, 1, 3] })) }],
    ['pixels become classes', { after: (b, scores) => b.op('Flatten', [scores]) }],
    ['the maps are read twice', { after: (b, scores) => pooled(b, b.op('Mul', [scores, b.op('Sigmoid', [scores])])) }],
    [
      'a map beside them reads them too',
      {
        after: (b, scores) =>
          b.op('Add', [pooled(b, scores), b.op('ReduceMax', [scores, b.constant('int64', [1, 2, 3])])]),
      },
    ],
  ])('%s', (_, head) => {
    expect(classScore(classifier(head), 'logits', 'x')).toBeUndefined();
  });

  test('the probability is explained', () => {
    const graph = classifier();
    const request = { wrt: 'x', batchAxis: 0, score: 'probability', classes: CLASSES } as const;
    const { scored } = scoreGradient({ graph, input: 'x', output: 'logits', activation: 'softmax' }, request);
    expect(scored.nodes.map(({ outputs }) => outputs[0])).toContain(scores(graph));
  });
});
