/**
 * How long one explanation takes while others want the same model: clients that ask again as soon as they are answered.
 *
 *     node dist/bench/latency.js --model M --requests 48 --json
 */
import { parseArgs } from 'node:util';
import type { Attribution } from '../src/core/attribution.ts';
import { gradCam } from '../src/gradient/grad-cam.ts';
import { loadImage } from '../src/image/load-image.ts';
import { loadModel, type Model } from '../src/model.ts';
import { occlusion } from '../src/perturb/occlusion.ts';
import { PHOTO } from './works.ts';

const photo = await loadImage(PHOTO);

const CLIENTS = [1, 4, 16];

type Explain = (model: Model) => Promise<Attribution>;

const EXPLAINERS: { readonly [name: string]: Explain } = {
  occlusion: (model) => occlusion(model, photo),
  'grad-cam': (model) => gradCam(model, photo),
};

/** In milliseconds; `fairness` is the mean of the slowest client to that of the fastest. */
interface Latency {
  readonly p50: number;
  readonly p95: number;
  readonly perSecond: number;
  readonly fairness: number;
}

/** Some clients share a number of requests evenly, three each at least: with one each the slowest is but the last. */
async function latency(model: Model, explain: Explain, clients: number, requests: number): Promise<Latency> {
  const each = Math.max(3, Math.round(requests / clients));
  const begin = performance.now();
  const times = await Promise.all(Array.from({ length: clients }, () => timesOf(each, () => explain(model))));
  const seconds = (performance.now() - begin) / 1000;
  const all = times.flat().sort((a, b) => a - b);
  const quantile = (share: number) => all[Math.ceil(share * all.length) - 1]!;
  const means = times.map((own) => own.reduce((sum, time) => sum + time, 0) / each);
  return {
    p50: quantile(0.5),
    p95: quantile(0.95),
    perSecond: all.length / seconds,
    fairness: Math.max(...means) / Math.min(...means),
  };
}

async function timesOf(count: number, work: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let at = 0; at < count; at++) {
    const begin = performance.now();
    await work();
    times.push(performance.now() - begin);
  }
  return times;
}

const { values } = parseArgs({
  options: {
    model: { type: 'string' },
    requests: { type: 'string', default: '48' },
    json: { type: 'boolean', default: false },
  },
});
await using model = await loadModel(values.model);
const found: (Latency & { readonly method: string; readonly clients: number })[] = [];
for (const [method, explain] of Object.entries(EXPLAINERS)) {
  await explain(model);
  for (const clients of CLIENTS) {
    found.push({ method, clients, ...(await latency(model, explain, clients, Number(values.requests))) });
  }
}
if (values.json) console.log(JSON.stringify({ requests: Number(values.requests), latencies: found }));
else {
  const row = (cells: readonly string[]) => console.log(cells.map((cell) => cell.padStart(12)).join(''));
  row(['method', 'clients', 'p50, ms', 'p95, ms', 'per second', 'fairness']);
  for (const { method, clients, p50, p95, perSecond, fairness } of found) {
    row([method, String(clients), p50.toFixed(0), p95.toFixed(0), perSecond.toFixed(2), fairness.toFixed(2)]);
  }
}
