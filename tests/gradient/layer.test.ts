import { describe, expect, test } from 'vitest';
import { findLayer } from '../../dist/src/gradient/find-layer.js';
import { defaultLayer, layersOf } from '../../dist/src/gradient/layer.js';
import type { Graph } from '../../dist/src/onnx/graph.js';
import { inferShapes } from '../../dist/src/onnx/infer-shapes.js';
import { noise, toyGraph } from '../toy-model.ts';

/** Two convolutions named as `torch.onnx.export` names them, and a classifier. */
function named(head: 'gemm' | 'convolution' = 'gemm'): Graph {
  const names = ['/layer1/layer1.0/conv1/Conv', '/layer1/layer1.0/relu/Relu', '/layer2/conv/Conv', '/layer2/relu/Relu'];
  const graph = toyGraph({
    inputs: { x: ['N', 3, 8, 8] },
    outputs: ['logits'],
    build: (b) => {
      const weights = (shape: number[]) => b.constant('float32', [...noise(shape, shape[0]).data], shape);
      const first = b.op('Relu', [b.op('Conv', ['x', weights([4, 3, 3, 3])])]);
      const second = b.op('Relu', [b.op('Conv', [first, weights([5, 4, 3, 3])])]);
      if (head === 'convolution') {
        const maps = b.op('Relu', [b.op('Conv', [second, weights([2, 5, 1, 1])])]);
        return b.op('Flatten', [b.op('GlobalAveragePool', [maps])]);
      }
      return b.op('Gemm', [b.op('Flatten', [b.op('GlobalAveragePool', [second])]), weights([5, 2])]);
    },
  });
  const nodes = graph.nodes.map((node, at) => ({ ...node, name: names[at] ?? node.name }));
  return inferShapes({ ...graph, nodes });
}
const outputOf = (graph: Graph, node: string) => graph.nodes.find(({ name }) => name === node)!.outputs[0];
const find = (name: string) => findLayer(named(), 'x', 'logits', name);

describe('the default layer', () => {
  test('is the last feature map before a dense classifier', () => {
    expect(defaultLayer(named(), 'x', 'logits', 'nchw')).toBe(outputOf(named(), '/layer2/relu/Relu'));
  });
  test('is the last feature map before a convolution that makes one map per class', () => {
    expect(defaultLayer(named('convolution'), 'x', 'logits', 'nchw')).toBe(outputOf(named(), '/layer2/relu/Relu'));
  });
  test('is one with the channels in front of the plane', () => {
    const graph = inferShapes(
      toyGraph({
        inputs: { x: ['N', 3, 8, 8] },
        outputs: ['logits'],
        build: (b) => {
          const front = b.op('Conv', ['x', b.constant('float32', [...noise([4, 3, 3, 3]).data], [4, 3, 3, 3])]);
          const last = b.op('Relu', [b.op('Transpose', [front], { perm: [0, 2, 3, 1] })]);
          const pooled = b.op('ReduceMean', [last, b.constant('int64', [1, 2])], { keepdims: 0 });
          return b.op('MatMul', [pooled, b.constant('float32', [...noise([4, 2]).data], [4, 2])]);
        },
      }),
    );
    expect(defaultLayer(graph, 'x', 'logits', 'nchw')).toBe('t0_Conv');
    const roles = layersOf(graph, 'x', 'logits', 'nchw').map(({ operator, role }) => [operator, role]);
    expect(roles.slice(0, 3)).toEqual([
      ['Conv', 'features'],
      ['Transpose', 'features'],
      ['Relu', 'features'],
    ]);
  });
  test('does not exist in a model without feature maps', () => {
    const flat = inferShapes(
      toyGraph({ inputs: { x: ['N', 3, 8, 8] }, outputs: ['y'], build: (b) => b.op('Flatten', ['x']) }),
    );
    expect(() => defaultLayer(flat, 'x', 'y', 'nchw')).toThrowError(expect.objectContaining({ code: 'ERR_LAYER' }));
  });
});

describe('a layer is found by', () => {
  test.each([
    ['the name of a value', 't2_Conv', '/layer2/conv/Conv'],
    ['the name of a node', '/layer1/layer1.0/conv1/Conv', '/layer1/layer1.0/conv1/Conv'],
    ['a unique suffix', 'conv1/Conv', '/layer1/layer1.0/conv1/Conv'],
    ['a PyTorch module', 'layer1', '/layer1/layer1.0/relu/Relu'],
    ['a module inside a sequence', 'layer1.0', '/layer1/layer1.0/relu/Relu'],
    ['a module in a module', 'layer1.0.conv1', '/layer1/layer1.0/conv1/Conv'],
  ])('%s', (_, name, node) => {
    expect(find(name)).toBe(outputOf(named(), node));
  });
});

test.each([
  ['layer7', /'layer7'.*Did you mean/],
  ['Relu', /2 names end.*Did you mean/],
])('%s is no layer, and the error names the nearest', (name, message) => {
  expect(() => find(name)).toThrowError(
    expect.objectContaining({ code: 'ERR_LAYER', message: expect.stringMatching(message) }),
  );
});

test('all layers are listed with shape, role and whether they can be explained', () => {
  const layers = layersOf(named(), 'x', 'logits', 'nchw');
  expect(layers.map(({ operator }) => operator)).toEqual([
    'Conv',
    'Relu',
    'Conv',
    'Relu',
    'GlobalAveragePool',
    'Flatten',
    'Gemm',
  ]);
  expect(layers.map(({ role }) => role)).toEqual([
    'features',
    'features',
    'features',
    'features',
    'value',
    'value',
    'logits',
  ]);
  expect(layers[3]).toMatchObject({ shape: ['N', 5, 4, 4], explainable: true });
  expect(layers[4]).toMatchObject({ shape: ['N', 5, 1, 1], explainable: false });
});

test('feature maps behind which an operator has no gradient cannot be explained', () => {
  const toy = toyGraph({
    inputs: { x: ['N', 3, 4, 4] },
    outputs: ['y'],
    build: (b) => b.op('Flatten', [b.op('Relu', [b.op('Wobble', [b.op('Abs', ['x'])])])]),
  });
  const wobbled = { name: 't1_Wobble', type: 'float32', shape: ['N', 3, 4, 4] } as const;
  const graph = inferShapes({ ...toy, values: new Map([[wobbled.name, wobbled]]) });
  const explainable = layersOf(graph, 'x', 'y', 'nchw').map(({ operator, explainable }) => [operator, explainable]);
  expect(Object.fromEntries(explainable)).toMatchObject({ Abs: false, Wobble: true, Relu: true, Flatten: false });
});

test('whole numbers, as quantised models have them, are no layers', () => {
  const graph = inferShapes(
    toyGraph({
      inputs: { x: ['N', 3, 4, 4] },
      outputs: ['y'],
      build: (b) => {
        const scale = b.constant('float32', 0.1);
        const quantised = b.op('QuantizeLinear', ['x', scale, b.constant('uint8', 3)]);
        return b.op('Flatten', [b.op('DequantizeLinear', [quantised, scale, b.constant('uint8', 3)])]);
      },
    }),
  );
  const roles = layersOf(graph, 'x', 'y', 'nchw').map(({ operator, role, explainable }) => [
    operator,
    role,
    explainable,
  ]);
  expect(roles).toEqual([
    ['QuantizeLinear', 'value', false],
    ['DequantizeLinear', 'features', true],
    ['Flatten', 'logits', false],
  ]);
});
