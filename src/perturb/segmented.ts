/** A picture cut into segments that can be switched off: what LIME and KernelSHAP work on. */
import type { Json } from '../core/attribution.ts';
import { type BaselineSpec, baselineOf } from '../core/baseline.ts';
import { checkInteger } from '../core/check.ts';
import { pixelsOf } from '../core/pixels.ts';
import type { Prepared, RunOptions } from '../core/predictor.ts';
import type { Recipe, Scene } from '../core/recipe.ts';
import { PIXELS } from '../core/view.ts';
import { inTurns } from './in-turns.ts';
import { segmentBoundaries, segmentMask } from './segment/segment-mask.ts';
import { segmentMeans } from './segment/segment-means.ts';
import { describeSegmentation, type SegmentationOptions, segmentation } from './segment/segmentation.ts';

export interface SegmentedOptions extends SegmentationOptions {
  /** What stands in a segment that is off: `segment-mean` (or `mean`, the default), its mean colour; or any other baseline, such as `R,G,B`. */
  readonly fill?: BaselineSpec | undefined;
}

interface Seeded {
  /** Of the fill `noise`. */
  readonly seed?: number | undefined;
}

/** The defaults of all that segments have, in words. */
export const SEGMENT_DEFAULTS: { readonly [name in keyof SegmentedOptions]-?: string } = {
  segmentation: 'slic',
  segments: '60',
  compactness: '10',
  sigma: '1',
  kernelSize: '4',
  maxDist: '200',
  ratio: '0.2',
  fill: 'mean',
};

export type Segmented = Awaited<ReturnType<typeof segmented>>;

export async function segmented(prepared: Prepared, options: SegmentedOptions & Seeded & RunOptions) {
  const { picture, normalisation, view } = prepared;
  const { fill = 'segment-mean' } = options;
  const seed = checkInteger(options.seed ?? 0, 'seed');
  const pieces = segmentation(pixelsOf(picture, normalisation), view, options);
  const { labels, originals } = await inTurns(pieces, options.signal);
  const segments = new Int32Array(new SharedArrayBuffer(labels.byteLength));
  segments.set(labels);
  const isMean = fill === 'segment-mean' || fill === 'mean';
  const baseline = isMean ? segmentMeans(picture, labels, originals.length) : baselineOf(fill, prepared, seed);
  const scene: Scene = { picture, baseline, segments };
  const described: { readonly [name: string]: Json } = { ...describeSegmentation(options), fill };
  const onPhoto = { labels, inputSize: picture.shape.slice(1) as [number, number], view };

  return {
    count: originals.length,
    scene,
    described,
    /** What every attribution to segments carries. */
    attributed: (weights: Float64Array) => ({
      data: Float32Array.from(weights),
      shape: [originals.length],
      segments: labels,
      segmentLabels: originals,
      backwardPasses: 0,
      lattice: PIXELS,
      fold: 'mean' as const,
      mask: (maskOptions?: Parameters<typeof segmentMask>[2]) => segmentMask(weights, onPhoto, maskOptions),
      boundaries: () => segmentBoundaries(onPhoto),
    }),
  };
}

/** The recipes of masks [n][segments], 1 for each segment that stays. */
export const keeping = (masks: readonly Uint8Array[]): Recipe[] => masks.map((keep) => ({ kind: 'segments', keep }));
