/** Relevance is conserved, through each operator that has a rule, and goes where the rule says. */
import { describe, expect, test } from 'vitest';
import { inputXGradient } from '../../dist/src/gradient/input-x-gradient.js';
import { nonNegativeValues } from '../../dist/src/gradient/lrp/non-negative.js';
import { lrp } from '../../dist/src/gradient/lrp.js';
import { type Builder, float } from '../../dist/src/onnx/builder.js';
import { relativeError } from '../distance.ts';
import { noise, toyGraph } from '../toy-model.ts';
import { dense, image, sum, toyLoader, weights } from './relevance-toys.ts';

const load = toyLoader();
const number = (b: Builder, value: number) => b.constant('float32', value);
const axes = (b: Builder, ...values: number[]) => b.constant('int64', values);
const zeros = (b: Builder, count: number) => b.constant('float32', Array(count).fill(0));
/** −∞ above the diagonal. */
const triangle = (b: Builder) =>
  b.constant(
    'float32',
    Array.from({ length: 36 }, (_, at) => (at % 6 > Math.floor(at / 6) ? -Infinity : 0)),
    [6, 6],
  );
const transposed = (b: Builder, x: string) => b.op('Transpose', [x], { perm: [0, 1, 3, 2] });
/** Features that carry relevance of either sign: a layer, so that what follows is behind weights. */
const features = (b: Builder) => b.op('Conv', ['x', weights(b, [3, 3, 3, 3], 3)], { pads: [1, 1, 1, 1] });

type Part = readonly [size: number, build: (b: Builder, h: string) => string];

