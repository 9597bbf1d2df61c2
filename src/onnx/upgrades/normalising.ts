/** Softmaxes and normalisations, whose axes changed their meaning; and operators that were given up. */
import { expected } from '../../core/errors.ts';
import { numberAttribute } from '../attributes.ts';
import { labelOfNode } from '../topological.ts';
import { type Upgrade, type Upgrades, withoutAttributes } from './rule.ts';

/**
 * Before 13 the axes from `axis` on were taken together; since then `axis` is the only one:
 * Reshape(Softmax(Flatten(x)), Shape(x)), or just the last axis where that is the same.
 */
const oneAxis: Upgrade = (node, { builder, rankOf }) => {
  const [x = ''] = node.inputs;
  const axis = numberAttribute(node, 'axis', 1);
  const rank = rankOf(x) ?? rankOf(node.outputs[0]!);
  if (axis === -1 || axis + 1 === rank) return { ...node, attributes: { axis: { kind: 'int', value: -1 } } };
  const scores = builder.op(node.op, [builder.op('Flatten', [x], { axis })], { axis: -1 });
  return { ...node, op: 'Reshape', inputs: [scores, builder.op('Shape', [x])], attributes: {} };
};

/** Statistics for each pixel, instead of each channel, have no counterpart since 9. */
const perChannel: Upgrade = (node) => {
  if (numberAttribute(node, 'spatial', 1) === 1) return withoutAttributes(node, 'spatial');
  throw expected('ERR_MODEL', labelOfNode(node), 'spatial = 1', 0, 'Export the model again with opset 9 or later.');
};

/** Statistics among the outputs meant training; the last two of the four have been given up. */
const trainingMode: Upgrade = (node) =>
  node.outputs.slice(1).some(Boolean)
    ? {
        ...node,
        outputs: node.outputs.slice(0, 3),
        attributes: { ...node.attributes, training_mode: { kind: 'int', value: 1 } },
      }
    : { ...node, outputs: node.outputs.slice(0, 1) };

/** Before 21 there was one scale and bias for each group [G], since then one for each channel [C]. */
const scalesPerChannel: Upgrade = (node, { builder: b }) => {
  const [x = '', scale, bias] = node.inputs;
  const groups = numberAttribute(node, 'num_groups', 1);
  const size = b.op('Div', [b.op('Shape', [x], { start: 1, end: 2 }), b.constant('int64', [groups])]);
  const shape = b.op('Concat', [b.constant('int64', [groups]), size], { axis: 0 });
  const repeated = (perGroup: string | undefined) => {
    const column = b.op('Reshape', [perGroup, b.constant('int64', [groups, 1])]);
    return b.op('Reshape', [b.op('Expand', [column, shape]), b.constant('int64', [-1])]);
  };
  return { ...node, inputs: [x, repeated(scale), repeated(bias)] };
};

const refused =
  (version: number): Upgrade =>
  (node) => {
    throw expected(
      'ERR_MODEL',
      labelOfNode(node),
      `the form of opset ${version}`,
      'an older one',
      `Export the model again with opset ${version} or later.`,
    );
  };

export const normalising: Upgrades = {
  Softmax: { 13: oneAxis },
  LogSoftmax: { 13: oneAxis },
  Hardmax: { 13: oneAxis },
  BatchNormalization: { 9: perChannel, 14: trainingMode },
  GroupNormalization: { 21: scalesPerChannel },
  Scatter: { 11: (node) => ({ ...node, op: 'ScatterElements' }) },
  Scan: { 9: refused(9) },
  DFT: { 20: refused(20) },
};
