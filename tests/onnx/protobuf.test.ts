/** The table of ONNX's messages against `onnx-buf`, which is generated from onnx.proto itself. */
import { create, type DescMessage, fromBinary, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import * as onnx from 'onnx-buf';
import { describe, expect, test } from 'vitest';
import { decode } from '../../dist/src/onnx/protobuf/decode.js';
import { encode } from '../../dist/src/onnx/protobuf/encode.js';
import {
  ATTRIBUTE_TYPES,
  EXTERNAL,
  type Field,
  MESSAGES,
  type MessageName,
} from '../../dist/src/onnx/protobuf/messages.js';

const SCHEMAS: { readonly [name in MessageName]: DescMessage } = {
  ModelProto: onnx.ModelProtoSchema,
  OperatorSetIdProto: onnx.OperatorSetIdProtoSchema,
  GraphProto: onnx.GraphProtoSchema,
  FunctionProto: onnx.FunctionProtoSchema,
  NodeProto: onnx.NodeProtoSchema,
  AttributeProto: onnx.AttributeProtoSchema,
  TensorProto: onnx.TensorProtoSchema,
  SparseTensorProto: onnx.SparseTensorProtoSchema,
  ValueInfoProto: onnx.ValueInfoProtoSchema,
  TypeProto: onnx.TypeProtoSchema,
  TensorTypeProto: onnx.TypeProto_TensorSchema,
  TensorShapeProto: onnx.TensorShapeProtoSchema,
  DimensionProto: onnx.TensorShapeProto_DimensionSchema,
  StringStringEntryProto: onnx.StringStringEntryProtoSchema,
};
const NAMES = Object.keys(MESSAGES) as MessageName[];
const DEEPEST = 5;

const SCALARS: { readonly [type: string]: fc.Arbitrary<unknown> } = {
  string: fc.string({ unit: 'grapheme' }),
  bytes: fc.uint8Array(),
  float: fc.float({ noNaN: true }),
  double: fc.double({ noNaN: true }),
  int32: fc.integer(),
  int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  uint64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
};

/** A message with some of its fields, deeper ones with fewer. */
function some(name: MessageName, depth = 0): fc.Arbitrary<Record<string, unknown>> {
  const fields = Object.entries<Field>(MESSAGES[name]).filter(([, [, type]]) => SCALARS[type] || depth < DEEPEST);
  const arbitraries = fields.map(([field, [, type, how]]) => {
    const one = field === 'type' && type === 'int32' ? fc.nat(ATTRIBUTE_TYPES.length - 1) : oneOf(field, type, depth);
    return [field, how === 'many' || how === 'packed' ? fc.array(one, { minLength: 1, maxLength: 3 }) : one] as const;
  });
  const made = fc.record(Object.fromEntries(arbitraries), { requiredKeys: [] });
  // Of these two there can be only one.
  return name === 'DimensionProto' ? made.map(({ dimValue, ...rest }) => (rest.dimParam ? rest : { dimValue })) : made;
}

function oneOf(field: string, type: string, depth: number): fc.Arbitrary<unknown> {
  if (field === 'dataLocation') return fc.constantFrom(0, EXTERNAL);
  return SCALARS[type] ?? some(type as MessageName, depth + 1);
}

const given = (message: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(message).filter(([, value]) => value !== undefined));

describe.each(NAMES)('%s', (name) => {
  test('numbers and types are those of onnx.proto', () => {
    const known = new Map(SCHEMAS[name].fields.map((field) => [field.number, field]));
    for (const [field, [number]] of Object.entries<Field>(MESSAGES[name]))
      expect(known.get(number)?.localName).toBe(field);
  });

  test('is written as onnx-buf writes it, and read as it was written', () => {
    fc.assert(
      fc.property(some(name), (message) => {
        const bytes = encode(name, given(message));
        const again = fromBinary(SCHEMAS[name], bytes);
        expect(again.$unknown).toBeUndefined();
        expect(toBinary(SCHEMAS[name], again)).toEqual(bytes);
        expect(decode(name, bytes)).toMatchObject(given(message));
      }),
      { numRuns: 40 },
    );
  });
});

test('what the table leaves out is skipped', () => {
  const graph = { name: 'g', docString: 'of no use', quantizationAnnotation: [{ tensorName: 'x' }] };
  const bytes = toBinary(onnx.ModelProtoSchema, create(onnx.ModelProtoSchema, { producerVersion: '7', graph }));
  expect(decode('ModelProto', bytes)).toEqual(decode('ModelProto', encode('ModelProto', { graph: { name: 'g' } })));
});

test('lists of numbers are read packed and one by one', () => {
  expect(decode('AttributeProto', Uint8Array.of(0x40, 1, 0x40, 2)).ints).toEqual([1n, 2n]);
  expect(decode('AttributeProto', Uint8Array.of(0x42, 2, 1, 2)).ints).toEqual([1n, 2n]);
  expect(decode('TensorProto', Uint8Array.of(0x28, 7, 0x28, 8)).int32Data).toEqual([7, 8]);
  expect(decode('TensorProto', Uint8Array.of(0x2a, 2, 7, 8)).int32Data).toEqual([7, 8]);
});

test('of two parts of one message the second adds to the first', () => {
  const name = encode('ModelProto', { graph: { name: 'first', node: [{ name: 'a' }] } });
  const node = encode('ModelProto', { graph: { name: 'second', node: [{ name: 'b' }] } });
  const { graph } = decode('ModelProto', Uint8Array.of(...name, ...node));
  expect(graph?.name).toBe('second');
  expect(graph?.node.map(({ name }) => name)).toEqual(['a', 'b']);
});

test('a file that was cut off is refused wherever onnx-buf refuses it', () => {
  const attribute = [{ name: 'a', type: 7, ints: [300n, -1n] }];
  const initializer = [{ name: 'w', dims: [2n], dataType: 1, rawData: new Uint8Array(8) }];
  const whole = encode('ModelProto', { irVersion: 8n, graph: { node: [{ opType: 'Relu', attribute }], initializer } });
  const isRefused = (read: () => unknown) => {
    try {
      read();
      return false;
    } catch {
      return true;
    }
  };
  for (let length = 0; length <= whole.length; length++) {
    const part = whole.subarray(0, length);
    const ours = isRefused(() => decode('ModelProto', part));
    expect([length, ours]).toEqual([length, isRefused(() => fromBinary(onnx.ModelProtoSchema, part))]);
  }
});
