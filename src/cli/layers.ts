import { defaultLayer, type Layer, layersOf } from '../gradient/layer.ts';
import { nodesWithReasons, unsupportedOperators } from '../gradient/unsupported-operators.ts';
import type { Graph } from '../onnx/graph.ts';
import { producers } from '../onnx/graph.ts';
import { writtenPath } from './document.ts';
import { loadGivenModel } from './load.ts';
import { type Given, textOption } from './options.ts';

/** Lists the values of a model that can be explained, and the operators that have no gradient rule. */
export async function layers(path: string | undefined, given: Given): Promise<void> {
  await using model = await loadGivenModel({ ...given, workers: 1 }, path ?? textOption(given, 'model'));
  const { graph, input, output } = model;
  const all = layersOf(graph, input, ownLogits(graph, output), model.layout).filter(
    ({ name }) => !name.startsWith(output),
  );
  const preferred = all.some(({ explainable }) => explainable)
    ? defaultLayer(graph, input, output, model.layout)
    : null;
  const unsupported = unsupportedOperators(graph, output, [input]);
  if (given.json) {
    const described = all.map(({ name, shape, role, explainable }) => ({
      name,
      shape: shape ?? null,
      role,
      explainable,
    }));
    const result = { model: writtenPath(model.path), default: preferred, layers: described, unsupported };
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return;
  }
  const width = Math.max(0, ...all.map(({ name }) => name.length));
  for (const layer of all) process.stdout.write(`${line(layer, layer.name === preferred, width)}\n`);
  for (const found of unsupported) {
    const nodes = nodesWithReasons(found).slice(0, 3).join(', ');
    process.stdout.write(`no gradient rule: ${found.operator} × ${found.count} (${nodes})\n`);
  }
}

/** The file's own value behind the logits, which `withLogits` hands on under a name of its own. */
const ownLogits = (graph: Graph, output: string): string => producers(graph).get(output)!.inputs[0]!;

function line({ name, shape, role, explainable }: Layer, isDefault: boolean, width: number): string {
  const marks = [role, ...(explainable ? ['explainable'] : []), ...(isDefault ? ['default'] : [])].join(', ');
  return `${isDefault ? '*' : ' '} ${name.padEnd(width)}  ${`[${shape?.join(', ') ?? '?'}]`.padEnd(20)}  ${marks}`;
}
