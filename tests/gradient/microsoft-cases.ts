/** Cases of ONNX Runtime's own operators. */
import { type Builder, float } from '../../dist/src/onnx/builder.js';
import { noise } from '../toy-model.ts';
import { type Attributes, awayFromZero, own, type RuleCase, weights, wide } from './rule-case.ts';

const filter = (b: Builder) => [weights(b, [3, 2, 3, 3]), weights(b, [3], 4)];
/** A product with a factor per channel, so that no value comes near a kink. */
const fused = (activation: string, ...params: number[]) =>
  own(
    'FusedConv',
    activation,
    [[1, 1, 2, 3]],
    (b) => [b.constant('float32', [2, -1, 0.6], [3, 1, 1, 1])],
    { activation, activation_params: params.length > 0 ? float(params) : undefined },
    { domain: awayFromZero },
  );

/** Gemm's activations have attributes of their own. */
const fusedGemm = (activation: string, alpha?: number, beta?: number) =>
  own(
    'FusedGemm',
    activation,
    [
      [3, 2],
      [2, 4],
    ],
    (b) => [weights(b, [4])],
    {
      activation,
      activation_alpha: alpha === undefined ? undefined : float(alpha),
      activation_beta: beta === undefined ? undefined : float(beta),
      alpha: float(0.3),
      beta: float(0.7),
    },
  );

const product = (variant: string, shapes: RuleCase['shapes'], attributes: Attributes) =>
  own('FusedMatMul', variant, shapes, undefined, { alpha: float(0.5), ...attributes });

const skip = (
  variant: string,
  output: number,
  shapes: RuleCase['shapes'],
  bias: boolean,
  operator = 'SkipLayerNormalization',
): RuleCase => ({
  operator: `com.microsoft.${operator}`,
  variant,
  shapes,
  build: (b, inputs) => {
    const shift = operator === 'SkipLayerNormalization' ? [weights(b, [8], 4)] : [];
    const scale = [weights(b, [8]), ...shift, ...(bias ? [weights(b, [8], 5)] : [])];
    const outputs = b.ops(4, operator, [...inputs, ...scale], { epsilon: float(1e-3) }, 'com.microsoft');
    return output === 0 ? outputs[0]! : b.op('Mul', [outputs[0]!, outputs[3]!]);
  },
});
const X = [2, 3, 8];
/** Weights [4, 32] in two blocks a row, of 16 half-bytes each. */
const nibbles = (b: Builder) => [
  b.constant(
    'uint8',
    [...noise([64], 3).data].map((value) => Math.round(127 * (value + 1))),
    [4, 2, 8],
  ),
  b.constant('float32', [0.1, 0.2, 0.05, 0.3, 0.1, 0.25, 0.15, 0.2]),
];

export const MICROSOFT_CASES: readonly RuleCase[] = [
  own('Gelu', 'exact', [[40]], undefined, {}, { domain: wide }),
  own('BiasGelu', 'bias', [[2, 3, 5], [5]], undefined, {}, { domain: (value) => 2 * value }),
  own('FastGelu', 'no bias', [[2, 40]], undefined, {}, { domain: (value) => 3 * value }),
  own('FastGelu', 'bias', [[2, 3, 5], [5]]),
  own('QuickGelu', 'default', [[40]], undefined, {}, { domain: wide }),
  own('QuickGelu', 'alpha', [[40]], undefined, { alpha: float(1.2) }, { domain: wide }),
  skip('plain', 0, [X, X], false),
  skip('bias', 0, [X, X], true),
  skip('the sum used again', 3, [X, X], true),
  skip('plain', 0, [X, X], false, 'SkipSimplifiedLayerNormalization'),
  skip('the sum used again', 3, [X, X], true, 'SkipSimplifiedLayerNormalization'),
  fused('Relu'),
  fused('LeakyRelu', 0.2),
  fused('Clip', -0.5, 0.75),
  fused('Sigmoid'),
  fused('Tanh'),
  fused('HardSigmoid', 0.25, 0.5),
  fused('HardSwish'),
  own('FusedConv', 'no activation', [[1, 2, 5, 5]], filter),
  fusedGemm('Relu'),
  fusedGemm('Sigmoid'),
  fusedGemm('Tanh'),
  fusedGemm('Softplus'),
  fusedGemm('Softsign'),
  fusedGemm('LeakyRelu', 0.2),
  fusedGemm('Elu', 0.6),
  fusedGemm('ThresholdedRelu', 0.1),
  fusedGemm('HardSigmoid', 0.3, 0.4),
  product('second transposed', [X, [2, 5, 8]], { transB: 1 }),
  product('first transposed', [X, [3, 5]], { transA: 1 }),
  product('vectors', [[8], [8]], { transA: 1, transB: 1 }),
  product('batches inside', [X, [3, 2, 4]], { transA: 1, transBatchA: 1 }),
  product('both batches inside', [X, [2, 3, 8]], { transB: 1, transBatchA: 1, transBatchB: 1 }),
  own('MatMulNBits', '4 bits', [[2, 3, 32]], (b) => nibbles(b), { K: 32, N: 4, bits: 4, block_size: 16 }),
  own(
    'MatMulNBits',
    '4 bits, zero points',
    [[2, 32]],
    (b) => [...nibbles(b), b.constant('uint8', [0x37, 0x85, 0x69, 0x8a])],
    {
      K: 32,
      N: 4,
      bits: 4,
      block_size: 16,
    },
  ),
  {
    operator: 'com.microsoft.FusedConv',
    variant: 'with a sum',
    shapes: [
      [1, 2, 5, 5],
      [1, 3, 3, 3],
    ],
    build: (b, [x, z]) => b.op('FusedConv', [x!, ...filter(b), z!], { activation: 'Tanh' }, 'com.microsoft'),
  },
];
