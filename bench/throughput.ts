/**
 * Passes per second of the explainers beside those of plain worker threads with plain sessions. All are measured in turn,
 * several times over, in one process: what is reported is the median of the rounds, and every ratio is of one round.
 */
import { arch, availableParallelism, cpus, platform } from 'node:os';
import type { Attribution } from '../src/core/attribution.ts';
import type { Photo } from '../src/core/predictor.ts';
import { random } from '../src/core/random.ts';
import { integratedGradients } from '../src/gradient/integrated-gradients.ts';
import type { Model } from '../src/model.ts';
import { lime } from '../src/perturb/lime.ts';
import { occlusion } from '../src/perturb/occlusion.ts';
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

export interface Throughput {
  readonly rawForwardPerSecond: number;
  readonly raw: RawSetting & { readonly scaling: number };
  readonly occlusion: Rate;
  readonly lime: Rate;
  readonly gradient: Rate & { readonly costInForwardPasses: number };
  readonly machine: { readonly cpu: string; readonly cores: number; readonly platform: string; readonly node: string };
}

const BATCHES = [1, 2, 4, 8];
const LONGEST_SECONDS = 15;

type Name = 'occlusion' | 'lime' | 'gradient';
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
  const works: Record<Name, Work> = {
    occlusion: async (model) => rate(await occlusion(model, photo, { signal }), 'forwardPasses'),
    lime: async (model) => rate(await lime(model, photo, { samples, signal }), 'forwardPasses'),
    gradient: async (model) => rate(await integratedGradients(model, photo, { signal }), 'backwardPasses'),
  };

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

  for (const work of Object.values(works)) {
    for (const model of [many, one]) await work(model);
  }
  const measured: Round[] = [];
  for (let round = 0; round < rounds; round++) {
    onStep(`round ${round + 1} of ${rounds}`);
    measured.push({
      raw: await best.measure(seconds),
      scaling: (await parallel.measure(seconds)) / (await single.measure(seconds)),
      occlusion: await compared(works.occlusion),
      lime: await compared(works.lime),
      gradient: await compared(works.gradient),
    });
  }

  const medianRate = (name: Name): Rate => ({
    passesPerSecond: median(measured.map((round) => round[name].passesPerSecond)),
    ratio: median(measured.map((round) => round[name].ratio)),
    scaling: median(measured.map((round) => round[name].scaling)),
  });
  const gradient = medianRate('gradient');
  const { sessions, threads, batch } = setting;
  return {
    rawForwardPerSecond: median(measured.map(({ raw }) => raw)),
    raw: { sessions, threads, batch, scaling: median(measured.map(({ scaling }) => scaling)) },
    occlusion: medianRate('occlusion'),
    lime: medianRate('lime'),
    gradient: { ...gradient, costInForwardPasses: 1 / gradient.ratio },
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
  readonly occlusion: Rate;
  readonly lime: Rate;
  readonly gradient: Rate;
}

const rate = (attribution: Attribution, passes: 'forwardPasses' | 'backwardPasses') =>
  attribution[passes] / attribution.seconds;

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
