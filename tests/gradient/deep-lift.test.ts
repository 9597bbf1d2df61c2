/** DeepLIFT accounts for the whole difference of the scores, through each operator that it has a rule for. */
import { describe, expect, test } from 'vitest';
import { besideReference } from '../../dist/src/gradient/deep-lift/beside-reference.js';
import { deepLift } from '../../dist/src/gradient/deep-lift.js';
import { type Builder, float } from '../../dist/src/onnx/builder.js';
import { inferShapes } from '../../dist/src/onnx/infer-shapes.js';
import { cosine, relativeError } from '../distance.ts';
import { noise, toyGraph } from '../toy-model.ts';
import { dense, image, sum, toyLoader, weights } from './relevance-toys.ts';

const load = toyLoader();
const number = (b: Builder, value: number) => b.constant('float32', value);
/** Networks with a part that DeepLIFT has a rule for, and how many values it gives; the sum must be right whatever lies between. */
const PARTS: { readonly [name: string]: readonly [size: number, build: (b: Builder) => string] } = {
  'activations after a convolution': [
    144,
    (b) => {
      const convolved = b.op('Conv', ['x', weights(b, [4, 3, 3, 3], 3)], { pads: [1, 1, 1, 1] });
      const made = ['Relu', 'Sigmoid', 'Tanh', 'Elu', 'Softplus', 'HardSwish', 'Gelu', 'Mish', 'Selu', 'LeakyRelu'];
      return b.op(
        'Sum',
        made.map((op) => b.op(op, [convolved])),
      );
    },
  ],
  'overlapping maxima': [48, (b) => b.op('MaxPool', ['x'], { kernel_shape: [3, 3], strides: [1, 1] })],
  'the maximum of a plane': [3, (b) => b.op('GlobalMaxPool', [b.op('Exp', ['x'])])],
  'means of rectified values': [
    27,
    (b) => b.op('AveragePool', [b.op('Relu', ['x'])], { kernel_shape: [2, 2], strides: [2, 2] }),
  ],
  'a gate (squeeze and excitation)': [
    108,
    (b) => b.op('Mul', ['x', b.op('Sigmoid', [b.op('GlobalAveragePool', ['x'])])]),
  ],
  'a square': [108, (b) => b.op('Mul', ['x', 'x'])],
  'a power, shifted': [
    108,
    (b) => b.op('Pow', [b.op('Sub', ['x', weights(b, [3, 1, 1], 5)]), b.constant('float32', 2)]),
  ],
  'a quotient': [108, (b) => b.op('Div', ['x', b.op('Add', [b.op('Exp', ['x']), b.constant('float32', 1)])])],
  'a quotient whose divisor changes its sign': [
    108,
    (b) => b.op('Div', [b.op('Cos', ['x']), b.op('Sub', ['x', number(b, 0.0123)])]),
  ],
  'a softmax': [108, (b) => b.op('Softmax', [b.op('Mul', ['x', b.constant('float32', 3)])])],
  attention: [
    108,
    (b) => {
      const scores = b.op('MatMul', ['x', b.op('Transpose', ['x'], { perm: [0, 1, 3, 2] })]);
      return b.op('MatMul', [b.op('Softmax', [scores]), 'x']);
    },
  ],
  'a layer normalisation': [108, (b) => b.op('LayerNormalization', ['x', weights(b, [6], 3), weights(b, [6], 4)])],
  'normalisations, by channel and group': [
    108,
    (b) => {
      const planes = b.op('InstanceNormalization', ['x', weights(b, [3], 3), weights(b, [3], 4)]);
      return b.op('GroupNormalization', [planes, weights(b, [3], 5), weights(b, [3], 6)], { num_groups: 3 });
    },
  ],
  'normalisations without a mean': [
    108,
    (b) =>
      b.op('MeanVarianceNormalization', [b.op('SimplifiedLayerNormalization', ['x', weights(b, [6], 3)])], {
        axes: [1, 2, 3],
      }),
  ],
  'a response normalised over channels': [
    108,
    (b) => b.op('LRN', ['x'], { size: 3, alpha: float(0.9), beta: float(0.75), bias: float(1) }),
  ],
  'a choice that the picture makes': [
    108,
    (b) => b.op('Where', [b.op('Greater', ['x', number(b, 0.05)]), b.op('Exp', ['x']), b.op('Sin', ['x'])]),
  ],
  'a choice among a constant and a value': [
    108,
    (b) => b.op('Where', [b.op('Less', ['x', number(b, 0)]), number(b, -2), 'x']),
  ],
  'a choice that is made beforehand': [
    108,
    (b) => b.op('Where', [b.constant('bool', [1, 0, 1, 0, 0, 1], [6]), b.op('Exp', ['x']), 'x']),
  ],
  'the larger and the smaller of two': [
    108,
    (b) => b.op('Max', [b.op('Sin', ['x']), b.op('Min', [b.op('Cos', ['x']), b.op('GlobalAveragePool', ['x'])])]),
  ],
  'a slope that the picture sets': [108, (b) => b.op('PRelu', ['x', b.op('GlobalAveragePool', ['x'])])],
  'a power of the picture': [108, (b) => b.op('Pow', [b.op('Exp', ['x']), b.op('Sin', ['x'])])],
  'extremes of rows': [
    36,
    (b) =>
      b.op(
        'Concat',
        ['ReduceMax', 'ReduceMin'].map((op) => b.op(op, ['x', b.constant('int64', [3])])),
        { axis: 3 },
      ),
  ],
  'norms of rows': [
    72,
    (b) => {
      const reduced = ['ReduceL1', 'ReduceL2', 'ReduceSumSquare', 'ReduceLogSumExp'];
      const rows = reduced.map((op) => b.op(op, ['x', b.constant('int64', [-1])], { keepdims: 0 }));
      return b.op('Concat', rows, { axis: 1 });
    },
  ],
  'the norm of nothing': [
    108,
    (b) => {
      const cut = b.op('Relu', [b.op('Sub', ['x', number(b, 0.5)])]);
      const norm = b.op('Clip', [b.op('ReduceL2', [cut, b.constant('int64', [3])]), number(b, 0.01)]);
      return b.op('Div', [cut, norm]);
    },
  ],
  'logarithms of probabilities': [108, (b) => b.op('LogSoftmax', [b.op('Mul', ['x', number(b, 3)])])],
  'attention under a mask': [
    108,
    (b) => {
      const scores = b.op('Einsum', ['x', 'x'], { equation: 'ncij,nckj->ncik' });
      const mask = Array.from({ length: 36 }, (_, at) => (at % 6 > Math.floor(at / 6) ? -Infinity : 0));
      const masked = b.op('Add', [scores, b.constant('float32', mask, [6, 6])]);
      return b.op('MatMul', [b.op('Softmax', [masked]), 'x']);
    },
  ],
  'values put in the place of others': [
    108,
    (b) => {
      const ints = (...values: number[]) => b.constant('int64', values);
      const some = b.op('Slice', [b.op('Exp', ['x']), ints(0, 0), ints(1, 2), ints(1, 3)]);
      const places = b.op('Expand', [b.constant('int64', [0, 2], [1, 1, 1, 2]), b.op('Shape', [some])]);
      return b.op('ScatterElements', ['x', places, some], { axis: 3 });
    },
  ],
};