/** By group: parts of networks, how many values they give, and how they are made of features [N, 3, 6, 6]. */
const CONSERVING: { readonly [name: string]: Part } = {
  'a layer normalisation': [108, (b, h) => b.op('LayerNormalization', [h, weights(b, [6], 3), zeros(b, 6)])],
  'a root mean square': [108, (b, h) => b.op('SimplifiedLayerNormalization', [h, weights(b, [6], 3)])],
  'a normalisation of planes': [108, (b, h) => b.op('InstanceNormalization', [h, weights(b, [3], 3), zeros(b, 3)])],
  'a normalisation of groups': [
    108,
    (b, h) => b.op('GroupNormalization', [h, weights(b, [3], 3), zeros(b, 3)], { num_groups: 1 }),
  ],
  'mean and variance': [108, (b, h) => b.op('MeanVarianceNormalization', [h], { axes: [1, 2, 3] })],
  'a unit vector': [108, (b, h) => b.op('LpNormalization', [h], { axis: 1, p: 2 })],
  'a unit vector, taken apart': [108, (b, h) => b.op('Div', [h, b.op('ReduceL2', [h, axes(b, 1)])])],
  'a root mean square, taken apart': [
    108,
    (b, h) => {
      const square = b.op('ReduceMean', [b.op('Pow', [h, number(b, 2)]), axes(b, -1)]);
      return b.op('Mul', [h, b.op('Reciprocal', [b.op('Sqrt', [square])])]);
    },
  ],
  'a negative power': [
    108,
    (b, h) => b.op('Mul', [h, b.op('Pow', [b.op('Add', [b.op('Exp', [h]), number(b, 1)]), number(b, -0.5)])]),
  ],
  attention: [108, (b, h) => b.op('MatMul', [b.op('Softmax', [b.op('MatMul', [h, transposed(b, h)])]), h])],
  'attention by equation': [
    108,
    (b, h) => {
      const scores = b.op('Einsum', [h, h], { equation: 'ncij,nckj->ncik' });
      const scaled = b.op('Mul', [scores, number(b, 0.5)]);
      return b.op('Einsum', [b.op('Softmax', [scaled]), h], { equation: 'ncik,nckj->ncij' });
    },
  ],
  'a product of matrices without gates': [108, (b, h) => b.op('MatMul', [h, transposed(b, b.op('Exp', [h]))])],
  'Swish and GELU, taken apart': [
    108,
    (b, h) => {
      const bell = b.op('Add', [b.op('Erf', [b.op('Div', [h, number(b, Math.SQRT2)])]), number(b, 1)]);
      const gelu = b.op('Mul', [b.op('Mul', [h, bell]), number(b, 0.5)]);
      return b.op('Mul', [gelu, b.op('Sigmoid', [gelu])]);
    },
  ],
  'a Swish of one’s own': [
    108,
    (b, h) => b.op('Div', [h, b.op('Add', [b.op('Exp', [b.op('Neg', [h])]), number(b, 1)])]),
  ],
  'activations as operators': [
    108,
    (b, h) =>
      b.op(
        'Sum',
        ['Gelu', 'HardSwish', 'Mish', 'Elu', 'Abs', 'Exp', 'Sin'].map((op) => b.op(op, [h])),
      ),
  ],
  'a gate of channels, repeated': [
    108,
    (b, h) => {
      const gate = b.op('Sigmoid', [b.op('GlobalAveragePool', [h])]);
      return b.op('Mul', [h, b.op('Expand', [gate, b.op('Shape', [h])])]);
    },
  ],
  'a gated layer': [108, (b, h) => b.op('Mul', [b.op('Exp', [h]), b.op('Abs', [h])])],
  'a value times itself': [108, (b, h) => b.op('Mul', [h, h])],
  'a choice': [108, (b, h) => b.op('Where', [b.op('Greater', [h, number(b, 0)]), h, b.op('Mul', [h, number(b, 0.1)])])],
  'the larger of two': [108, (b, h) => b.op('Max', [h, b.op('Mul', [h, number(b, 0.1)])])],
  'largest and smallest of channels': [
    72,
    (b, h) => b.op('Concat', [b.op('ReduceMax', [h, axes(b, 1)]), b.op('ReduceMin', [h, axes(b, 1)])], { axis: 1 }),
  ],
  norms: [
    9,
    (b, h) =>
      b.op(
        'Concat',
        ['ReduceL1', 'ReduceL2', 'ReduceSumSquare'].map((op) => b.op(op, [h, axes(b, 2, 3)], { keepdims: 0 })),
        { axis: 1 },
      ),
  ],
  'the largest of a row': [54, (b, h) => b.ops(2, 'TopK', [h, axes(b, 3)])[0]!],
  'a layer that is quantised as it runs': [
    108,
    (b, h) => {
      const [q, scale, zero] = b.ops(3, 'DynamicQuantizeLinear', [h]) as [string, string, string];
      const whole = [...noise([36], 4).data].map((value) => Math.round(value * 127));
      const product = b.op('MatMulInteger', [q, b.constant('int8', whole, [6, 6]), zero]);
      const factor = b.op('Mul', [scale, number(b, 1 / 127)]);
      return b.op('Mul', [b.op('Cast', [product], { to: 1 }), factor]);
    },
  ],
  'a convolution that is quantised as it runs': [
    48,
    (b, h) => {
      const [q, scale, zero] = b.ops(3, 'DynamicQuantizeLinear', [h]) as [string, string, string];
      const whole = b.constant(
        'uint8',
        Array.from({ length: 81 }, (_, at) => (at * 37) % 251),
        [3, 3, 3, 3],
      );
      const sums = b.op('Cast', [b.op('ConvInteger', [q, whole, zero, b.constant('uint8', 120)])], { to: 1 });
      return b.op('Mul', [sums, b.op('Mul', [scale, number(b, 0.01)])]);
    },
  ],
  'sums so far': [108, (b, h) => b.op('CumSum', [h, b.constant('int64', 3)])],
  'a difference from the mean': [108, (b, h) => b.op('Sub', [h, b.op('ReduceMean', [h, axes(b, 2, 3)])])],
};

const conserves = async (build: (b: Builder) => string, size: number, options: object = {}) => {
  await using model = await load((b) => dense(b, build(b), size));
  const { data, score } = await lrp(model, image, { target: 1, rule: 'epsilon', ...options });
  const size1 = sum(data.map(Math.abs));
  expect(size1).toBeGreaterThan(0.01);
  expect(Math.abs(sum(data) - score)).toBeLessThan(1e-3 * Math.max(size1, Math.abs(score)));
};

