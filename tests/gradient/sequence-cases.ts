/** Cases of sequences of tensors, whose elements are known beforehand. */
import type { Builder } from '../../dist/src/onnx/builder.js';
import { ints, type RuleCase } from './rule-case.ts';

const X = [2, 5, 3];
const row = (
  operator: string,
  variant: string,
  build: RuleCase['build'],
  shapes: RuleCase['shapes'] = [X],
): RuleCase => ({
  operator,
  variant,
  shapes,
  build,
});
const joined = (b: Builder, sequence: string, axis = 1, new_axis = 0) =>
  b.op('ConcatFromSequence', [sequence], { axis, new_axis });
const at = (b: Builder, sequence: string, position: number) => b.op('SequenceAt', [sequence, ints(b, position)]);
const pair = (b: Builder, inputs: readonly string[]) => b.op('SequenceConstruct', inputs);

export const SEQUENCE_CASES: readonly RuleCase[] = [
  row('SplitToSequence', 'one by one, without the axis', (b, [x]) => {
    const parts = b.op('SplitToSequence', [x!], { axis: 1, keepdims: 0 });
    return b.op('Mul', [at(b, parts, 1), at(b, parts, -1)]);
  }),
  row('SplitToSequence', 'one by one', (b, [x]) => at(b, b.op('SplitToSequence', [x!], { axis: -1 }), 2)),
  row('SplitToSequence', 'equal parts but the last', (b, [x]) =>
    at(b, b.op('SplitToSequence', [x!, ints(b, 2)], { axis: 1 }), 2),
  ),
  row('SplitToSequence', 'parts of two lengths', (b, [x]) =>
    joined(b, b.op('SequenceErase', [b.op('SplitToSequence', [x!, ints(b, [1, 3, 1])], { axis: 1 }), ints(b, 0)])),
  ),
  row('SplitToSequence', 'of what came out of a sequence', (b, [x]) => {
    const first = at(b, b.op('SplitToSequence', [x!, ints(b, 3)], { axis: 1 }), 0);
    return at(b, b.op('SplitToSequence', [first], { axis: 2 }), 1);
  }),
  row('SequenceAt', 'of two', (b, inputs) => b.op('Mul', [at(b, pair(b, inputs), 0), at(b, pair(b, inputs), -1)]), [
    X,
    X,
  ]),
  row('ConcatFromSequence', 'along an axis', (b, inputs) => joined(b, pair(b, inputs)), [X, X]),
  row('ConcatFromSequence', 'stacked', (b, inputs) => joined(b, pair(b, inputs), -1, 1), [X, X]),
  row('SequenceConstruct', 'two', (b, inputs) => joined(b, pair(b, inputs)), [X, X]),
  row(
    'SequenceInsert',
    'in front and at the end',
    (b, [x, z]) => {
      const end = b.op('SequenceInsert', [b.op('SequenceEmpty', []), x!]);
      return joined(b, b.op('SequenceInsert', [end, z!, ints(b, 0)]), 0);
    },
    [X, X],
  ),
  row('SequenceEmpty', 'one put in', (b, [x]) => joined(b, b.op('SequenceInsert', [b.op('SequenceEmpty', []), x!]))),
  row(
    'SequenceErase',
    'the last',
    (b, inputs) => joined(b, b.op('SequenceErase', [pair(b, [...inputs, inputs[0]!])])),
    [X, X],
  ),
  row(
    'SequenceLength',
    'as a factor',
    (b, [x, z]) => {
      const count = b.op('Cast', [b.op('SequenceLength', [pair(b, [x!, z!, x!])])], { to: 1 });
      return b.op('Add', [b.op('Mul', [x!, count]), z!]);
    },
    [X, X],
  ),
];
