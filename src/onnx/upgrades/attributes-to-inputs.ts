/** Operators whose attributes became inputs, so that they may be computed. */
import { inTurn, toInput, type Upgrade, type Upgrades, withoutAttributes } from './rule.ts';

const axes: Upgrade = toInput('axes', 'int64', 1);

/** A single number where ONNX wants a vector of one. */
const k: Upgrade = (node, { builder }) => {
  const count = node.attributes.k?.kind === 'int' ? node.attributes.k.value : 1;
  return { ...withoutAttributes(node, 'k'), inputs: [node.inputs[0]!, builder.constant('int64', [count])] };
};

/** Parts of equal length were what no `split` meant; now their number is said. */
const numOutputs: Upgrade = (node) =>
  node.inputs[1] || node.attributes.num_outputs
    ? node
    : { ...node, attributes: { ...node.attributes, num_outputs: { kind: 'int', value: node.outputs.length } } };

/** Nothing is dropped while a model is used, so the ratio no longer matters. */
const ratio: Upgrade = (node) => withoutAttributes(node, 'ratio');

export const attributesToInputs: Upgrades = {
  Clip: { 11: inTurn(toInput('min', 'like', 1), toInput('max', 'like', 2)) },
  Dropout: { 12: ratio },
  Pad: { 11: inTurn(toInput('pads', 'int64', 1), toInput('value', 'like', 2)) },
  Slice: { 10: inTurn(toInput('starts', 'int64', 1), toInput('ends', 'int64', 2), toInput('axes', 'int64', 3)) },
  Split: { 13: toInput('split', 'int64', 1), 18: numOutputs },
  Squeeze: { 13: axes },
  TopK: { 10: k },
  Unsqueeze: { 13: axes },
  ReduceSum: { 13: axes },
  ReduceL1: { 18: axes },
  ReduceL2: { 18: axes },
  ReduceLogSum: { 18: axes },
  ReduceLogSumExp: { 18: axes },
  ReduceMax: { 18: axes },
  ReduceMean: { 18: axes },
  ReduceMin: { 18: axes },
  ReduceProd: { 18: axes },
  ReduceSumSquare: { 18: axes },
};
