/** Values taken from, or put to, places that indices tell: what was taken several times from one place adds up there. */
import { numberAttribute, stringAttribute } from '../../onnx/attributes.ts';
import type { AttributeValues } from '../../onnx/builder.ts';
import { type Rule, type RuleContext, refuse } from '../rule.ts';
import { lengthAlong, padAlong, range, reshapeLike, withAxes, zerosLike } from '../shaping.ts';

/** One slice of known place is put between zeros, which takes less time than scattering it. */
export const Gather: Rule = (context) => {
  const { node, inputs, numbers, shapeOf } = context;
  const [, indices] = inputs;
  const [axis, places, rank] = [numberAttribute(node, 'axis', 0), numbers(indices), shapeOf(indices)?.length];
  if (places?.length === 1 && rank! < 2) return [betweenZeros(context, axis, places[0]!, rank === 0), undefined];
  return [toOrigins(context, [indices], { axis }), undefined];
};

function betweenZeros({ node, b, x, dy, shapeOf }: RuleContext, axis: number, place: number, dropped: boolean): string {
  const rank = shapeOf(x)?.length ?? refuse(node, 'an input of a rank known beforehand');
  const near = b.constant('int64', [place < 0 ? -1 - place : place]);
  const far = b.op('Sub', [lengthAlong(b, x, axis), b.op('Add', [near, b.constant('int64', [1])])]);
  const [begin, end] = place < 0 ? [far, near] : [near, far];
  return padAlong(b, dropped ? withAxes(b, dy, [axis]) : dy, rank, axis, begin, end);
}

export const GatherElements: Rule = ({ node, b, x, dy, inputs: [, indices] }) => {
  const axis = numberAttribute(node, 'axis', 0);
  return [b.op('ScatterElements', [zerosLike(b, x), indices, dy], { axis, reduction: 'add' }), undefined];
};

export const GatherND: Rule = (context) => [
  toOrigins(context, [context.inputs[1]], { batch_dims: numberAttribute(context.node, 'batch_dims', 0) }),
  undefined,
];

/** What a condition picks along an axis, or of all elements in turn. */
export const Compress: Rule = (context) => {
  const { node, inputs } = context;
  return [toOrigins(context, [inputs[1]], { axis: numberAttribute(node, 'axis', undefined) }), undefined];
};

/** Padding with a constant is cut off again; padding with values of x gives their gradient back to them. */
export const Pad: Rule = (context) => {
  const { node, b, dy } = context;
  const pads = padsOfAllAxes(context);
  const mode = stringAttribute(node, 'mode', 'constant');
  const dx = mode === 'constant' ? b.op('Pad', [dy, b.op('Neg', [pads])]) : toOrigins(context, [pads], { mode });
  return [dx, undefined, undefined, undefined];
};

function padsOfAllAxes({ node, b, x, inputs, numbers, shapeOf }: RuleContext): string {
  const [, pads, , axes] = inputs;
  if (!axes) return pads;
  const rank = shapeOf(x)?.length ?? refuse(node, 'an input of a rank known beforehand');
  const begins = (numbers(axes) ?? refuse(node, 'constant axes')).map((axis) => (axis + rank) % rank);
  const places = [...begins, ...begins.map((axis) => axis + rank)];
  const zeros = b.constant('int64', Array(2 * rank).fill(0));
  return b.op('ScatterElements', [zeros, b.constant('int64', places), pads]);
}

/** The gradient of copies goes to where they came from: the same operator applied to the places 0, 1, … of x tells. */
function toOrigins({ node, b, x, dy }: RuleContext, operands: readonly string[], attributes: AttributeValues): string {
  const vector = b.constant('int64', [-1]);
  const size = b.op('Reshape', [b.op('Size', [x]), vector]);
  const origins = b.op(node.op, [reshapeLike(b, range(b, size), x), ...operands], attributes);
  const flat = [origins, dy].map((value) => b.op('Reshape', [value, vector]));
  return reshapeLike(b, b.op('ScatterElements', [b.op('ConstantOfShape', [size]), ...flat], { reduction: 'add' }), x);
}

/** y = x with some values replaced (or added to): those of x take no gradient (or keep it), the updates take theirs. */
export const ScatterElements: Rule = (context) => {
  const { node, b, dy, inputs } = context;
  const [, indices, updates] = inputs;
  const axis = numberAttribute(node, 'axis', 0);
  const replaced = () => b.op('ScatterElements', [dy, indices, zerosLike(b, updates)], { axis });
  return [adds(context) ? dy : replaced(), undefined, b.op('GatherElements', [dy, indices], { axis })];
};

export const ScatterND: Rule = (context) => {
  const { b, dy, inputs } = context;
  const [, indices, updates] = inputs;
  const replaced = () => b.op('ScatterND', [dy, indices, zerosLike(b, updates)]);
  return [adds(context) ? dy : replaced(), undefined, b.op('GatherND', [dy, indices])];
};

function adds({ node }: RuleContext): boolean {
  const reduction = stringAttribute(node, 'reduction', 'none');
  if (reduction !== 'none' && reduction !== 'add') refuse(node, `reduction 'none' or 'add' instead of '${reduction}'`);
  return reduction === 'add';
}

/** The second output holds the places along the axis. */
export const TopK: Rule = ({ node, b, x, dys, output }) => {
  const axis = numberAttribute(node, 'axis', -1);
  const [largest] = dys;
  return [largest && b.op('ScatterElements', [zerosLike(b, x), output(1), largest], { axis }), undefined];
};
