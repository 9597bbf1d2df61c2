/**
 * A model whose weights stay in its file. ONNX Runtime maps external data into memory instead of copying it, so that all sessions of
 * all threads share one copy, which is the operating system's own of the file.
 */
import { realpath } from 'node:fs/promises';
import { basename, dirname, relative, resolve } from 'node:path';
import { isFloat } from './element-type.ts';
import { checkExternalFiles, externalReferences, isExternal } from './external-data.ts';
import { type FileState, fileState } from './file-state.ts';
import type { Constant, Graph } from './graph.ts';
import { readModelFile } from './model-file.ts';
import { parseGraph } from './read.ts';
import { writeModel } from './write.ts';

/** In bytes. Shorter constants may be asked for their values. */
const LEAST = 8192;

/** In bytes. Above it, sessions work on the mapped file itself; below, each may make copies that suit its processor better. */
const LARGE = 2 ** 27;

/** Where the weights of a graph lie. */
export interface Weights {
  /** What the graph's references start from. */
  readonly folder: string;
  readonly large: boolean;
  /** The model's file and those beside it, as they were when they were loaded. */
  readonly files: readonly FileState[];
}

export interface GraphOnDisk {
  /** Its weights are references: to the model's own file, or to files beside it. */
  readonly graph: Graph;
  readonly weights: Weights;
}

/**
 * Reads an ONNX file and leaves the weights where they are.
 * @throws `ERR_MODEL` in one sentence for anything that is no ONNX model.
 * @example
 * const { graph, weights } = await readGraphOnDisk('vgg16.onnx');
 */
export async function readGraphOnDisk(path: string): Promise<GraphOnDisk> {
  const own = await fileState(resolve(path)).catch(() => undefined); // readModelFile says why there is none
  const bytes = await readModelFile(path);
  const graph = parseGraph(bytes, path);
  const beside = await checkExternalFiles(graph, path);
  const file = await realpath(path);
  if (beside.size > 0) {
    const states = await Promise.all(Array.from(beside.values(), fileState));
    const folders = [await realpath(dirname(path)), dirname(file)];
    return onDisk(...withoutLinks(graph, folders, beside), [own!, ...states]);
  }
  // Short constants are views of the file's bytes too: they go through a writer and back before those are given back.
  const left = Array.from(graph.constants, ([name, constant]) => [name, leftIn(file, bytes, constant)] as const);
  const small = parseGraph(writeModel({ ...graph, constants: new Map(left) }), path);
  bytes.buffer.resize(0);
  return onDisk(small, dirname(file), [own!]);
}

function onDisk(graph: Graph, folder: string, files: readonly FileState[]): GraphOnDisk {
  const bytes = externalReferences(graph).reduce((total, { length = 0 }) => total + length, 0);
  return { graph, weights: { folder, large: bytes > LARGE, files } };
}

/** References to the real files, and the folder they start from: ONNX Runtime follows no link that leads out of it. */
function withoutLinks(
  graph: Graph,
  folders: readonly string[],
  files: ReadonlyMap<string, string>,
): [graph: Graph, folder: string] {
  const leaves = (folder: string, file: string) => relative(folder, file).startsWith('..');
  const folder = folders.find((folder) => [...files.values()].every((file) => !leaves(folder, file))) ?? folders[0]!;
  const constants = Array.from(graph.constants, ([name, constant]): [string, Constant] => {
    const { data } = constant;
    if (!isExternal(data)) return [name, constant];
    return [name, { ...constant, data: { ...data, location: relative(folder, files.get(data.location)!) } }];
  });
  return [{ ...graph, constants: new Map(constants) }, folder];
}

/** A constant that is a view of the file's bytes becomes a reference to them. */
function leftIn(file: string, bytes: Uint8Array, constant: Constant): Constant {
  const { type, data } = constant;
  const isView = data instanceof Uint8Array && data.buffer === bytes.buffer && data.length > LEAST;
  if (!isView || !isFloat(type)) return constant;
  const offset = data.byteOffset - bytes.byteOffset;
  return { ...constant, data: { location: basename(file), offset, length: data.length } };
}
