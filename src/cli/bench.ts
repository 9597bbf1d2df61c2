import { type Throughput, throughput } from '../../bench/throughput.ts';
import { checkInteger, checkNumber } from '../core/check.ts';
import { interruptSignal } from './interrupt.ts';
import { loadGivenModel } from './load.ts';
import { type Given, numberOption, textOption } from './options.ts';

/** Measures and prints: a table for people, or one object with `--json`. */
export async function bench(given: Given): Promise<void> {
  const path = textOption(given, 'model');
  const [seconds, rounds] = [numberOption(given, 'seconds'), numberOption(given, 'rounds')];
  if (seconds !== undefined) checkNumber(seconds, '--seconds', 0.01);
  if (rounds !== undefined) checkInteger(rounds, '--rounds', 1);
  const { signal, dispose } = interruptSignal();
  const result = await throughput({
    load: (workers) => loadGivenModel({ ...given, quiet: true, workers: workers ?? given.workers }, path),
    seconds,
    rounds,
    onStep: (step) => {
      if (!given.quiet) process.stderr.write(`${step}\n`);
    },
    signal,
  }).finally(dispose);
  if (given.json) {
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return;
  }
  process.stdout.write(table(result));
}

function table({ raw, rawForwardPerSecond, ...result }: Throughput): string {
  const { sessions, threads, batch } = raw;
  const row = (name: string, rate: number, ...rest: string[]) =>
    [name.padEnd(32), rate.toFixed(1).padStart(9), ' passes/s', ...rest.map((text) => text.padEnd(15))]
      .join('  ')
      .trimEnd();
  const times = (factor: number) => `scaling ${factor.toFixed(2)}`;
  const ofRaws = (share: number) => `${(100 * share).toFixed(0)} % of raw's`;
  const share = (ratio: number) => `${(100 * ratio).toFixed(0)} % of raw`;
  const forward = (['occlusion', 'lime', 'rise', 'scoreCam'] as const).flatMap((name) => {
    const found = result[name];
    return found
      ? [row(name, found.passesPerSecond, share(found.ratio), times(found.scaling), ofRaws(found.scalingToRaw))]
      : [];
  });
  const backward = (['gradient', 'gradCam'] as const).flatMap((name) => {
    const found = result[name];
    return found
      ? [row(name, found.passesPerSecond, `costs ${found.costInForwardPasses.toFixed(2)} forward passes`)]
      : [];
  });
  const { memory, startup, eventLoop, firstPartialSeconds } = result;
  const parts = Object.entries(startup.parts).map(([part, seconds]) => `${part} ${seconds.toFixed(2)}`);
  const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
  const { incremental } = result.occlusion;
  const lines = [
    row(`raw (${sessions} × ${threads} threads, batch ${batch})`, rawForwardPerSecond, '', times(raw.scaling)),
    ...forward,
    ...(incremental
      ? [
          `occlusion of what windows change: ${incremental.speedup.toFixed(2)} × raw, where arithmetic allows ${incremental.bound.toFixed(2)} ×; ` +
            `error ${incremental.maxError.toExponential(0)} of the scores' range`,
        ]
      : []),
    ...backward,
    `memory ${mebibytes(memory.peakRss)}, ${mebibytes(memory.perWorker)} per worker`,
    `start-up ${startup.total.toFixed(2)} s, ${startup.ratio.toFixed(2)} × that of the libraries alone: ${parts.join(', ')}`,
    `first partial result after ${firstPartialSeconds.toFixed(2)} s; this thread never blocked for more than ${eventLoop.maxDelayMs.toFixed(0)} ms`,
  ];
  return `${lines.join('\n')}\n`;
}
