/** Gradients per second through the pool. */
import { ExplainError } from '../src/core/errors.ts';
import type { Photo } from '../src/core/predictor.ts';
import { sharedTensor } from '../src/core/tensor.ts';
import { gradientSums } from '../src/gradient/gradient-sums.ts';
import { defaultLayer } from '../src/gradient/layer.ts';
import { layerCells } from '../src/gradient/layer-cells.ts';
import type { Model } from '../src/model.ts';

/** The layer that Grad-CAM takes, where there is one. */
export function camLayer({ graph, input, output, layout }: Model): string | undefined {
  try {
    return defaultLayer(graph, input, output, layout);
  } catch (error) {
    if (error instanceof ExplainError && error.code === 'ERR_LAYER') return undefined;
    throw error;
  }
}

/** How many channels a layer has; infinitely many where there is none, or its shape is not known. */
export function channelCount({ graph, input, output, layout }: Model, layer: string | undefined): number {
  const cells = layer === undefined ? undefined : layerCells(graph, input, output, layout).get(layer);
  const shape = cells && graph.values.get(layer!)?.shape?.toSpliced(cells.batch, 1);
  return Number(shape?.[cells!.channels] ?? Infinity);
}

/** Makes gradients of two classes on the way from a grey picture to a photo, as Integrated Gradients take them. */
export async function gradientRate(
  model: Model,
  photo: Photo,
  {
    wrt,
    rows: count,
    signal,
  }: { readonly wrt: string; readonly rows: number; readonly signal: AbortSignal | undefined },
): Promise<{ readonly passes: number; readonly seconds: number }> {
  const { picture } = await model.prepare(photo);
  const scene = { picture, baseline: sharedTensor(picture.shape) };
  const rows = Array.from({ length: count }, (_, at) => {
    return { recipe: { kind: 'path', alpha: (at + 1) / count }, target: at % 2, weight: 1, group: 0 } as const;
  });
  const classes = model.graph.outputs[0]!.shape![1] as number;
  const begin = performance.now();
  await gradientSums(model, scene, rows, { wrt, score: 'logit', classes, signal });
  return { passes: count, seconds: (performance.now() - begin) / 1000 };
}
