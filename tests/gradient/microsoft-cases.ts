/** Cases of ONNX Runtime's own operators. */
import { type Builder, float } from '../../dist/src/onnx/builder.js';
import { awayFromZero, own, type RuleCase, weights, wide } from './rule-case.ts';

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

const skip = (variant: string, output: number, shapes: RuleCase['shapes'], bias: boolean): RuleCase => ({
  operator: 'com.microsoft.SkipLayerNormalization',
  variant,
  shapes,
  build: (b, inputs) => {
    const scale = [weights(b, [8]), weights(b, [8], 4), ...(bias ? [weights(b, [8], 5)] : [])];
    const outputs = b.ops(
      4,
      'SkipLayerNormalization',
      [...inputs, ...scale],
      { epsilon: float(1e-3) },
      'com.microsoft',
    );
    return output === 0 ? outputs[0]! : b.op('Mul', [outputs[0]!, outputs[3]!]);
  },
});
const TOKENS = [2, 3, 8];

export const MICROSOFT_CASES: readonly RuleCase[] = [
  own('Gelu', 'exact', [[40]], undefined, {}, { domain: wide }),
  own('BiasGelu', 'bias', [[2, 3, 5], [5]], undefined, {}, { domain: (value) => 2 * value }),
  own('FastGelu', 'no bias', [[2, 40]], undefined, {}, { domain: (value) => 3 * value }),
  own('FastGelu', 'bias', [[2, 3, 5], [5]]),
  own('QuickGelu', 'default', [[40]], undefined, {}, { domain: wide }),
  own('QuickGelu', 'alpha', [[40]], undefined, { alpha: float(1.2) }, { domain: wide }),
  skip('plain', 0, [TOKENS, TOKENS], false),
  skip('bias', 0, [TOKENS, TOKENS], true),
  skip('the sum used again', 3, [TOKENS, TOKENS], true),
  fused('Relu'),
  fused('LeakyRelu', 0.2),
  fused('Clip', -0.5, 0.75),
  fused('Sigmoid'),
  fused('Tanh'),
  fused('HardSigmoid', 0.25, 0.5),
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
