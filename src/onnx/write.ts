import { numberOfType } from './element-type.ts';
import { isExternal } from './external-data.ts';
import type { Attribute, Constant, Graph, Node, Value } from './graph.ts';
import { encode } from './protobuf/encode.ts';
import { ATTRIBUTE_TYPES, EXTERNAL, type MessageInit } from './protobuf/messages.ts';

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
  const bytes = encode('ModelProto', {
    irVersion: BigInt(Math.max(graph.irVersion, LEAST_IR_VERSION)),
    producerName: 'onnx-explain',
    opsetImport,
    graph: fromGraph(graph),
  });
  if (!options.shared) return bytes;
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}

function fromGraph(graph: Graph): MessageInit<'GraphProto'> {
  return {
    name: 'graph',
    node: graph.nodes.map(fromNode),
    initializer: Array.from(graph.constants, ([name, constant]) => fromConstant(constant, name)),
    input: graph.inputs.map(fromValue),
    output: graph.outputs.map(fromValue),
    valueInfo: between(graph).map(fromValue),
  };
}

/** What is said of the values that nodes compute for other nodes. */
function between(graph: Graph): Value[] {
  const computed = new Set(graph.nodes.flatMap(({ outputs }) => outputs));
  const listed = new Set(graph.outputs.map(({ name }) => name));
  return [...graph.values.values()].filter(({ name, shape }) => shape && computed.has(name) && !listed.has(name));
}

function fromNode({ op, domain, name, inputs, outputs, attributes }: Node): MessageInit<'NodeProto'> {
  const attribute = Object.entries(attributes).map(([key, value]) => fromAttribute(key, value));
  return { opType: op, domain, name, input: inputs, output: outputs, attribute };
}

function fromAttribute(name: string, attribute: Attribute): MessageInit<'AttributeProto'> {
  const made = (type: (typeof ATTRIBUTE_TYPES)[number], value: MessageInit<'AttributeProto'>) => ({
    name,
    ...value,
    type: ATTRIBUTE_TYPES.indexOf(type),
  });
  switch (attribute.kind) {
    case 'float':
      return made('FLOAT', { f: attribute.value });
    case 'int':
      return made('INT', { i: BigInt(attribute.value) });
    case 'string':
      return made('STRING', { s: utf8(attribute.value) });
    case 'floats':
      return made('FLOATS', { floats: attribute.value });
    case 'ints':
      return made('INTS', { ints: attribute.value.map(BigInt) });
    case 'strings':
      return made('STRINGS', { strings: attribute.value.map(utf8) });
    case 'tensor':
      return made('TENSOR', { t: fromConstant(attribute.value, '') });
    case 'graph':
      return made('GRAPH', { g: fromGraph(attribute.value) });
  }
}

function fromConstant({ type, shape, data }: Constant, name: string): MessageInit<'TensorProto'> {
  const tensor = { name, dataType: numberOfType(type), dims: shape.map(BigInt) };
  if (isExternal(data)) {
    const { location, offset, length } = data;
    const entries = { location, offset: String(offset), ...(length !== undefined && { length: String(length) }) };
    const externalData = Object.entries(entries).map(([key, value]) => ({ key, value }));
    return { ...tensor, dataLocation: EXTERNAL, externalData };
  }
  if (data instanceof Uint8Array) return { ...tensor, rawData: data };
  return { ...tensor, stringData: data.map(utf8) };
}

function fromValue({ name, type, shape }: Value): MessageInit<'ValueInfoProto'> {
  if (type === 'other') return { name };
  const dim = shape?.map((length) =>
    typeof length === 'number' ? { dimValue: BigInt(length) } : { dimParam: length },
  );
  return { name, type: { tensorType: { elemType: numberOfType(type), shape: dim && { dim } } } };
}

const utf8 = (text: string) => new TextEncoder().encode(text);
