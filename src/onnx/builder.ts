import { constantOf } from './constants.ts';
import type { Attribute, Constant, ElementType, Node } from './graph.ts';

/** A number that ONNX wants as FLOAT; a bare number in the attributes is an INT. */
export interface Float {
  readonly float: number | readonly number[];
}
export const float = (value: number | readonly number[]): Float => ({ float: value });

export type AttributeValue = number | string | readonly number[] | readonly string[] | Float | Constant | undefined;
export interface AttributeValues {
  readonly [name: string]: AttributeValue;
}

/** Collects new nodes and constants under names of their own: `b.op('Conv', [x, w], { strides: [2, 2] })`. */
export interface Builder {
  /** Adds a node with one output and returns the output's name. Undefined attributes are left out. */
  op(op: string, inputs: readonly (string | undefined)[], attributes?: AttributeValues, domain?: string): string;
  /** Adds a node with `count` outputs and returns their names. */
  ops(
    count: number,
    op: string,
    inputs: readonly (string | undefined)[],
    attributes?: AttributeValues,
    domain?: string,
  ): string[];
  /** The name of a constant; equal constants are one. Without a shape a number is a scalar, an array a vector. */
  constant(type: ElementType, values: number | readonly number[], shape?: readonly number[]): string;
  readonly nodes: readonly Node[];
  readonly constants: ReadonlyMap<string, Constant>;
}

/** A builder whose names start with `prefix`, which must not begin any name already in the graph. */
export function createBuilder(prefix: string): Builder {
  const nodes: Node[] = [];
  const constants = new Map<string, Constant>();
  const names = new Map<string, string>();

  function ops(
    count: number,
    op: string,
    inputs: readonly (string | undefined)[],
    attributes: AttributeValues = {},
    domain = '',
  ) {
    const name = `${prefix}${nodes.length}_${op}`;
    const outputs = Array.from({ length: count }, (_, at) => (count === 1 ? name : `${name}_${at}`));
    nodes.push({
      op,
      domain,
      name,
      inputs: inputs.map((input) => input ?? ''),
      outputs,
      attributes: toAttributes(attributes),
    });
    return outputs;
  }

  return {
    nodes,
    constants,
    ops,
    op: (op, inputs, attributes, domain) => ops(1, op, inputs, attributes, domain)[0]!,
    constant(type, values, shape = typeof values === 'number' ? [] : [values.length]) {
      const key = `${type} [${values}] [${shape}]`;
      const known = names.get(key);
      if (known) return known;
      const name = `${prefix}c${constants.size}`;
      names.set(key, name);
      constants.set(name, constantOf(type, typeof values === 'number' ? [values] : values, shape));
      return name;
    },
  };
}

function toAttributes(values: AttributeValues): Node['attributes'] {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, toAttribute(value!)]));
}

function toAttribute(value: NonNullable<AttributeValue>): Attribute {
  if (typeof value === 'number') return { kind: 'int', value };
  if (typeof value === 'string') return { kind: 'string', value };
  if (isStrings(value)) return { kind: 'strings', value };
  if (Array.isArray(value)) return { kind: 'ints', value: value as readonly number[] };
  if ('float' in value) {
    return typeof value.float === 'number'
      ? { kind: 'float', value: value.float }
      : { kind: 'floats', value: value.float };
  }
  return { kind: 'tensor', value: value as Constant };
}

const isStrings = (value: object): value is readonly string[] => Array.isArray(value) && typeof value[0] === 'string';
