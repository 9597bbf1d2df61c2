import { expected } from '../core/errors.ts';
import { nearest } from '../core/nearest.ts';
import type { Graph, Node } from '../onnx/graph.ts';
import { nodesBetween } from './nodes-between.ts';

/**
 * The value meant by the name of a value or node, by the end of one such name that no other ends in, or by a PyTorch module's
 * path, as `torch.onnx.export` writes it into node names or beside them: `layer4.1` is the last value computed in it.
 * @throws `ERR_LAYER` where none or several match, with the nearest names
 */
export function findLayer(graph: Graph, input: string, logits: string, name: string): string {
  const { nodes, values } = nodesBetween(graph, [input], logits);
  const layers = nodes.flatMap((node) =>
    node.outputs.filter((value) => values.has(value)).map((value) => ({ node, value })),
  );
  const exact = layers.find(({ value }) => value === name) ?? layers.find(({ node }) => node.name === name);
  if (exact) return exact.value;
  const ending = layers.filter(({ node, value }) => value.endsWith(name) || node.name.endsWith(name));
  if (ending.length === 1) return ending[0]!.value;
  const inModule = layers.findLast(({ node }) => `${modulePath(node)}.`.startsWith(`${name}.`));
  if (inModule) return inModule.value;
  const maps = layers.filter(({ value }) => [3, 4].includes(graph.values.get(value)?.shape?.length ?? 0));
  const candidates = ending.length > 0 ? ending.slice(0, 3) : nearestLayers(name, maps.length > 0 ? maps : layers);
  const received = ending.length > 1 ? `'${name}', in which ${ending.length} names end` : `'${name}'`;
  const advice = `Did you mean ${candidates.map(({ value }) => `'${value}'`).join(' or ')}? The command 'layers' lists all.`;
  throw expected('ERR_LAYER', 'layer', 'the name of one layer', received, candidates.length > 0 ? advice : '');
}

const nearestLayers = <L extends { node: Node; value: string }>(name: string, layers: readonly L[]): L[] =>
  nearest(
    name,
    layers.map(({ node, value }) => [value, node.name]),
  ).map((at) => layers[at]!);

/**
 * The module that computes a node: what the newer exporter notes, else read off a name of the older one.
 * `/layer4/layer4.1/conv2/Conv` is node `Conv` of module `layer4.1.conv2`: a scope may repeat the end of the path before it.
 */
function modulePath({ scope, name }: Node): string {
  return scope ?? name.split('/').slice(1, -1).reduce(within, '');
}

function within(path: string, scope: string): string {
  const before = path === '' ? [] : path.split('.');
  const parts = scope.split('.');
  const repeated = parts.findLastIndex(
    (_, at) => at > 0 && before.slice(-at).join('.') === parts.slice(0, at).join('.'),
  );
  return [...before, ...parts.slice(Math.max(0, repeated))].join('.');
}
