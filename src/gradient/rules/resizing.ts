/** Resizing is linear, one axis after another: y = W x  →  dx = Wᵀ dy, where W is the resized identity. */
import { numberAttribute, numbersAttribute, stringAttribute } from '../../onnx/attributes.ts';
import { float } from '../../onnx/builder.ts';
import { type Rule, type RuleContext, refuse } from '../rule.ts';
import { lengthAlong } from '../shaping.ts';

export const Resize: Rule = (context) => {
  const { node, x, dy, shapeOf } = context;
  const coordinates = stringAttribute(node, 'coordinate_transformation_mode', 'half_pixel');
  if (coordinates === 'tf_crop_and_resize')
    refuse(node, `another coordinate_transformation_mode than '${coordinates}'`);
  const policy = stringAttribute(node, 'keep_aspect_ratio_policy', 'stretch');
  if (policy !== 'stretch') refuse(node, `keep_aspect_ratio_policy 'stretch' instead of '${policy}'`);
  const rank = shapeOf(x)?.length ?? refuse(node, 'an input of a rank known beforehand');
  const axes = numbersAttribute(node, 'axes', [...Array(rank).keys()]).map((axis) => (axis + rank) % rank);
  const dx = axes.reduce(
    (gradient, axis, at) => (stays(context, axis, at) ? gradient : back(context, gradient, axis, at)),
    dy,
  );
  return [dx, undefined, undefined, undefined];
};

/** ONNX Runtime copies what keeps its length on all axes, so W would not show what a scale near 1 does on one of several. */
function stays({ node, x, y, inputs, numbers, shapeOf }: RuleContext, axis: number, at: number): boolean {
  const [, , scales, sizes] = inputs;
  const sameLength = shapeOf(x)![axis] === shapeOf(y)?.[axis];
  const scale = sizes ? undefined : numbers(scales)?.[at];
  if (sameLength && scale !== undefined && scale !== 1) refuse(node, `a scale that changes the length, not ${scale}`);
  return sizes ? sameLength : scale === 1;
}

/** dy W, with the axis in the last place meanwhile. */
function back(context: RuleContext, gradient: string, axis: number, at: number): string {
  const { b, x, shapeOf } = context;
  const order = [...shapeOf(x)!.keys()];
  const exchanged = { perm: order.with(axis, order.length - 1).with(-1, axis) };
  const product = b.op('MatMul', [b.op('Transpose', [gradient], exchanged), resizedIdentity(context, axis, at)]);
  return b.op('Transpose', [product], exchanged);
}

/** W [length of y, length of x] along an axis, whose scale or size is the one `at` its place among those of the node. */
function resizedIdentity({ node, b, x, inputs: [, , scales, sizes] }: RuleContext, axis: number, at: number): string {
  const length = lengthAlong(b, x, axis);
  const square = b.op('EyeLike', [b.op('ConstantOfShape', [b.op('Concat', [length, length], { axis: 0 })])]);
  const plane = b.constant('int64', [0, 1]);
  const own = b.op('Gather', [sizes || scales, b.constant('int64', [at])]);
  const resized = sizes
    ? ['', b.op('Concat', [b.constant('int64', [1, 1]), own, length], { axis: 0 })]
    : [b.op('Concat', [b.constant('float32', [1, 1]), own, b.constant('float32', [1])], { axis: 0 })];
  const rows = b.op('Resize', [b.op('Unsqueeze', [square, plane]), '', ...resized], {
    mode: stringAttribute(node, 'mode', 'nearest'),
    nearest_mode: stringAttribute(node, 'nearest_mode', 'round_prefer_floor'),
    coordinate_transformation_mode: stringAttribute(node, 'coordinate_transformation_mode', 'half_pixel'),
    cubic_coeff_a: float(numberAttribute(node, 'cubic_coeff_a', -0.75)),
    antialias: numberAttribute(node, 'antialias', 0),
    exclude_outside: numberAttribute(node, 'exclude_outside', 0),
  });
  return b.op('Squeeze', [rows, plane]);
}
