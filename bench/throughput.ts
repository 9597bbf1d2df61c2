/**
 * Passes per second of the explainers beside those of plain worker threads with plain sessions. All are measured in turn,
 * several times over, in one process: what is reported is the median of the rounds, and every ratio is of neighbouring moments.
 */
import { arch, cpus, platform } from 'node:os';
import { loadImage } from '../src/image/load-image.ts';
import type { Model } from '../src/model.ts';
import { availableCores } from '../src/workers/available-cores.ts';
import { type BesideRaw, besideRaw } from './beside-raw.ts';
import { type IncrementalRate, incrementalRate } from './incremental.ts';
import { medians } from './medians.ts';
import { bestRaw, openRaw, type RawSetting } from './raw.ts';
import { watching } from './response.ts';
import { measureStartup, medianStartup, type Startup } from './startup.ts';
import { type GradientWorks, gradientWorks, PHOTO, type Work, type Works, works } from './works.ts';

export interface ThroughputOptions {
  /** Loads the model with so many workers; all cores where undefined. */
  readonly load: (workers?: number) => Promise<Model>;
  /** Of each measurement, at least. Default: 2. */
  readonly seconds?: number | undefined;
  /** Default: 3. */
  readonly rounds?: number | undefined;
  readonly onStep?: (step: string) => void;
  readonly signal?: AbortSignal | undefined;
}

export type Rate = BesideRaw & {
  /** How many times faster all workers are than one. */
  readonly scaling: number;
  /** The same ÷ how many times faster plain sessions are, measured next to it. */
  readonly scalingToRaw: number;
};

export type GradientRate = BesideRaw & {
  /** What a gradient takes, with the forward pass that it needs, where a forward pass of raw takes 1. */
  readonly costInForwardPasses: number;
};

export interface Throughput {
  readonly rawForwardPerSecond: number;
  readonly raw: RawSetting & { readonly scaling: number };
  /** By whole passes; and by what windows change, where that pays. */
  readonly occlusion: Rate & { readonly incremental?: IncrementalRate };
  readonly lime: Rate;
  readonly rise: Rate;
  readonly scoreCam?: Rate;
  readonly gradient: GradientRate;
  readonly gradCam?: GradientRate;
  /** In bytes: the most that the process took for LIME, and what each worker brought of it. */
  readonly memory: { readonly peakRss: number; readonly perWorker: number };
  readonly startup: Startup;
  /** The longest that this thread could not answer while an explainer ran on all workers. */
  readonly eventLoop: { readonly maxDelayMs: number };
  /** From LIME's call to its first report of progress. */
  readonly firstPartialSeconds: number;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly platform: string; readonly node: string };
}

const BATCHES = [1, 2, 4, 8];
const LONGEST_SECONDS = 15;
/** Raw is measured so much shorter between pieces of a method, */
const MOMENTS = 4;
/** and the pieces are so much longer: each ends with workers that wait for one another. */
const STRETCH = 2.5;