describe('all of the score arrives', () => {
  /** Without biases, of values that are all positive, nothing is kept on the way. */
  const unbiased = () =>
    load((b) => {
      const first = b.op('Relu', [b.op('Conv', ['x', weights(b, [6, 3, 3, 3], 3)], { pads: [1, 1, 1, 1] })]);
      const pooled = b.op('MaxPool', [first], { kernel_shape: [2, 2], strides: [1, 1] });
      const second = b.op('Relu', [b.op('Conv', [pooled, weights(b, [6, 6, 3, 3], 4)], { pads: [1, 1, 1, 1] })]);
      const mean = b.op('AveragePool', [b.op('Add', [second, pooled])], { kernel_shape: [5, 5] });
      return dense(b, b.op('Concat', [mean, mean], { axis: 1 }), 12);
    });

  test.each(['epsilon', 'gamma', 'alpha1-beta0', 'epsilon-plus', 'epsilon-plus-flat'] as const)(
    '%s conserves the score where there are no biases',
    async (rule) => {
      await using model = await unbiased();
      const { data, score, convergenceDelta } = await lrp(model, image, { target: 1, rule });
      expect(Math.abs(sum(data) - score)).toBeLessThan(1e-3 * sum(data.map(Math.abs)));
      expect(convergenceDelta).toBeCloseTo(sum(data) - score, 5);
      expect(Math.abs(score)).toBeGreaterThan(0.1);
    },
  );

  test('a gate takes nothing, nor does a scaling before the first weights', async () => {
    await using model = await load((b) => {
      const scaled = b.op('Div', [b.op('Sub', ['x', b.constant('float32', 0.1)]), b.constant('float32', 2)]);
      const features = b.op('Relu', [b.op('Conv', [scaled, weights(b, [6, 3, 3, 3], 3)], { pads: [1, 1, 1, 1] })]);
      const gate = b.op('Sigmoid', [b.op('GlobalAveragePool', [features])]);
      return dense(b, b.op('Mul', [features, gate]), 216);
    });
    const { data, score } = await lrp(model, image, { target: 1, rule: 'epsilon' });
    expect(sum(data)).toBeCloseTo(score, 3);
  });

  test.each(Object.entries(CONSERVING))('through %s', (_, [size, build]) =>
    conserves((b) => build(b, features(b)), size),
  );

  test('through a picture that the model itself normalises', () =>
    conserves((b) => {
      const centred = b.op('Sub', ['x', b.op('ReduceMean', ['x', axes(b, 2, 3)])]);
      return b.op('Sub', [number(b, 1), b.op('Mul', [centred, number(b, -2)])]);
    }, 108));

  test('where shifts count for nothing', () =>
    conserves(
      (b) => {
        const h = b.op('LayerNormalization', [features(b), weights(b, [6], 3), weights(b, [6], 4)]);
        const grouped = b.op('GroupNormalization', [h, weights(b, [3], 5), weights(b, [3], 6)], { num_groups: 3 });
        const four = [7, 8, 9].map((seed) => weights(b, [3], seed));
        return b.op('BatchNormalization', [grouped, ...four, b.constant('float32', [1, 2, 3])]);
      },
      108,
      { bias: false },
    ));
});

