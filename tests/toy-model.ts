/** Small models for tests: built with the library's own builder, run by ONNX Runtime in this thread. */
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { type Builder, createBuilder } from '../dist/src/onnx/builder.js';
import type { ElementType, Graph, Shape } from '../dist/src/onnx/graph.js';
import { writeModel } from '../dist/src/onnx/write.js';

export interface ToyModel {
  /** Shapes by name; a string is a dynamic length. */
  readonly inputs: { readonly [name: string]: Shape };
  /** Adds the nodes and returns the name of each output. */
  readonly build: (b: Builder) => string | readonly string[];
  /** What the outputs are to be called. Default: the names that `build` returned. */
  readonly outputs?: readonly string[];
  readonly outputShapes?: readonly Shape[];
  readonly outputType?: ElementType;
  readonly inputType?: ElementType;
  readonly opset?: number;
  readonly domains?: { readonly [domain: string]: number };
}

/** A graph of a few nodes. */
export function toyGraph({
  inputs,
  build,
  outputs,
  outputShapes,
  opset = 21,
  domains = {},
  ...types
}: ToyModel): Graph {
  const b = createBuilder('t');
  const built = [build(b)].flat();
  const names = outputs ?? built;
  const renamed = (name: string) => (built.includes(name) ? names[built.indexOf(name)]! : name);
  return {
    irVersion: 8,
    opsets: new Map([['', opset], ...Object.entries(domains)]),
    inputs: Object.entries(inputs).map(([name, shape]) => ({ name, type: types.inputType ?? 'float32', shape })),
    outputs: names.map((name, at) => ({ name, type: types.outputType ?? 'float32', shape: outputShapes?.[at] })),
    nodes: b.nodes.map((node) => ({ ...node, inputs: node.inputs.map(renamed), outputs: node.outputs.map(renamed) })),
    constants: b.constants,
    values: new Map(),
  };
}

export interface Numbers {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** Runs a graph (or the bytes or path of a model) on float32 inputs; every output becomes numbers. */
export async function runModel(
  model: Graph | Uint8Array | string,
  inputs: { readonly [name: string]: Numbers },
): Promise<{ [name: string]: Numbers }> {
  const source = typeof model === 'string' || model instanceof Uint8Array ? model : writeModel(model);
  const options = { intraOpNumThreads: 1, logSeverityLevel: 3 } as const;
  const session = await (typeof source === 'string'
    ? InferenceSession.create(source, options)
    : InferenceSession.create(source, options));
  const feeds = Object.entries(inputs).map(
    ([name, { data, shape }]) => [name, new OrtTensor('float32', data, shape)] as const,
  );
  const results = await session.run(Object.fromEntries(feeds));
  const outputs = Object.entries(results).map(([name, { data, dims }]) => {
    return [
      name,
      { data: data instanceof Float32Array ? data : Float32Array.from(data as ArrayLike<number>, Number), shape: dims },
    ] as const;
  });
  await session.release();
  return Object.fromEntries(outputs);
}

/** Repeatable numbers in [-1, 1): for weights and pictures. */
export function noise(shape: readonly number[], seed = 1): Numbers {
  let state = seed >>> 0;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  const size = shape.reduce((product, length) => product * length, 1);
  return { data: Float32Array.from({ length: size }, next), shape };
}
