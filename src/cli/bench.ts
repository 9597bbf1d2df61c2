import { throughput } from '../../bench/throughput.ts';
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
  const rows = (['occlusion', 'lime', 'scoreCam', 'gradient', 'gradCam'] as const).flatMap((name) => {
    const found = result[name];
    if (!found) return [];
    const { passesPerSecond, ratio, scaling } = found;
    return [
      [name, passesPerSecond.toFixed(1), `${(100 * ratio).toFixed(0)} % of raw`, `scaling ${scaling.toFixed(2)}`],
    ];
  });
  const { sessions, threads, batch, scaling } = result.raw;
  const raw = [
    `raw (${sessions} × ${threads} threads, batch ${batch})`,
    result.rawForwardPerSecond.toFixed(1),
    '',
    `scaling ${scaling.toFixed(2)}`,
  ];
  for (const [name = '', rate = '', ratio = '', scale = ''] of [raw, ...rows]) {
    process.stdout.write(`${name.padEnd(32)}${rate.padStart(9)} passes/s   ${ratio.padEnd(14)}${scale}\n`);
  }
  const costs = [['the input', result.gradient] as const, ["Grad-CAM's layer", result.gradCam] as const];
  for (const [what, found] of costs) {
    if (found)
      process.stdout.write(`a gradient by ${what} costs ${found.costInForwardPasses.toFixed(2)} forward passes\n`);
  }
}
