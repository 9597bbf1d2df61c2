import type { ClassifierGraph } from './classifier.ts';
import type { InputShapes } from './infer-shapes.ts';

/** The shape of a classifier's input for pictures of one size. */
export function pictureShapes(
  { input, layout, channels, fixedBatch }: ClassifierGraph,
  { height, width }: { readonly height: number; readonly width: number },
): InputShapes {
  const size = layout === 'nchw' ? [channels, height, width] : [height, width, channels];
  return { [input.name]: [fixedBatch ?? 'N', ...size] };
}
