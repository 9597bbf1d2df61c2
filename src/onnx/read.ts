import { expected } from '../core/errors.ts';
import { constantOf, safeNumber } from './constants.ts';
import { elementTypeOf } from './element-type.ts';
import { checkExternalFiles, externalData } from './external-data.ts';
import type { Attribute, Constant, Graph, Node, Shape, Value } from './graph.ts';
import { functionKey, inlineFunctions, type LocalFunction } from './local-functions.ts';
import { readModelFile } from './model-file.ts';
import { decode } from './protobuf/decode.ts';
import { encode } from './protobuf/encode.ts';
import { ATTRIBUTE_TYPES, EXTERNAL, type Message } from './protobuf/messages.ts';
import { tensorData } from './tensor-data.ts';
import { labelOfNode, topological } from './topological.ts';

/**
 * Reads an ONNX file as data. External data files are checked, not read.
 * @throws `ERR_MODEL` in one sentence for anything that is no ONNX model.
 * @example
 * const graph = await readGraph('resnet18.onnx');
 * console.log(graph.nodes.length, 'nodes');
 */
export async function readGraph(path: string): Promise<Graph> {
  const graph = parseGraph(await readModelFile(path), path);
  await checkExternalFiles(graph, path);
  return graph;
}

/**
 * Parses the bytes of an ONNX file; large constants stay views of `bytes`.
 * @param source what errors call the file
 * @throws `ERR_MODEL` in one sentence for anything that is no ONNX model.
 */
export function parseGraph(bytes: Uint8Array, source: string): Graph {
  const model = decoded(bytes, source);
  if (!model.graph || model.graph.node.length === 0) {
    throw expected('ERR_MODEL', source, 'an ONNX model', 'a file without a graph of nodes');
  }
  const header = { irVersion: safeNumber(model.irVersion), opsets: toOpsets(model.opsetImport) };
  const graph = toGraph(model.graph, header, new Set(), source);
  const functions = model.functions.map((proto) => {
    const key = functionKey(plainDomain(proto.domain), nameWithOverload(proto.name, proto.overload));
    return [key, toFunction(proto, header, source)] as const;
  });
  return inlineFunctions(graph, new Map(functions), source);
}

const toOpsets = (imports: readonly Message<'OperatorSetIdProto'>[]) =>
  new Map(imports.map(({ domain, version }) => [plainDomain(domain), safeNumber(version)]));

const nameWithOverload = (name: string, overload: string) => (overload ? `${name}:${overload}` : name);

/** A function's body is a graph for each call: attributes of its nodes may refer to those of the call. */
function toFunction(proto: Message<'FunctionProto'>, header: Header, source: string): LocalFunction {
  const { name, node, input, output, valueInfo, attributeProto } = proto;
  const where = `function '${name}' of ${source}`;
  const named = (value: string) => ({ name: value, type: undefined });
  const values = { input: input.map(named), output: output.map(named), valueInfo };
  const graph = { name, node, ...values, initializer: [], sparseInitializer: [] };
  const defaults = Object.fromEntries(
    attributeProto.map((attribute) => [attribute.name, toAttribute(attribute, where)]),
  );
  return {
    name,
    bytes: encode('FunctionProto', proto).length,
    body(given) {
      const attributes = { ...defaults, ...given };
      return toGraph(graph, { ...header, opsets: toOpsets(proto.opsetImport), attributes }, new Set(), where);
    },
  };
}

function decoded(bytes: Uint8Array, source: string): Message<'ModelProto'> {
  try {
    return decode('ModelProto', bytes);
  } catch (cause) {
    throw expected('ERR_MODEL', source, 'an ONNX model', 'a file that is truncated or no ONNX file', '', { cause });
  }
}

type Header = Pick<Graph, 'irVersion' | 'opsets'> & {
  /** Inside a function: the attributes that it was called with. */
  readonly attributes?: Node['attributes'];
};

function toGraph(proto: Message<'GraphProto'>, header: Header, outer: ReadonlySet<string>, source: string): Graph {
  if (proto.sparseInitializer.length > 0) {
    throw expected('ERR_MODEL', source, 'dense tensors', 'a sparse one', 'Save the model with dense weights.');
  }
  const visible = new Set([
    ...outer,
    ...proto.input.map(({ name }) => name),
    ...proto.initializer.map(({ name }) => name),
    ...proto.node.flatMap(({ output }) => output),
  ]);
  const all = proto.node.map((node) => toNode(node, header, visible, source));
  const fixed = all.flatMap((node) =>
    isConstant(node) ? [[node.outputs[0]!, valueOfConstant(node, source)] as const] : [],
  );
  const constants = new Map([
    ...proto.initializer.map((tensor) => [tensor.name, toConstant(tensor, source)] as const),
    ...fixed,
  ]);
  const inputs = proto.input.filter(({ name }) => !constants.has(name)).map(toValue);
  const outputs = proto.output.map(toValue);
  const given = new Set([...outer, ...inputs.map(({ name }) => name), ...constants.keys()]);
  const nodes = topological(
    all.filter((node) => !isConstant(node)),
    given,
    source,
  );
  const computed = new Set(nodes.flatMap((node) => node.outputs));
  const missing = outputs.find(({ name }) => !computed.has(name) && !given.has(name));
  if (missing)
    throw expected('ERR_MODEL', source, 'every output to be computed', `'${missing.name}', which no node gives`);
  const values = new Map(proto.valueInfo.map((info) => [info.name, toValue(info)]));
  const { irVersion, opsets } = header;
  return { irVersion, opsets, inputs, outputs, nodes, constants, values };
}

