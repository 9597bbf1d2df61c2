/** Tensors whose bytes lie in files beside the model: such a file is never read here, and must not leave the model's folder. */
import { realpath, stat } from 'node:fs/promises';
import { dirname, posix, resolve, sep, win32 } from 'node:path';
import { expected } from '../core/errors.ts';
import type { Constant, ExternalData, Graph } from './graph.ts';

/** A reference to external data from its key-value pairs in the file. */
export function externalData(
  entries: readonly { readonly key: string; readonly value: string }[],
  name: string,
  source: string,
): ExternalData {
  const fields = new Map(entries.map(({ key, value }) => [key, value]));
  const location = fields.get('location') ?? '';
  const leaves = location.split(/[/\\]/).includes('..') || posix.isAbsolute(location) || win32.isAbsolute(location);
  if (!location || leaves || location.includes('\0')) {
    throw expected(
      'ERR_MODEL',
      `external data of '${name}' in ${source}`,
      "a path inside the model's folder",
      `'${location}'`,
    );
  }
  const offset = Number(fields.get('offset') ?? 0);
  const length = fields.has('length') ? Number(fields.get('length')) : undefined;
  if (
    !Number.isSafeInteger(offset) ||
    offset < 0 ||
    (length !== undefined && (!Number.isSafeInteger(length) || length < 0))
  ) {
    throw expected(
      'ERR_MODEL',
      `external data of '${name}' in ${source}`,
      'an offset and a length in bytes',
      `${offset} and ${length}`,
    );
  }
  return { location, offset, length };
}

/** Whether a tensor's bytes lie in another file. */
export const isExternal = (data: Constant['data']): data is ExternalData => 'location' in data;

/** Every tensor of a graph that lies in another file, those of its subgraphs too. */
export function externalReferences(graph: Graph): ExternalData[] {
  const attributes = graph.nodes.flatMap((node) => Object.values(node.attributes));
  const tensors = attributes.flatMap((attribute) => (attribute.kind === 'tensor' ? [attribute.value] : []));
  const inner = attributes.flatMap((attribute) =>
    attribute.kind === 'graph' ? externalReferences(attribute.value) : [],
  );
  return [...[...graph.constants.values(), ...tensors].map(({ data }) => data).filter(isExternal), ...inner];
}

/**
 * Checks that the files a graph refers to are there, long enough, and inside the model's folder even when links are followed.
 * A model that is itself a link (as in Hugging Face's cache) may also keep its data beside the real file.
 * @returns where each file really is, by its location in the graph
 * @throws `ERR_MODEL` otherwise.
 */
export async function checkExternalFiles(graph: Graph, path: string): Promise<ReadonlyMap<string, string>> {
  const ends = new Map<string, number>();
  for (const { location, offset, length } of externalReferences(graph)) {
    ends.set(location, Math.max(ends.get(location) ?? 0, offset + (length ?? 0)));
  }
  const files = new Map<string, string>();
  if (ends.size === 0) return files;
  const folders = [await realpath(dirname(path)), dirname(await realpath(path))];
  for (const [location, end] of ends) {
    const what = `external data '${location}' of ${path}`;
    const file = await realpath(resolve(dirname(path), location)).catch(() => {
      throw expected('ERR_MODEL', what, "a file in the model's folder", 'nothing', 'Put the file beside the model.');
    });
    if (!folders.some((folder) => file.startsWith(folder.endsWith(sep) ? folder : folder + sep))) {
      throw expected('ERR_MODEL', what, "a file inside the model's folder", 'a link that leaves it');
    }
    const { size } = await stat(file);
    if (size < end) throw expected('ERR_MODEL', what, `at least ${end} bytes`, size, 'Download the file again.');
    files.set(location, file);
  }
  return files;
}
