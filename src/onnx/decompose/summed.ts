/** What ONNX Runtime's optimiser joined with the sum in front of it: y = f(x + …). */
import { numberAttribute } from '../attributes.ts';
import { float } from '../builder.ts';
import { plus } from './operands.ts';
import type { Decomposition, Decompositions } from './rule.ts';

const gelu =
  (approximate: 'none' | 'tanh'): Decomposition =>
  ({ inputs: [x = '', bias] }, { b }) => [b.op('Gelu', [plus(b, x, bias)], { approximate })];

/** The fourth output is the sum that is normalised; the statistics before it exist in training only. */
const skipping =
  (norm: string, parameters: number): Decomposition =>
  (node, { b }) => {
    const { inputs, outputs } = node;
    const [x = '', skip] = inputs;
    const sum = plus(b, plus(b, x, skip), inputs[2 + parameters]);
    const epsilon = float(numberAttribute(node, 'epsilon', 1e-12));
    const result = b.op(norm, [sum, ...inputs.slice(2, 2 + parameters)], { axis: -1, epsilon });
    return [result, '', '', sum].slice(0, outputs.length);
  };

export const summed: Decompositions = {
  Gelu: gelu('none'),
  BiasGelu: gelu('none'),
  FastGelu: gelu('tanh'),
  SkipLayerNormalization: skipping('LayerNormalization', 2),
  SkipSimplifiedLayerNormalization: skipping('SimplifiedLayerNormalization', 1),
};
