/** The messages of an ONNX file (onnx.proto) as far as this package reads or writes them: a table, and the types that follow from it. */

type Scalars = {
  readonly string: string;
  readonly bytes: Uint8Array;
  readonly float: number;
  readonly double: number;
  readonly int32: number;
  readonly int64: bigint;
  readonly uint64: bigint;
};

export type Scalar = keyof Scalars;

/** Its number, its type, and what there may be of it: `many`, one after the other or `packed`; `optional`, which may be missing. */
export type Field = readonly [number: number, type: string, how?: 'many' | 'packed' | 'optional'];

export const MESSAGES = {
  ModelProto: {
    irVersion: [1, 'int64'],
    producerName: [2, 'string', 'optional'],
    graph: [7, 'GraphProto', 'optional'],
    opsetImport: [8, 'OperatorSetIdProto', 'many'],
    functions: [25, 'FunctionProto', 'many'],
  },
  OperatorSetIdProto: { domain: [1, 'string'], version: [2, 'int64'] },
  GraphProto: {
    node: [1, 'NodeProto', 'many'],
    name: [2, 'string'],
    initializer: [5, 'TensorProto', 'many'],
    input: [11, 'ValueInfoProto', 'many'],
    output: [12, 'ValueInfoProto', 'many'],
    valueInfo: [13, 'ValueInfoProto', 'many'],
    sparseInitializer: [15, 'SparseTensorProto', 'many'],
  },
  FunctionProto: {
    name: [1, 'string'],
    input: [4, 'string', 'many'],
    output: [5, 'string', 'many'],
    attribute: [6, 'string', 'many'],
    node: [7, 'NodeProto', 'many'],
    opsetImport: [9, 'OperatorSetIdProto', 'many'],
    domain: [10, 'string'],
    attributeProto: [11, 'AttributeProto', 'many'],
    valueInfo: [12, 'ValueInfoProto', 'many'],
    overload: [13, 'string'],
  },
  NodeProto: {
    input: [1, 'string', 'many'],
    output: [2, 'string', 'many'],
    name: [3, 'string'],
    opType: [4, 'string'],
    attribute: [5, 'AttributeProto', 'many'],
    domain: [7, 'string'],
    overload: [8, 'string'],
    metadataProps: [9, 'StringStringEntryProto', 'many'],
  },
  AttributeProto: {
    name: [1, 'string'],
    f: [2, 'float'],
    i: [3, 'int64'],
    s: [4, 'bytes'],
    t: [5, 'TensorProto', 'optional'],
    g: [6, 'GraphProto', 'optional'],
    floats: [7, 'float', 'many'],
    ints: [8, 'int64', 'many'],
    strings: [9, 'bytes', 'many'],
    type: [20, 'int32'],
    refAttrName: [21, 'string'],
  },
  TensorProto: {
    dims: [1, 'int64', 'many'],
    dataType: [2, 'int32'],
    floatData: [4, 'float', 'packed'],
    int32Data: [5, 'int32', 'packed'],
    stringData: [6, 'bytes', 'many'],
    int64Data: [7, 'int64', 'packed'],
    name: [8, 'string'],
    rawData: [9, 'bytes'],
    doubleData: [10, 'double', 'packed'],
    uint64Data: [11, 'uint64', 'packed'],
    externalData: [13, 'StringStringEntryProto', 'many'],
    dataLocation: [14, 'int32'],
  },
  /** Refused, so only that there is one counts. */
  SparseTensorProto: {},
  ValueInfoProto: { name: [1, 'string'], type: [2, 'TypeProto', 'optional'] },
  /** Of sequences, maps and the like nothing is read. */
  TypeProto: { tensorType: [1, 'TensorTypeProto', 'optional'] },
  TensorTypeProto: { elemType: [1, 'int32'], shape: [2, 'TensorShapeProto', 'optional'] },
  TensorShapeProto: { dim: [1, 'DimensionProto', 'many'] },
  DimensionProto: { dimValue: [1, 'int64', 'optional'], dimParam: [2, 'string', 'optional'] },
  StringStringEntryProto: { key: [1, 'string'], value: [2, 'string'] },
} as const satisfies { readonly [message: string]: { readonly [field: string]: Field } };

export type MessageName = keyof typeof MESSAGES;
type Fields<Name extends MessageName> = (typeof MESSAGES)[Name];

type Decoded<Type> = Type extends Scalar ? Scalars[Type] : Type extends MessageName ? Message<Type> : never;
type Encoded<Type> = Type extends Scalar ? Scalars[Type] : Type extends MessageName ? MessageInit<Type> : never;

/** A message that was read: what the file leaves out is empty or 0, or undefined where it is optional. */
export type Message<Name extends MessageName> = {
  readonly [F in keyof Fields<Name>]: Fields<Name>[F] extends readonly [number, infer Type, 'many' | 'packed']
    ? Decoded<Type>[]
    : Fields<Name>[F] extends readonly [number, infer Type, 'optional']
      ? Decoded<Type> | undefined
      : Fields<Name>[F] extends readonly [number, infer Type]
        ? Decoded<Type>
        : never;
};

/** A message to write: what is left out is not in the file. */
export type MessageInit<Name extends MessageName> = {
  readonly [F in keyof Fields<Name>]?:
    | (Fields<Name>[F] extends readonly [number, infer Type, 'many' | 'packed']
        ? readonly Encoded<Type>[]
        : Fields<Name>[F] extends readonly [number, infer Type, ...unknown[]]
          ? Encoded<Type>
          : never)
    | undefined;
};

/** The types of attributes, each at its number. */
export const ATTRIBUTE_TYPES = [
  'UNDEFINED',
  'FLOAT',
  'INT',
  'STRING',
  'TENSOR',
  'GRAPH',
  'FLOATS',
  'INTS',
  'STRINGS',
  'TENSORS',
  'GRAPHS',
  'SPARSE_TENSOR',
  'SPARSE_TENSORS',
  'TYPE_PROTO',
  'TYPE_PROTOS',
] as const;

/** The place of tensors whose values lie in another file. */
export const EXTERNAL = 1;
