import { type Builder, createBuilder } from '../../onnx/builder.ts';
import { isFloat } from '../../onnx/element-type.ts';
import type { Dimension, Graph, Node, Value } from '../../onnx/graph.ts';
import { namesOf } from '../../onnx/names.ts';
import { stepsFrom } from '../steps-from.ts';

export interface BesideReference {
  readonly graph: Graph;
  /** The added input, of the picture's shape. */
  readonly reference: string;
  /** A value as it is for the reference, in one row or in all; the value itself, where it does not depend on the picture. */
  readonly counterpart: (value: string) => string;
  /** Whether it is in one row, computed once for all rows of a batch. */
  readonly isOneRow: boolean;
}

/**
 * The graph with a second copy of everything that depends on the picture, which is fed a reference in its place: its first row
 * alone, where the rows of all values can be told, as one reference serves them all.
 */
export function besideReference(graph: Graph, input: string): BesideReference {
  const names = namesOf(graph);
  const copies = new Map<string, string>();
  const copied = (value: string) => {
    copies.set(value, names.values.claim(`${value}/reference`));
    return copies.get(value)!;
  };
  const counterpart = (value: string) => copies.get(value) ?? value;
  const picture = graph.inputs.find(({ name }) => name === input)!;
  const reference = copied(input);
  const batch = picture.shape![0]!;
  const isOneRow = hasRows(graph, input, batch);
  const b = createBuilder(names.values.claim(`${reference}/`));
  if (isOneRow) copies.set(input, firstRow(b, reference));
  const nodes = graph.nodes.flatMap((node): Node[] => {
    if (!node.inputs.some((value) => copies.has(value))) return [node];
    const copy = {
      ...node,
      name: names.nodes.claim(`${node.name}/reference`),
      inputs: node.inputs.map(counterpart),
      outputs: node.outputs.map((value) => value && copied(value)),
    };
    return [node, copy];
  });
  const lengthOf = (length: Dimension) => (isOneRow && length === batch ? 1 : length);
  const values = [...copies].flatMap(([value, copy]): [string, Value][] => {
    const known = graph.values.get(value);
    return known ? [[copy, { ...known, name: copy, shape: known.shape?.map(lengthOf) }]] : [];
  });
  return {
    graph: {
      ...graph,
      inputs: [...graph.inputs, { ...picture, name: reference }],
      nodes: [...b.nodes, ...nodes],
      constants: new Map([...graph.constants, ...b.constants]),
      values: new Map([...graph.values, ...values]),
    },
    reference,
    counterpart,
    isOneRow,
  };
}

const firstRow = (b: Builder, rows: string) =>
  b.op('Slice', [rows, ...[0, 1, 0].map((at) => b.constant('int64', [at]))]);

/** Whether each float that depends on the picture has one axis of the batch's length, which is not known beforehand. */
function hasRows(graph: Graph, input: string, batch: Dimension): boolean {
  if (typeof batch === 'number') return false;
  return [...stepsFrom(graph, input)].every(({ node }) =>
    node.outputs.every((value) => {
      const { type = 'float32', shape } = graph.values.get(value) ?? {};
      return value === '' || !isFloat(type) || shape?.filter((length) => length === batch).length === 1;
    }),
  );
}
