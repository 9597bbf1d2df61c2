import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import {
  type AttributeProto,
  AttributeProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  AttributeProto_AttributeType as Kind,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  TensorProto_DataLocation,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import { numberOfType } from './element-type.ts';
import { isExternal } from './external-data.ts';
import type { Attribute, Constant, Graph, Node, Value } from './graph.ts';

/** Before this version every constant had to be listed among the inputs. */
const LEAST_IR_VERSION = 4;

/**
 * The bytes of an ONNX file. External data stays a reference.
 * @param options.shared whether the bytes lie in shared memory, for worker threads. Default: false
 * @example
 * await writeFile('copy.onnx', writeModel(await readGraph('resnet18.onnx')));
 */
export function writeModel(graph: Graph, options: { readonly shared?: boolean } = {}): Uint8Array {
  const opsetImport = [...graph.opsets].map(([domain, version]) => ({ domain, version: BigInt(version) }));
  const model = create(ModelProtoSchema, {
    irVersion: BigInt(Math.max(graph.irVersion, LEAST_IR_VERSION)),
    producerName: 'onnx-explain',
    opsetImport,
    graph: fromGraph(graph),
  });
  const bytes = toBinary(ModelProtoSchema, model);
  if (!options.shared) return bytes;
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}

function fromGraph(graph: Graph): GraphProto {
  return create(GraphProtoSchema, {
    name: 'graph',
    node: graph.nodes.map(fromNode),
    initializer: Array.from(graph.constants, ([name, constant]) => fromConstant(constant, name)),
    input: graph.inputs.map(fromValue),
    output: graph.outputs.map(fromValue),
    valueInfo: between(graph).map(fromValue),
  });
}

/** What is said of the values that nodes compute for other nodes. */
function between(graph: Graph): Value[] {
  const computed = new Set(graph.nodes.flatMap(({ outputs }) => outputs));
  const listed = new Set(graph.outputs.map(({ name }) => name));
  return [...graph.values.values()].filter(({ name, shape }) => shape && computed.has(name) && !listed.has(name));
}

function fromNode({ op, domain, name, inputs, outputs, attributes }: Node): NodeProto {
  const attribute = Object.entries(attributes).map(([key, value]) => fromAttribute(key, value));
  return create(NodeProtoSchema, { opType: op, domain, name, input: [...inputs], output: [...outputs], attribute });
}

function fromAttribute(name: string, attribute: Attribute): AttributeProto {
  const made = (init: MessageInitShape<typeof AttributeProtoSchema>) => create(AttributeProtoSchema, { name, ...init });
  switch (attribute.kind) {
    case 'float':
      return made({ type: Kind.FLOAT, f: attribute.value });
    case 'int':
      return made({ type: Kind.INT, i: BigInt(attribute.value) });
    case 'string':
      return made({ type: Kind.STRING, s: utf8(attribute.value) });
    case 'floats':
      return made({ type: Kind.FLOATS, floats: [...attribute.value] });
    case 'ints':
      return made({ type: Kind.INTS, ints: attribute.value.map(BigInt) });
    case 'strings':
      return made({ type: Kind.STRINGS, strings: attribute.value.map(utf8) });
    case 'tensor':
      return made({ type: Kind.TENSOR, t: fromConstant(attribute.value, '') });
    case 'graph':
      return made({ type: Kind.GRAPH, g: fromGraph(attribute.value) });
  }
}

function fromConstant({ type, shape, data }: Constant, name: string) {
  const tensor = { name, dataType: numberOfType(type), dims: shape.map(BigInt) };
  if (isExternal(data)) {
    const { location, offset, length } = data;
    const entries = { location, offset: String(offset), ...(length !== undefined && { length: String(length) }) };
    const externalData = Object.entries(entries).map(([key, value]) => ({ key, value }));
    return create(TensorProtoSchema, { ...tensor, dataLocation: TensorProto_DataLocation.EXTERNAL, externalData });
  }
  if (data instanceof Uint8Array)
    return create(TensorProtoSchema, { ...tensor, rawData: data as Uint8Array<ArrayBuffer> });
  return create(TensorProtoSchema, { ...tensor, stringData: data.map(utf8) });
}

function fromValue({ name, type, shape }: Value) {
  if (type === 'other') return create(ValueInfoProtoSchema, { name });
  const dim = shape?.map((length) => ({
    value:
      typeof length === 'number'
        ? { case: 'dimValue' as const, value: BigInt(length) }
        : { case: 'dimParam' as const, value: length },
  }));
  const tensor = { elemType: numberOfType(type), ...(dim && { shape: { dim } }) };
  return create(ValueInfoProtoSchema, { name, type: { value: { case: 'tensorType', value: tensor } } });
}

const utf8 = (text: string) => new TextEncoder().encode(text);
