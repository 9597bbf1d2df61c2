/**
 * Convolution is linear in x, so dx is its transpose. With stride 1 the transpose is a convolution again,
 * dx = dy ∗ flip(W) with input and output channels exchanged and pads (k − 1) d − p, which runs faster than ConvTranspose.
 */
import { numberAttribute, type Sliding, slidingOf, splitPads, stringAttribute } from '../../onnx/attributes.ts';
import type { Builder } from '../../onnx/builder.ts';
import type { Dimension } from '../../onnx/graph.ts';
import { blocked } from '../blocked.ts';
import { type Rule, type RuleContext, refuse } from '../rule.ts';
import { spatialOf, transposedSliding } from './transposed-sliding.ts';
import { biasGradient, weightGradient } from './weight-gradient.ts';

export const Conv: Rule = (context) => {
  const { node, dy, wants, inputs } = context;
  const [x, weights] = inputs;
  const shape = context.staticShapeOf(weights) ?? refuse(node, 'weights of a shape known beforehand');
  const lengths = (context.shapeOf(x) ?? []).slice(2);
  const sliding =
    slidingOf(node, shape.slice(2), lengths.map(knownLength)) ?? refuse(node, 'height and width known beforehand');
  return [
    wants(0) ? inputGradient(context, shape, sliding) : undefined,
    wants(1)
      ? weightGradient(context, sliding, { input: x, lengths: spatialOf(context, x), outputGradient: dy, shape })
      : undefined,
    wants(2) ? biasGradient(context) : undefined,
  ];
};

const knownLength = (length: Dimension) => (typeof length === 'number' ? length : undefined);

function inputGradient(context: RuleContext, shape: readonly number[], sliding: Sliding): string {
  const { node, b, x, dy, inputs } = context;
  const [, weights] = inputs;
  const group = numberAttribute(node, 'group', 1);
  const pads = flippedPads(sliding);
  if (sliding.strides.every((stride) => stride === 1) && pads.every((pad) => pad >= 0)) {
    const { dilations } = sliding;
    return b.op('Conv', [dy, flippedWeights(b, weights, shape, group)], { dilations, group, pads });
  }
  const back = transposedSliding(sliding, spatialOf(context, x), spatialOf(context, context.y));
  return blocked(context, b.op('ConvTranspose', [dy, weights], { ...back, group }));
}

/** The transpose of a transpose: y = ConvTranspose(x, W)  →  dx = Conv(dy, W), and x and dy change places for dW. */
export const ConvTranspose: Rule = (context) => {
  const { node, b, x, dy, y, wants, inputs } = context;
  const [, weights] = inputs;
  const shape = context.staticShapeOf(weights) ?? refuse(node, 'weights of a shape known beforehand');
  const sliding = transposedPads(context, shape.slice(2));
  const { strides, dilations, pads } = sliding;
  const group = numberAttribute(node, 'group', 1);
  return [
    wants(0) ? b.op('Conv', [dy, weights], { strides, dilations, pads, group }) : undefined,
    wants(1)
      ? weightGradient(context, sliding, { input: dy, lengths: spatialOf(context, y), outputGradient: x, shape })
      : undefined,
    wants(2) ? biasGradient(context) : undefined,
  ];
};

/** Pads that are not said are those that lead to the output's length. */
function transposedPads(context: RuleContext, kernel: readonly number[]): Sliding {
  const { node, x, y } = context;
  const autoPad = stringAttribute(node, 'auto_pad', 'NOTSET');
  const sliding = slidingOf(
    node,
    kernel,
    kernel.map(() => 1),
  )!;
  if (!node.attributes.output_shape && !autoPad.startsWith('SAME')) return sliding;
  const { strides, dilations } = sliding;
  const [before, after] = [spatialOf(context, x), spatialOf(context, y)];
  const total = kernel.map(
    (size, axis) => (before[axis]! - 1) * strides[axis]! + (size - 1) * dilations[axis]! + 1 - after[axis]!,
  );
  if (total.some((pad) => pad < 0)) refuse(node, 'an output_shape that the windows reach');
  return { ...sliding, pads: splitPads(total, autoPad) };
}

const flippedPads = ({ kernel, dilations, pads }: Sliding): number[] =>
  pads.map((pad, at) => (kernel[at % kernel.length]! - 1) * dilations[at % kernel.length]! - pad);

/** W [M, C/g, k…] → [C, M/g, k…], turned round in space. ONNX Runtime computes it once, when it loads the graph. */
function flippedWeights(
  b: Builder,
  weights: string,
  [outputs, inputs, ...kernel]: readonly number[],
  group: number,
): string {
  const space = kernel.map((_, axis) => axis);
  const perGroup = [group, outputs! / group, inputs!, ...kernel];
  const exchanged = [group * inputs!, outputs! / group, ...kernel];
  const split = b.op('Reshape', [weights, b.constant('int64', perGroup)]);
  const swapped = b.op('Transpose', [split], { perm: [0, 2, 1, ...space.map((axis) => axis + 3)] });
  const joined = b.op('Reshape', [swapped, b.constant('int64', exchanged)]);
  const all = (value: number) =>
    b.constant(
      'int64',
      kernel.map(() => value),
    );
  const axes = b.constant(
    'int64',
    space.map((axis) => axis + 2),
  );
  return b.op('Slice', [joined, all(-1), all(Number.MIN_SAFE_INTEGER), axes, all(-1)]);
}
