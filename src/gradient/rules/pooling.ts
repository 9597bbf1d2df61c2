/**
 * Maximum: the gradient goes back to where the maximum came from; where windows overlap it adds up there.
 * Mean: the gradient of each position, divided by the number of values it is the mean of, goes to all of them.
 */
import { numberAttribute, numbersAttribute, type Sliding, slidingOf } from '../../onnx/attributes.ts';
import { blocked } from '../blocked.ts';
import { isMaskedBehind } from '../relu-before-pool.ts';
import { type Rule, type RuleContext, refuse } from '../rule.ts';
import { expandLike, reshapeLike, zerosLike } from '../shaping.ts';
import { spatialOf, transposedSliding } from './transposed-sliding.ts';

/** MaxPool's second output holds the place of each maximum, counted over the whole of x [N · C · H · W]. */
export const MaxPool: Rule = ({ node, b, x, y, dy, output, mul, above, maker, soleReader }) => {
  if (numberAttribute(node, 'storage_order', 0) !== 0) refuse(node, 'places counted row by row (storage_order 0)');
  const kept = isMaskedBehind(maker(x), soleReader(x)) ? mul(dy, above(y, 0)) : dy;
  const flat = (value: string) => b.op('Reshape', [value, b.constant('int64', [-1])]);
  const zeros = b.op('ConstantOfShape', [flat(b.op('Size', [x]))]);
  const scattered = b.op('ScatterElements', [zeros, flat(output(1)), flat(kept)], { reduction: 'add' });
  return [reshapeLike(b, scattered, x)];
};

export const AveragePool: Rule = (context) => {
  const { node, b, x, y, dy, div } = context;
  const sliding = poolOf(context);
  const [lengths, positions] = [spatialOf(context, x), spatialOf(context, y)];
  const withPads = numberAttribute(node, 'count_include_pad', 0) === 1;
  const sizes = b.constant('float32', windowSizes(sliding, lengths, positions, withPads), [1, 1, ...positions]);
  return [spreadOverWindows(context, sliding, div(dy, sizes))];
};

/** y = (Σ |x|ᵖ)^(1/p)  →  dx = |x|ᵖ⁻¹ sign x · Σ dy y¹⁻ᵖ over the windows that x is in, 0 where y = 0 */
export const LpPool: Rule = (context) => {
  const { b, mul } = context;
  const positions = spatialOf(context, context.y);
  const y = b.op('Reshape', [context.y, b.constant('int64', [0, 0, ...positions])]); // ONNX infers a window too many
  return [mul(powered(context), spreadOverWindows(context, poolOf(context), rooted({ ...context, y })))];
};

export const GlobalLpPool: Rule = (context) => [context.mul(powered(context), rooted(context))];

const powered = ({ node, x, mul, pow, abs, sign }: RuleContext) =>
  mul(pow(abs(x), numberAttribute(node, 'p', 2) - 1), sign(x));

const rooted = ({ node, y, dy, mul, pow, where, equal }: RuleContext) =>
  mul(dy, where(equal(y, 0), 0, pow(y, 1 - numberAttribute(node, 'p', 2))));

function poolOf(context: RuleContext): Sliding {
  const { node, x, y } = context;
  const kernel = numbersAttribute(node, 'kernel_shape', undefined) ?? refuse(node, 'a kernel_shape');
  const cells = (lengths: readonly number[]) => lengths.reduce((product, length) => product * length, 1);
  if (cells(kernel) > MOST_IN_WINDOW || cells(kernel) * cells(spatialOf(context, y)) > MOST_IN_ALL)
    refuse(node, 'windows of at most 2²² values, and 2²⁸ in all');
  return slidingOf(node, kernel, spatialOf(context, x)) ?? refuse(node, 'height and width known beforehand');
}

/** No model averages more than a picture of 2048 × 2048 in one window; hostile ones would fill any memory. */
const MOST_IN_WINDOW = 2 ** 22;
const MOST_IN_ALL = 2 ** 28;

/** Each position's value is added to all of its window. */
function spreadOverWindows(context: RuleContext, sliding: Sliding, value: string): string {
  const { b, x, y } = context;
  const { kernel } = sliding;
  const [lengths, positions] = [spatialOf(context, x), spatialOf(context, y)];
  const plane = b.op('Reshape', [value, b.constant('int64', [-1, 1, ...positions])]);
  const ones = b.constant('float32', Array(kernel.reduce((a, size) => a * size, 1)).fill(1), [1, 1, ...kernel]);
  const spread = b.op('ConvTranspose', [plane, ones], transposedSliding(sliding, lengths, positions));
  return reshapeLike(b, spread, x);
}

/** How many values the mean at each position is of, in C order. */
function windowSizes(
  sliding: Sliding,
  lengths: readonly number[],
  positions: readonly number[],
  withPads: boolean,
): number[] {
  const { kernel, strides, dilations, pads } = sliding;
  const perAxis = positions.map((count, axis) => {
    const begin = withPads ? -pads[axis]! : 0;
    const end = lengths[axis]! + (withPads ? pads[axis + kernel.length]! : 0);
    return Array.from({ length: count }, (_, at) => {
      const first = at * strides[axis]! - pads[axis]!;
      const taps = Array.from({ length: kernel[axis]! }, (_, tap) => first + tap * dilations[axis]!);
      return taps.filter((place) => place >= begin && place < end).length;
    });
  });
  return perAxis.reduce((sizes, axis) => sizes.flatMap((size) => axis.map((count) => size * count)), [1]);
}

export const GlobalAveragePool: Rule = (context) => {
  const { b, x, dy, div } = context;
  const plane = spatialOf(context, x).reduce((a, length) => a * length, 1);
  return [blocked(context, expandLike(b, div(dy, plane), x))];
};

/** The first of equal maxima takes the gradient. */
export const GlobalMaxPool: Rule = ({ b, x, dy }) => {
  const rows = (value: string) => b.op('Reshape', [value, b.constant('int64', [0, 0, -1])]);
  const place = b.op('ArgMax', [rows(x)], { axis: 2 });
  const scattered = b.op('ScatterElements', [zerosLike(b, rows(x)), place, rows(dy)], { axis: 2 });
  return [reshapeLike(b, scattered, x)];
};