describe('DeepLIFT adds up to f(x) − f(x′)', () => {
  test.each(Object.entries(PARTS))('through %s', async (_, [size, build]) => {
    await using model = await load((b) => dense(b, build(b), size));
    for (const baseline of [0.1, -0.7]) {
      const found = await deepLift(model, image, { target: 1, baseline });
      const total = sum(found.data.map(Math.abs));
      expect(total).toBeGreaterThan(0.01);
      expect(Math.abs(found.convergenceDelta!)).toBeLessThan(2e-5 * total);
    }
  });

  test('through normalisations of a reference that has nothing to normalise, without blowing up', async () => {
    await using model = await load((b) => {
      const norm = (h: string) => b.op('LayerNormalization', [h, weights(b, [6], 3)], { epsilon: float(1e-12) });
      return dense(b, ['a', 'b', 'c', 'd'].reduce(norm, 'x'), 108);
    });
    const { data, convergenceDelta } = await deepLift(model, image, { target: 1 });
    expect(sum(data.map(Math.abs))).toBeLessThan(1000); // 10²⁰ if 1/σ′ were a factor
    expect(Math.abs(convergenceDelta!)).toBeLessThan(1e-4);
  });

  test('through a softmax, from a reference that is far away', async () => {
    await using model = await load((b) => dense(b, b.op('Softmax', ['x']), 108));
    const { data, convergenceDelta } = await deepLift(model, image, { target: 1, baseline: 'noise' });
    expect(Math.abs(convergenceDelta!)).toBeLessThan(2e-5 * sum(data.map(Math.abs)));
  });

  test('of a probability too', async () => {
    await using model = await load((b) => dense(b, b.op('Relu', ['x']), 108));
    const { convergenceDelta, scoreKind } = await deepLift(model, image, { target: 1, score: 'probability' });
    expect(scoreKind).toBe('probability');
    expect(Math.abs(convergenceDelta!)).toBeLessThan(1e-5);
  });
});