const plainDomain = (domain: string) => (domain === 'ai.onnx' ? '' : domain);

function toNode(proto: Message<'NodeProto'>, header: Header, visible: ReadonlySet<string>, source: string): Node {
  const node = {
    op: nameWithOverload(proto.opType, proto.overload),
    domain: plainDomain(proto.domain),
    name: proto.name,
    ...scopeOf(proto),
    inputs: proto.input,
    outputs: proto.output,
  };
  const where = `${labelOfNode({ ...node, attributes: {} })} in ${source}`;
  const attributes = proto.attribute.flatMap((attribute) => {
    if (attribute.refAttrName && header.attributes) {
      const { refAttrName: name } = attribute;
      return Object.hasOwn(header.attributes, name) ? [[attribute.name, header.attributes[name]!] as const] : [];
    }
    if (ATTRIBUTE_TYPES[attribute.type] === 'GRAPH' && attribute.g) {
      return [[attribute.name, { kind: 'graph', value: toGraph(attribute.g, header, visible, source) }] as const];
    }
    return [[attribute.name, toAttribute(attribute, where)] as const];
  });
  return { ...node, attributes: Object.fromEntries(attributes) };
}

/** `torch.onnx.export` with dynamo lists the modules around a node, the outermost first, and then the node itself. */
function scopeOf({ metadataProps }: Message<'NodeProto'>): Pick<Node, 'scope'> {
  const scopes = metadataProps.find(({ key }) => key === 'pkg.torch.onnx.name_scopes')?.value ?? '';
  const scope = scopes
    .replaceAll(/[[\]'"\s]/g, '')
    .split(',')
    .at(-2);
  return scope ? { scope } : {};
}

function toAttribute(proto: Message<'AttributeProto'>, where: string): Attribute {
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (proto.refAttrName) {
    throw expected(
      'ERR_MODEL',
      `attribute '${proto.name}' of ${where}`,
      'a value',
      `a reference to '${proto.refAttrName}'`,
    );
  }
  switch (ATTRIBUTE_TYPES[proto.type]) {
    case 'FLOAT':
      return { kind: 'float', value: proto.f };
    case 'INT':
      return { kind: 'int', value: safeNumber(proto.i) };
    case 'STRING':
      return { kind: 'string', value: text(proto.s) };
    case 'FLOATS':
      return { kind: 'floats', value: proto.floats };
    case 'INTS':
      return { kind: 'ints', value: proto.ints.map(safeNumber) };
    case 'STRINGS':
      return { kind: 'strings', value: proto.strings.map(text) };
    case 'TENSOR':
      if (proto.t) return { kind: 'tensor', value: toConstant(proto.t, where) };
  }
  const received = ATTRIBUTE_TYPES[proto.type] ?? `type ${proto.type}`;
  throw expected('ERR_MODEL', `attribute '${proto.name}' of ${where}`, 'numbers, text, a tensor or a graph', received);
}

function toConstant(proto: Message<'TensorProto'>, source: string): Constant {
  const type = elementTypeOf(proto.dataType);
  const shape = proto.dims.map(safeNumber);
  const what = `tensor '${proto.name}' in ${source}`;
  if (type === 'other')
    throw expected('ERR_MODEL', what, 'an element type that ONNX knows', `number ${proto.dataType}`);
  if (shape.some((length) => length < 0)) throw expected('ERR_MODEL', what, 'a shape', `[${shape.join(', ')}]`);
  if (proto.dataLocation === EXTERNAL) {
    return { type, shape, data: externalData(proto.externalData, proto.name, source) };
  }
  const data = tensorData(proto, type, shape);
  if (!data) throw expected('ERR_MODEL', what, `values for ${type}[${shape.join(', ')}]`, 'more or fewer');
  return { type, shape, data };
}

function toValue(proto: Message<'ValueInfoProto'>): Value {
  const tensor = proto.type?.tensorType;
  if (!tensor) return { name: proto.name, type: 'other', shape: undefined };
  return { name: proto.name, type: elementTypeOf(tensor.elemType), shape: toShape(tensor, proto.name) };
}

/** A length that the file leaves open gets a name of its own. */
function toShape({ shape }: Message<'TensorTypeProto'>, name: string): Shape | undefined {
  return shape?.dim.map(({ dimValue, dimParam }, axis) => {
    if (dimValue !== undefined && dimValue >= 0n) return safeNumber(dimValue);
    return dimParam || `${name}.${axis}`;
  });
}

const isConstant = (node: Node) => node.op === 'Constant' && node.domain === '' && node.outputs.length === 1;

function valueOfConstant(node: Node, source: string): Constant {
  const [form, attribute] = Object.entries(node.attributes)[0] ?? [];
  switch (attribute?.kind) {
    case 'tensor':
      return attribute.value;
    case 'float':
      return constantOf('float32', [attribute.value], []);
    case 'floats':
      return constantOf('float32', attribute.value, [attribute.value.length]);
    case 'int':
      return constantOf('int64', [attribute.value], []);
    case 'ints':
      return constantOf('int64', attribute.value, [attribute.value.length]);
    case 'string':
      return { type: 'string', shape: [], data: [attribute.value] };
    case 'strings':
      return { type: 'string', shape: [attribute.value.length], data: attribute.value };
    default:
      throw expected('ERR_MODEL', `${labelOfNode(node)} in ${source}`, 'one dense value', form ?? 'none');
  }
}
