/** What is measured: each explainer at its usual size, or at as much of it as can be afforded. */
import type { Attribution } from '../src/core/attribution.ts';
import { packageFile } from '../src/core/package-file.ts';
import type { Photo, RunOptions } from '../src/core/predictor.ts';
import { scoreCam } from '../src/gradient/score-cam.ts';
import type { Model } from '../src/model.ts';
import { lime } from '../src/perturb/lime.ts';
import { occlusion } from '../src/perturb/occlusion.ts';
import { rise } from '../src/perturb/rise.ts';
import { camLayer, channelCount, gradientRate } from './gradient-rate.ts';

/** What is explained: a photo that comes with the package. */
export const PHOTO = packageFile('examples/chelsea.png');

/** Runs a method, and says how many passes it made in which time. */
export type Work = (model: Model, run?: RunOptions) => Promise<{ readonly passes: number; readonly seconds: number }>;

export interface Works {
  readonly occlusion: Work;
  readonly lime: Work;
  readonly rise: Work;
  /** Where its layer has no more channels than passes can be afforded. */
  readonly scoreCam?: Work;
}

export interface GradientWorks {
  /** By the input. */
  readonly gradient: Work;
  /** By the layer that Grad-CAM takes, where there is one. */
  readonly gradCam?: Work;
}

/** @param affordable how many passes one worker can make in the time that a measurement may take */
export function works(model: Model, photo: Photo, affordable: number): Works {
  const atMost = (usual: number) => Math.round(Math.min(usual, Math.max(100, affordable)));
  const [forLime, forRise] = [atMost(1000), atMost(4000)];
  const masked: Work = async (model, run) => timed(await scoreCam(model, photo, run));
  return {
    occlusion: async (model, run) => timed(await occlusion(model, photo, { incremental: false, ...run })),
    lime: async (model, run) => timed(await lime(model, photo, { samples: forLime, ...run })),
    rise: async (model, run) => timed(await rise(model, photo, { samples: forRise, ...run })),
    ...(channelCount(model, camLayer(model)) <= affordable ? { scoreCam: masked } : {}),
  };
}

export function gradientWorks(model: Model, photo: Photo, affordable: number): GradientWorks {
  const rows = Math.round(Math.min(200, Math.max(24, affordable / 4)));
  const layer = camLayer(model);
  const by = (wrt: string): Work => {
    return (model, run) => gradientRate(model, photo, { wrt, rows, signal: run?.signal });
  };
  return { gradient: by(model.input), ...(layer === undefined ? {} : { gradCam: by(layer) }) };
}

const timed = ({ forwardPasses, seconds }: Attribution) => ({ passes: forwardPasses, seconds });
