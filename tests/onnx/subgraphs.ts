/** Toy graphs with subgraphs in them, and toy models with functions of their own. */
import { create, type DescMessage, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { AttributeProtoSchema, FunctionProtoSchema, ModelProtoSchema, type NodeProto } from 'onnx-buf';
import { type Builder, createBuilder } from '../../dist/src/onnx/builder.js';
import type { ElementType, Graph, Shape } from '../../dist/src/onnx/graph.js';
import { writeModel } from '../../dist/src/onnx/write.js';

export interface Inner {
  /** Type and shape of each input; the condition and the number of a round have none of their own. */
  readonly inputs?: { readonly [name: string]: readonly [ElementType, Shape?] };
  readonly build: (b: Builder) => readonly string[];
  readonly outputTypes?: readonly ElementType[];
}

/** A subgraph whose values are called `prefix…`. */
export function subgraph(prefix: string, { inputs = {}, build, outputTypes = [] }: Inner): Graph {
  const b = createBuilder(prefix);
  const outputs = build(b);
  return {
    irVersion: 8,
    opsets: new Map([['', 21]]),
    inputs: Object.entries(inputs).map(([name, [type, shape]]) => ({ name, type, shape })),
    outputs: outputs.map((name, at) => ({ name, type: outputTypes[at] ?? 'float32', shape: undefined })),
    nodes: b.nodes,
    constants: b.constants,
    values: new Map(),
  };
}

/** The graph with subgraphs in the attributes of some of its nodes, by the node's name. */
export function withSubgraphs(
  graph: Graph,
  inner: { readonly [node: string]: { readonly [attribute: string]: Graph } },
): Graph {
  const nodes = graph.nodes.map((node) => {
    const added = Object.entries(inner[node.name] ?? {}).map(
      ([name, value]) => [name, { kind: 'graph', value }] as const,
    );
    return { ...node, attributes: { ...node.attributes, ...Object.fromEntries(added) } };
  });
  return { ...graph, nodes };
}

export interface ToyFunction {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly graph: Graph;
  /** Attributes of its nodes that refer to those of the call: `{ node: { axis: 'along' } }`. */
  readonly references?: { readonly [node: string]: { readonly [attribute: string]: string } };
  readonly attributes?: readonly string[];
  readonly defaults?: { readonly [attribute: string]: number };
  readonly opset?: number;
  readonly domain?: string;
}

/** The bytes of a model with functions of the domain `toy`. */
export function withFunctions(graph: Graph, functions: readonly ToyFunction[]): Uint8Array {
  const model = fromBinary(ModelProtoSchema, writeModel(graph));
  model.functions = functions.map(toFunction);
  return toBinary(ModelProtoSchema, model);
}

function toFunction({ name, inputs, graph, references = {}, attributes = [], defaults = {}, ...rest }: ToyFunction) {
  const made = fromBinary(ModelProtoSchema, writeModel(graph)).graph!;
  const constants = made.initializer.map((tensor) => ({
    opType: 'Constant',
    output: [tensor.name],
    attribute: [{ name: 'value', type: 4, t: tensor }],
  }));
  const int = (attribute: string, value: number) => ({ name: attribute, type: 2, i: BigInt(value) });
  return make(FunctionProtoSchema, {
    name,
    domain: rest.domain ?? 'toy',
    input: [...inputs],
    output: graph.outputs.map((output) => output.name),
    node: [...constants, ...made.node.map((node) => withReferences(node, references[node.name] ?? {}))],
    attribute: [...attributes],
    attributeProto: Object.entries(defaults).map(([attribute, value]) => int(attribute, value)),
    opsetImport: [
      { domain: '', version: BigInt(rest.opset ?? 21) },
      { domain: 'toy', version: 1n },
    ],
  });
}

function withReferences(node: NodeProto, references: { readonly [attribute: string]: string }): NodeProto {
  const referring = Object.entries(references).map(([name, refAttrName]) =>
    make(AttributeProtoSchema, { name, refAttrName, type: 2 }),
  );
  return { ...node, attribute: [...node.attribute, ...referring] };
}

const make = <D extends DescMessage>(schema: D, init: unknown) => create(schema, init as MessageInitShape<D>);
