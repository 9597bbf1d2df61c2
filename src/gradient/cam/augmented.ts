/**
 * pytorch-grad-cam's `aug_smooth`: the mean of the maps of the picture and of its mirror image, each with its values times 0.9, 1 and
 * 1.1. Every map is scaled to 0–1 first, and those of the mirror image are mirrored back.
 */
import type { SpatialMap } from '../../core/attribution.ts';
import type { RunOptions } from '../../core/predictor.ts';
import { sample } from '../../core/sample.ts';
import { type Subject, subjectOf } from '../../core/subject.ts';
import { sharedTensor, type Tensor } from '../../core/tensor.ts';
import type { Lattice } from '../../core/view.ts';
import type { Differentiable } from '../differentiable.ts';
import { unitScaled } from './fuse.ts';

const FACTORS = [0.9, 1, 1.1];
const COUNT = 2 * FACTORS.length;

/** What is found of one picture for one target. */
interface Found {
  readonly data: Float32Array;
  readonly shape: readonly number[];
  readonly lattice: Lattice;
  readonly forwardPasses: number;
  readonly backwardPasses: number;
  readonly unit: string;
}

/** @param find what is to be smoothed: the maps of all targets of a subject */
export async function augmented<One extends Found>(
  model: Differentiable,
  subject: Subject,
  { signal, onProgress }: RunOptions,
  find: (subject: Subject, run: RunOptions) => Promise<readonly One[]>,
): Promise<One[]> {
  const runs: (readonly One[])[] = [];
  for (let at = 0; at < COUNT; at++) {
    const factor = FACTORS[at % FACTORS.length]!;
    const changed = await seenAs(model, subject, changedPicture(subject.picture, factor, isMirrored(at)), signal);
    const report = ({ done, total }: { done: number; total: number }) =>
      onProgress?.({ done: at * total + done, total: COUNT * total });
    runs.push(await find(changed, { signal, onProgress: report }));
  }
  const [, , width] = subject.picture.shape as [number, number, number];
  return subject.targets.map((_, target) => {
    const ofTarget = runs.map((run) => run[target]!);
    const maps = ofTarget.map((found, at) => (isMirrored(at) ? mirrored(mapOf(found), width) : mapOf(found)));
    const passes = (count: (found: One) => number) => ofTarget.reduce((sum, found) => sum + count(found), 0);
    return {
      ...ofTarget[0]!,
      data: mean(maps),
      forwardPasses: passes(({ forwardPasses }) => forwardPasses) + 1,
      backwardPasses: passes(({ backwardPasses }) => backwardPasses),
      unit: 'share of the strongest cell',
    };
  });
}

const isMirrored = (run: number) => run >= FACTORS.length;

function changedPicture({ data, shape }: Tensor, factor: number, isMirrored: boolean): Tensor {
  const picture = sharedTensor(shape);
  const width = shape[2]!;
  for (let at = 0; at < data.length; at++) {
    const column = at % width;
    picture.data[at] = factor * data[isMirrored ? at - column + (width - 1 - column) : at]!;
  }
  return picture;
}

/** The same targets on another picture. */
function seenAs(model: Differentiable, subject: Subject, picture: Tensor, signal: RunOptions['signal']) {
  const { targets, scoreKind: score } = subject;
  const prepared: Differentiable = Object.assign(Object.create(model), {
    prepare: async () => ({ ...subject, picture }),
  });
  const settings = { targets: targets.map(({ index }) => index), score, signal };
  return subjectOf(prepared, { tensor: picture }, settings, score);
}

function mapOf({ data, shape, lattice }: Found): SpatialMap {
  const [height, width] = shape as [number, number];
  return { data: unitScaled(data), height, width, lattice };
}

/** A map of a picture's mirror image as a map of the picture, whose pixel x is pixel `columns` − 1 − x of the image. */
function mirrored({ data, height, width, lattice }: SpatialMap, columns: number): SpatialMap {
  const flipped = data.map((_, cell) => data[cell - (cell % width) + (width - 1 - (cell % width))]!);
  const originX = columns - 1 - (lattice.originX + (width - 1) * lattice.stepX);
  return { data: flipped, height, width, lattice: { ...lattice, originX } };
}

/** The mean of maps where the cells of the first lie. */
function mean(maps: readonly SpatialMap[]): Float32Array {
  const { data, width, lattice } = maps[0]!;
  return data.map((_, cell) => {
    const y = lattice.originY + Math.floor(cell / width) * lattice.stepY;
    const x = lattice.originX + (cell % width) * lattice.stepX;
    return maps.reduce((total, map) => total + sample(map, y, x), 0) / maps.length;
  });
}