describe('by hand', () => {
  test('a probability of a linear model has x ⊙ ∂p/∂x, by the expansion of its softmax', async () => {
    await using model = await load((b) => dense(b, 'x', 108));
    const byRelevance = await lrp(model, image, { target: 1, rule: 'epsilon', score: 'probability' });
    const byGradient = await inputXGradient(model, image, { target: 1, score: 'probability' });
    expect(relativeError(byRelevance.data, byGradient.data)).toBeLessThan(1e-4);
  });

  test('an attention that knows its values alone gives them all, and half under AttnLRP', async () => {
    const even = (b: Builder) => b.op('Softmax', [b.op('Mul', [b.op('Tanh', ['x']), number(b, 0)])]);
    await using model = await load((b) => dense(b, b.op('MatMul', [even(b), features(b)]), 108));
    const explain = (attention: 'constant' | 'attn-lrp') =>
      lrp(model, image, { target: 1, rule: 'epsilon', attention });
    const [all, half] = [await explain('constant'), await explain('attn-lrp')];
    expect(sum(all.data)).toBeCloseTo(all.score, 3);
    expect(
      relativeError(
        half.data,
        all.data.map((value) => value / 2),
      ),
    ).toBeLessThan(1e-5);
  });

  test('a mask that cuts logits off (−∞) leaves numbers', async () => {
    await using model = await load((b) => {
      const h = features(b);
      const masked = b.op('Add', [b.op('MatMul', [h, transposed(b, h)]), triangle(b)]);
      return dense(b, b.op('MatMul', [b.op('Softmax', [masked]), h]), 108);
    });
    for (const attention of ['constant', 'attn-lrp'] as const) {
      const { data } = await lrp(model, image, { target: 1, attention });
      expect(data.every(Number.isFinite) && data.some((value) => value !== 0)).toBe(true);
    }
  });

  test.each(['alpha1-beta0', 'gamma', 'epsilon-plus'] as const)(
    '%s is the same where the graph tells that inputs are not negative, and where it does not',
    async (rule) => {
      const network = (rectifier: string) => (b: Builder) => {
        const rectified = () => b.op(rectifier, [features(b)], rectifier === 'Relu' ? {} : { alpha: float(0) });
        const pooled = b.op('MaxPool', [b.op('Add', [rectified(), rectified()])], { kernel_shape: [2, 2] });
        return dense(b, b.op('Conv', [pooled, weights(b, [4, 3, 3, 3], 5), weights(b, [4], 6)]), 36);
      };
      await using told = await load(network('Relu'));
      await using untold = await load(network('LeakyRelu'));
      const [one, other] = [await lrp(told, image, { target: 1, rule }), await lrp(untold, image, { target: 1, rule })];
      expect(relativeError(one.data, other.data)).toBeLessThan(1e-5);
    },
  );
});

test('what is never below 0 is told from the graph', () => {
  const graph = toyGraph({
    inputs: { x: ['N', 3, 6, 6] },
    build: (b) => {
      const rectified = b.op('Relu', ['x']);
      const clipped = (low: number) => b.op('Clip', ['x', number(b, low)]);
      const yes = [
        b.op('MaxPool', [rectified], { kernel_shape: [2, 2] }),
        b.op('Concat', [rectified, b.op('Sigmoid', ['x'])], { axis: 1 }),
        b.op('Mul', [rectified, number(b, 2)]),
        clipped(0),
        b.op('Pad', [rectified, axes(b, 0, 0, 1, 1, 0, 0, 1, 1)]),
      ];
      const no = [
        b.op('Identity', ['x']),
        b.op('Add', [rectified, number(b, -1)]),
        b.op('Mul', [rectified, 'x']),
        clipped(-1),
        b.op('Pad', [rectified, axes(b, 0, 0, 1, 1, 0, 0, 1, 1), number(b, -1)]),
        b.op('Resize', [rectified, '', b.constant('float32', [1, 1, 2, 2])], { mode: 'cubic' }),
        b.op('BatchNormalization', [rectified, ...[1, 2, 3, 4].map((seed) => weights(b, [3], seed))]),
      ];
      return [...yes, ...no];
    },
  });
  const found = nonNegativeValues(graph);
  expect(graph.outputs.map(({ name }) => found.has(name))).toEqual([...Array(5).fill(true), ...Array(7).fill(false)]);
});

test('a bias that depends on the picture is refused by its node', async () => {
  await using model = await load((b) => {
    const rows = b.op('Flatten', ['x']);
    return b.op('Gemm', [rows, weights(b, [108, 4], 3), b.op('Slice', [rows, axes(b, 0), axes(b, 4), axes(b, 1)])]);
  });
  await expect(lrp(model, image, { target: 1 })).rejects.toMatchObject({
    code: 'ERR_OPERATOR',
    message: expect.stringMatching(/^LRP of Gemm '.*': expected a bias that .*\. Other methods still work\.$/),
  });
});

test('operators without a rule are named together', async () => {
  await using strange = await load((b) => dense(b, b.op('LogSoftmax', [b.op('ReduceProd', ['x', axes(b, 3)])]), 18));
  await expect(lrp(strange, image, { target: 1 })).rejects.toMatchObject({
    code: 'ERR_OPERATOR',
    message: expect.stringMatching(
      /^LRP: expected operators with a rule, received 1 × ReduceProd .*1 × LogSoftmax .*Other methods still work\.$/,
    ),
  });
});