test('operators without a rule are named together', async () => {
  await using lifted = await load((b) => dense(b, b.op('ReduceProd', ['x', b.constant('int64', [1])]), 36));
  await expect(deepLift(lifted, image, { target: 1 })).rejects.toThrow(/^DeepLIFT: .*1 × ReduceProd/);
});

test('a model that is quantised as it runs is explained nearly as with floats', async () => {
  const W = [...noise([36], 4).data].map((value) => Math.round(value * 127));
  const rest = (b: Builder, product: string) =>
    dense(b, b.op('Relu', [b.op('Mul', [product, number(b, 1 / 127)])]), 108);
  await using whole = await load((b) => {
    const [q, scale, zero] = b.ops(3, 'DynamicQuantizeLinear', ['x']) as [string, string, string];
    const sums = b.op('Cast', [b.op('MatMulInteger', [q, b.constant('int8', W, [6, 6]), zero])], { to: 1 });
    return rest(b, b.op('Mul', [sums, scale]));
  });
  await using float = await load((b) => rest(b, b.op('MatMul', ['x', b.constant('float32', W, [6, 6])])));
  const options = { target: 1, baseline: 0.3 };
  const [found, wanted] = [await deepLift(whole, image, options), await deepLift(float, image, options)];
  expect(cosine(found.data, wanted.data)).toBeGreaterThan(0.99);
  expect(Math.abs(found.convergenceDelta!)).toBeLessThan(0.01 * sum(wanted.data.map(Math.abs)));
});

describe('one row of the reference serves a whole batch', () => {
  const network = (b: Builder) => {
    const features = b.op('Relu', [b.op('Conv', ['x', weights(b, [6, 3, 3, 3], 3)], { pads: [1, 1, 1, 1] })]);
    const pooled = b.op('MaxPool', [features], { kernel_shape: [3, 3] });
    return dense(b, b.op('Mul', [pooled, b.op('Sigmoid', [b.op('GlobalAveragePool', [features])])]), 96);
  };
  const graphOf = (shape: (number | string)[], build = network) =>
    inferShapes(toyGraph({ inputs: { x: shape }, outputs: ['scores'], build }));

  test('where each value has one axis for it', () => {
    expect(besideReference(graphOf(['N', 3, 6, 6]), 'x').isOneRow).toBe(true);
    expect(besideReference(graphOf([1, 3, 6, 6]), 'x').isOneRow).toBe(false);
    const joined = (b: Builder) => {
      const windows = b.op('Softmax', [b.op('Reshape', ['x', b.constant('int64', [-1, 6])])]);
      return dense(b, b.op('Reshape', [windows, b.op('Shape', ['x'])]), 108);
    };
    expect(besideReference(graphOf(['N', 3, 6, 6], joined), 'x').isOneRow).toBe(false);
  });

  test('with the values that a row for each gives', async () => {
    await using shared = await load(network);
    await using own = await load(network, { shape: [1, 3, 6, 6] });
    const options = { targets: [0, 1, 2], baseline: 'noise', seed: 3 } as const;
    const [found, wanted] = [await deepLift(shared, image, options), await deepLift(own, image, options)];
    for (const [at, { data }] of found.entries()) expect(relativeError(data, wanted[at]!.data)).toBeLessThan(1e-5);
  });
});
