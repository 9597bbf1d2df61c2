import { expected } from '../core/errors.ts';
import { nearest } from '../core/nearest.ts';
import type { Graph, Node } from '../onnx/graph.ts';
import { nodesBetween } from './nodes-between.ts';

/**
 * The value meant by the name of a value or node, by the end of one such name that no other ends in, or by a PyTorch module's
 * path, as `torch.onnx.export` writes it into node names: `layer4.1` is the last value computed under `/layer4/layer4.1/`.
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
  const maps = layers.filter(({ value }) => graph.values.get(value)?.shape?.length === 4);
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

/** `/layer4/layer4.1/conv2/Conv` is node `Conv` of module `layer4.1.conv2`: a scope may repeat the path before it. */
function modulePath({ name }: Node): string {
  const scopes = name.split('/').slice(1, -1);
  return scopes.reduce((path, scope) => (path === '' || scope.startsWith(`${path}.`) ? scope : `${path}.${scope}`), '');
}
