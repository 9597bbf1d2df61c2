/**
 * How many samples the drawn methods need: Spearman's correlation of what they say after n samples with what 20,000 samples
 * of other seeds say, for each of a folder's photos.
 *
 *     node dist/bench/samples-needed.js MODEL PHOTOS OUT [COUNT]
 *
 * Scores are kept in OUT: an interrupted run goes on where it was, and another reduction of the same samples costs no passes.
 */
import { writeFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { pearson, ranks } from '../src/compare/similarity.ts';
import type { Attribution } from '../src/core/attribution.ts';
import type { Classifier, Picture } from '../src/core/predictor.ts';
import { loadImage } from '../src/image/load-image.ts';
import { loadModel, type Model } from '../src/model.ts';
import { kernelShap } from '../src/perturb/kernel-shap.ts';
import { lime } from '../src/perturb/lime.ts';
import { rise } from '../src/perturb/rise.ts';
import { chosenPhotos } from './chosen-photos.ts';
import { recorded } from './recorded.ts';

const SEED = 2;
const REFERENCE = { samples: 20_000, seed: 1 };

/** A way to draw and reduce samples; those with the same `scores` share their passes. */
export interface Variant {
  readonly name: string;
  readonly method: keyof typeof METHODS;
  readonly scores: string;
  readonly samples: number;
  readonly options: object;
}

type Explain = (model: Classifier, image: Picture, options: object) => Promise<Attribution>;

const METHODS = {
  rise: { explain: rise, reference: { denominator: 'coverage' } },
  lime: { explain: lime, reference: {} },
  'kernel-shap': { explain: kernelShap, reference: {} },
} satisfies { readonly [method: string]: { readonly explain: Explain; readonly reference: object } };

export const VARIANTS: readonly Variant[] = [
  { name: 'RISE, as in its paper', method: 'rise', scores: 'rise', samples: 4000, options: {} },
  { name: 'RISE, coverage', method: 'rise', scores: 'rise', samples: 4000, options: { denominator: 'coverage' } },
  { name: 'RISE, antithetic', method: 'rise', scores: 'rise-antithetic', samples: 4000, options: { antithetic: true } },
  { name: 'LIME', method: 'lime', scores: 'lime', samples: 2000, options: {} },
  { name: 'LIME, antithetic', method: 'lime', scores: 'lime-antithetic', samples: 2000, options: { antithetic: true } },
  {
    name: "KernelSHAP, captum's",
    method: 'kernel-shap',
    scores: 'shap-captum',
    samples: 2000,
    options: { sampling: 'captum' },
  },
  { name: 'KernelSHAP', method: 'kernel-shap', scores: 'shap', samples: 2000, options: {} },
];

/** Correlations after so many samples. */
export interface Curve {
  readonly variant: string;
  readonly samples: readonly number[];
  readonly spearman: readonly number[];
}

export interface OfPhoto {
  readonly photo: string;
  readonly curves: readonly Curve[];
}

async function curvesOf(model: Model, photo: string, folder: string): Promise<Curve[]> {
  const image = await loadImage(photo);
  const stem = parse(photo).name;
  async function run(
    method: Variant['method'],
    scores: string,
    options: object,
    onPartial?: (partial: Attribution) => void,
  ) {
    const source = await recorded(model, join(folder, stem, `${scores}.f64`));
    const explain: Explain = METHODS[method].explain;
    const explained = await explain(source.model, image, { ...options, onPartial });
    await source.save();
    return ranks(plane(explained));
  }

  const references = new Map<string, Float64Array>();
  for (const [method, { reference }] of Object.entries(METHODS)) {
    const options = { ...REFERENCE, ...reference };
    references.set(method, await run(method as Variant['method'], `${method}-reference`, options));
  }
  const curves: Curve[] = [];
  for (const { name, method, scores, samples, options } of VARIANTS) {
    const points: (readonly [number, number])[] = [];
    const reference = references.get(method)!;
    const add = (ranked: Float64Array, used: number) => points.push([used, pearson(ranked, reference)]);
    const last = await run(method, scores, { ...options, samples, seed: SEED }, (partial) =>
      add(ranks(plane(partial)), partial.samplesUsed!),
    );
    add(last, samples);
    curves.push({ variant: name, samples: points.map(([used]) => used), spearman: points.map(([, value]) => value) });
  }
  return curves;
}

/** One number for each place: RISE's channels are equal. */
const plane = ({ data, segments, inputSize: [height, width] }: Attribution) =>
  segments ? data : data.subarray(0, height * width);

const [path, photos, out, count = '50'] = process.argv.slice(2);
if (!path || !photos || !out) throw new Error('usage: node dist/bench/samples-needed.js MODEL PHOTOS OUT [COUNT]');
await using model = await loadModel(path);
const done: OfPhoto[] = [];
for (const photo of await chosenPhotos(photos, Number(count))) {
  const { base: name } = parse(photo);
  done.push({ photo: name, curves: await curvesOf(model, photo, out) });
  await writeFile(join(out, 'curves.json'), JSON.stringify(done));
  process.stderr.write(`${done.length} of ${count}: ${name}\n`);
}
