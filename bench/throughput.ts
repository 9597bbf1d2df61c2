/**
 * Passes per second of the explainers beside those of plain worker threads with plain sessions. All are measured in turn,
 * several times over, in one process: what is reported is the median of the rounds, and every ratio is of one round.
 */
import { arch, availableParallelism, cpus, platform } from 'node:os';
import type { Attribution } from '../src/core/attribution.ts';
import type { Photo } from '../src/core/predictor.ts';
import { random } from '../src/core/random.ts';
import { scoreCam } from '../src/gradient/score-cam.ts';
import type { Model } from '../src/model.ts';
import { lime } from '../src/perturb/lime.ts';
import { occlusion } from '../src/perturb/occlusion.ts';
import { camLayer, channelCount, gradientRate } from './gradient-rate.ts';
import { bestRaw, openRaw, type RawSetting } from './raw.ts';

export interface ThroughputOptions {
  /** Loads the model with so many workers; all cores where undefined. */
  readonly load: (workers?: number) => Promise<Model>;
  /** Of each raw measurement. Default: 2. */
  readonly seconds?: number | undefined;
  /** Default: 3. */
  readonly rounds?: number | undefined;
  readonly onStep?: (step: string) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface Rate {
  readonly passesPerSecond: number;
  /** To raw, 1 being as fast as the hardware allows. */
  readonly ratio: number;
  /** How many times faster all workers are than one. */
  readonly scaling: number;
}

export interface GradientRate extends Rate {
  /** What a gradient takes, with the forward pass that it needs, where a forward pass of raw takes 1. */
  readonly costInForwardPasses: number;
}

export interface Throughput {
  readonly rawForwardPerSecond: number;
  readonly raw: RawSetting & { readonly scaling: number };
  readonly occlusion: Rate;
  readonly lime: Rate;
  /** By the input; and by the layer that Grad-CAM takes, where there is one. */
  readonly gradient: GradientRate;
  readonly gradCam?: GradientRate;
  /** Where its layer has no more channels than passes can be afforded. */
  readonly scoreCam?: Rate;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly platform: string; readonly node: string };
}

const BATCHES = [1, 2, 4, 8];
const LONGEST_SECONDS = 15;

/** Runs a method, and says how many passes per second it made. */
type Work = (model: Model) => Promise<number>;

/** Measures a model. Rejects with the signal's reason after the measurement under way. */
export async function throughput({
  load,
  seconds = 2,
  rounds = 3,
  onStep = () => {},
  signal,
}: ThroughputOptions): Promise<Throughput> {
  await using many = await load();
  await using one = await load(1);
  const subject = { path: many.path, input: many.input, shape: inputShape(many) };
  const batches = many.fixedBatch ? [many.fixedBatch] : BATCHES;
  onStep(`raw: ${batches.length} batches × sessions and threads`);
  const setting = await bestRaw(subject, many.workers, batches, seconds / 2);
  signal?.throwIfAborted();
  await using best = await openRaw(subject, setting);
  await using single = await openRaw(subject, { sessions: 1, threads: 1, batch: setting.batch });
  await using parallel = await openRaw(subject, { sessions: many.workers, threads: 1, batch: setting.batch });
  const affordable = (await single.measure(seconds / 2)) * LONGEST_SECONDS;
  const samples = Math.round(Math.min(1000, Math.max(100, affordable)));
  const photo = noisyPhoto(320, 240);
  const gradients = Math.round(Math.min(200, Math.max(24, affordable / 4)));
  const layer = camLayer(many);
  const gradient = (wrt: string): Work => {
    return (model) => gradientRate(model, photo, { wrt, rows: gradients, signal });
  };
  const masked: Work = async (model) => rate(await scoreCam(model, photo, { signal }));
  const works = {
    occlusion: async (model: Model) => rate(await occlusion(model, photo, { signal })),
    lime: async (model: Model) => rate(await lime(model, photo, { samples, signal })),
    gradient: gradient(many.input),
    ...(layer === undefined ? {} : { gradCam: gradient(layer) }),
    ...(channelCount(many, layer) <= affordable ? { scoreCam: masked } : {}),
  };
  const names = Object.keys(works) as (keyof typeof works)[];

  /** A method between two measurements of raw, then the same with one worker. */
  async function compared(work: Work): Promise<Rate> {
    const before = await best.measure(seconds / 2);
    const passesPerSecond = await work(many);
    const after = await best.measure(seconds / 2);
    signal?.throwIfAborted();
    return {
      passesPerSecond,
      ratio: (2 * passesPerSecond) / (before + after),
      scaling: passesPerSecond / (await work(one)),
    };
  }

  for (const name of names) {
    for (const model of [many, one]) await works[name]!(model);
  }
  const measured: Round[] = [];
  for (let round = 0; round < rounds; round++) {
    onStep(`round ${round + 1} of ${rounds}`);
    const rates = new Map<string, Rate>();
    const raw = await best.measure(seconds);
    const scaling = (await parallel.measure(seconds)) / (await single.measure(seconds));
    for (const name of names) rates.set(name, await compared(works[name]!));
    measured.push({ raw, scaling, rates });
  }

  function medianRate(name: keyof typeof works): Rate {
    const rates = measured.map((round) => round.rates.get(name)!);
    return {
      passesPerSecond: median(rates.map(({ passesPerSecond }) => passesPerSecond)),
      ratio: median(rates.map(({ ratio }) => ratio)),
      scaling: median(rates.map(({ scaling }) => scaling)),
    };
  }
  function medianGradient(name: 'gradient' | 'gradCam'): GradientRate {
    const found = medianRate(name);
    return { ...found, costInForwardPasses: 1 / found.ratio };
  }
  const { sessions, threads, batch } = setting;
  return {
    rawForwardPerSecond: median(measured.map(({ raw }) => raw)),
    raw: { sessions, threads, batch, scaling: median(measured.map(({ scaling }) => scaling)) },
    occlusion: medianRate('occlusion'),
    lime: medianRate('lime'),
    gradient: medianGradient('gradient'),
    ...(works.gradCam ? { gradCam: medianGradient('gradCam') } : {}),
    ...(works.scoreCam ? { scoreCam: medianRate('scoreCam') } : {}),
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: availableParallelism(),
      platform: `${platform()} ${arch()}`,
      node: process.versions.node,
    },
  };
}

interface Round {
  readonly raw: number;
  readonly scaling: number;
  readonly rates: ReadonlyMap<string, Rate>;
}

const rate = ({ forwardPasses, seconds }: Attribution) => forwardPasses / seconds;

function inputShape({ layout, inputSize: [height, width], channels }: Model): number[] {
  return layout === 'nchw' ? [channels, height, width] : [height, width, channels];
}

function noisyPhoto(width: number, height: number): Photo {
  const { integer } = random(1);
  return { data: Uint8Array.from({ length: 3 * width * height }, () => integer(256)), width, height };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle) - 1]!) / 2;
}
