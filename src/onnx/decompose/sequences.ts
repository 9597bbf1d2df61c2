/**
 * Sequences of tensors, as exporters write `unbind` and `chunk`: where it is known beforehand which tensors a sequence
 * holds, what is taken out of it comes from those tensors.
 */
import { numberAttribute } from '../attributes.ts';
import type { Node } from '../graph.ts';
import { type Decomposition, type Decompositions, ints, type Surroundings } from './rule.ts';

type Elements = readonly string[];

/** More than any picture's parts; a file that cannot be trusted may ask for any number. */
const MOST_PARTS = 4096;

/** An operator that makes a sequence, of these elements. */
const making =
  (elementsOf: (node: Node, around: Surroundings) => Elements | undefined): Decomposition =>
  (node, around) => {
    const elements = elementsOf(node, around);
    if (elements) around.sequences.set(node.outputs[0]!, elements);
    return elements && [];
  };

const SequenceInsert = making((node, { sequences, numbersOf }) => {
  const [sequence = '', value = '', position] = node.inputs;
  const elements = sequences.get(sequence);
  const at = position ? numbersOf(position)?.[0] : elements?.length;
  return at === undefined ? undefined : elements?.toSpliced(at, 0, value);
});

const SequenceErase = making((node, { sequences, numbersOf }) => {
  const [sequence = '', position] = node.inputs;
  const at = position ? numbersOf(position)?.[0] : -1;
  return at === undefined ? undefined : sequences.get(sequence)?.toSpliced(at, 1);
});

const SplitToSequence = making((node, around) => {
  const { b } = around;
  const [x, split] = node.inputs;
  const axis = numberAttribute(node, 'axis', 0);
  const lengths = lengthsOf(node, around);
  if (!lengths) return undefined;
  const parts = b.ops(lengths.length, 'Split', [x, ints(b, lengths)], { axis });
  const drops = !split && numberAttribute(node, 'keepdims', 1) === 0;
  return drops ? parts.map((part) => b.op('Squeeze', [part, ints(b, [axis])])) : parts;
});

/** How long the parts are: as a vector says, or all alike but for the last one; 1 if nothing is said. */
function lengthsOf(node: Node, { shapeOf, numbersOf }: Surroundings): readonly number[] | undefined {
  const [x = '', split] = node.inputs;
  const said = split ? numbersOf(split) : [1];
  if (split && shapeOf(split)?.length === 1) return said;
  const whole = shapeOf(x)?.at(numberAttribute(node, 'axis', 0));
  const [length] = said ?? [];
  if (typeof whole !== 'number' || !length || whole / length > MOST_PARTS) return undefined;
  return Array.from({ length: Math.ceil(whole / length) }, (_, at) => Math.min(length, whole - at * length));
}

const SequenceAt: Decomposition = (node, { b, sequences, numbersOf }) => {
  const [sequence = '', position = ''] = node.inputs;
  const element = sequences.get(sequence)?.at(numbersOf(position)?.[0] ?? Number.POSITIVE_INFINITY);
  return element === undefined ? undefined : [b.op('Identity', [element])];
};

const SequenceLength: Decomposition = (node, { b, sequences }) => {
  const elements = sequences.get(node.inputs[0]!);
  return elements && [b.op('Identity', [ints(b, elements.length)])];
};

const ConcatFromSequence: Decomposition = (node, { b, sequences }) => {
  const axis = numberAttribute(node, 'axis', 0);
  const elements = sequences.get(node.inputs[0]!);
  if (!elements) return undefined;
  const stacks = numberAttribute(node, 'new_axis', 0) === 1;
  const parts = stacks ? elements.map((element) => b.op('Unsqueeze', [element, ints(b, [axis])])) : elements;
  return [b.op('Concat', parts, { axis })];
};

export const sequences: Decompositions = {
  SequenceEmpty: making(() => []),
  SequenceConstruct: making(({ inputs }) => inputs),
  SequenceInsert,
  SequenceErase,
  SplitToSequence,
  SequenceAt,
  SequenceLength,
  ConcatFromSequence,
};