/** Measures a model. Rejects with the signal's reason after the measurement under way. */
export async function throughput({
  load,
  seconds = 2,
  rounds = 3,
  onStep = () => {},
  signal,
}: ThroughputOptions): Promise<Throughput> {
  const photo = await loadImage(PHOTO);
  const empty = process.memoryUsage.rss();
  await using many = await load();
  onStep('memory');
  await works(many, photo, 0).lime(many, { signal });
  const peakRss = process.resourceUsage().maxRSS * 1024;
  await using one = await load(1);
  onStep('raw: sessions × threads × batch');
  const subject = { path: many.path, input: many.input, shape: inputShape(many) };
  const setting = await bestRaw(subject, many.workers, many.fixedBatch ? [many.fixedBatch] : BATCHES, seconds / 2);
  signal?.throwIfAborted();
  await using best = await openRaw(subject, setting);
  await using single = await openRaw(subject, { sessions: 1, threads: 1, batch: setting.batch });
  await using parallel = await openRaw(subject, { sessions: many.workers, threads: 1, batch: setting.batch });
  const alone = await single.measure(seconds / 2);
  const forward = entries(works(many, photo, alone * LONGEST_SECONDS));
  const shorter = works(many, photo, alone * seconds);
  const backward = entries(gradientWorks(many, photo, alone * LONGEST_SECONDS));

  const raw = () => best.measure(seconds / MOMENTS);
  const slices = { raw, seconds, piece: pieceOf(alone * many.workers * seconds * STRETCH, many) };
  const onAll = async (work: Work) => {
    const { work: watched, response } = watching(work);
    return { ...(await besideRaw(watched, many, slices, { signal })), ...response() };
  };
  const scalingOf = async (work: Work) => {
    const rawOfAll = await parallel.measure(seconds / 2);
    const all = await work(many, { signal });
    const rawOfOne = await single.measure(seconds / 2);
    const ofOne = await work(one, { signal });
    const scaling = all.passes / all.seconds / (ofOne.passes / ofOne.seconds);
    return { scaling, scalingToRaw: scaling / (rawOfAll / rawOfOne) };
  };
  const inFull = async (work: Work, name: keyof Works) => ({
    ...(await onAll(work)),
    ...(await scalingOf(shorter[name] ?? work)),
  });
  const gradientOnAll = async (work: Work) => {
    const found = await besideRaw(work, many, slices, { signal });
    return { ...found, costInForwardPasses: 1 / found.ratio };
  };

  const incremental = () => incrementalRate(many, photo, raw, signal);

  onStep('warming up');
  const isIncremental = (await incremental()) !== undefined;
  for (const [, work] of [...forward, ...backward]) for (const model of [many, one]) await work(model, { signal });
  const oneRound = async () => ({
    raw: {
      raw: await best.measure(seconds),
      scaling: (await parallel.measure(seconds)) / (await single.measure(seconds)),
    },
    forward: await eachOf(forward, inFull),
    backward: await eachOf(backward, gradientOnAll),
    incremental: isIncremental ? [(await incremental())!] : [],
    startup: await measureStartup(signal),
  });
  const measured: Awaited<ReturnType<typeof oneRound>>[] = [];
  for (let round = 0; round < rounds; round++) {
    onStep(`round ${round + 1} of ${rounds}`);
    measured.push(await oneRound());
  }

  const { raw: rawForwardPerSecond, scaling } = medians(measured.map((round) => round.raw));
  const of = (name: keyof Works) => medians(measured.map((round) => round.forward.get(name)!));
  const rateOf = (name: keyof Works): Rate => {
    const { passesPerSecond, ratio, scaling, scalingToRaw } = of(name);
    return { passesPerSecond, ratio, scaling, scalingToRaw };
  };
  const gradientOf = (name: keyof GradientWorks) => medians(measured.map((round) => round.backward.get(name)!));
  const { sessions, threads, batch } = setting;
  return {
    rawForwardPerSecond,
    raw: { sessions, threads, batch, scaling },
    occlusion: {
      ...rateOf('occlusion'),
      ...(isIncremental ? { incremental: medians(measured.flatMap((round) => round.incremental)) } : {}),
    },
    lime: rateOf('lime'),
    rise: rateOf('rise'),
    ...(forward.some(([name]) => name === 'scoreCam') ? { scoreCam: rateOf('scoreCam') } : {}),
    gradient: gradientOf('gradient'),
    ...(backward.some(([name]) => name === 'gradCam') ? { gradCam: gradientOf('gradCam') } : {}),
    memory: { peakRss, perWorker: Math.max(0, peakRss - empty) / many.workers },
    startup: medianStartup(measured.map((round) => round.startup)),
    eventLoop: { maxDelayMs: Math.max(...forward.map(([name]) => of(name).maxDelayMs)) },
    firstPartialSeconds: of('lime').firstPartialSeconds,
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: availableCores(),
      platform: `${platform()} ${arch()}`,
      node: process.versions.node,
    },
  };
}

/** Long enough that what pieces lose at their ends counts for little. */
const pieceOf = (passes: number, { fixedBatch = 2, workers }: Model) =>
  Math.max(1, Math.round(passes / (fixedBatch * workers))) * fixedBatch * workers;

const entries = <Name extends string>(made: { readonly [name in Name]?: Work }) =>
  Object.entries(made) as [Name, Work][];

/** One after the other. */
async function eachOf<Name, Found>(
  named: readonly (readonly [Name, Work])[],
  measure: (work: Work, name: Name) => Promise<Found>,
): Promise<Map<Name, Found>> {
  const found = new Map<Name, Found>();
  for (const [name, work] of named) found.set(name, await measure(work, name));
  return found;
}

function inputShape({ layout, inputSize: [height, width], channels }: Model): number[] {
  return layout === 'nchw' ? [channels, height, width] : [height, width, channels];
}
