import type { Attribution } from '../../core/attribution.ts';
import { checkInteger, checkNumber } from '../../core/check.ts';
import { random } from '../../core/random.ts';
import { sharedTensor, type Tensor } from '../../core/tensor.ts';
import { explainAgain, methodOf } from '../explain-again.ts';
import { ofRandom } from './beside-random.ts';
import type { Metric, Study } from './metric.ts';
import { seeing } from './seeing.ts';

/**
 * How much the explanation changes where the picture hardly does: the largest ‖E(x + δ) − E(x)‖ / ‖E(x)‖ over pictures with
 * uniform noise δ of at most `radius` on every value. E is what the method gives, for segments the map of them.
 * @see https://arxiv.org/abs/1901.09392
 */
export const sensitivity: Metric = {
  name: 'sensitivity',
  title: 'Max-sensitivity',
  formula: 'largest ‖E(x + δ) − E(x)‖ / ‖E(x)‖ over small noise δ',
  paper: { name: 'Yeh et al. 2019', url: 'https://arxiv.org/abs/1901.09392' },
  better: 'lower',
  range: '0 and up',
  random: 'that of random maps drawn anew for each picture',
  needs: ['method'],
  passes: 'samples · those of the method',
  options: { samples: '10', radius: "0.02, in the model's input (of whole numbers: of their range)" },
  async measure(study, options) {
    const samples = checkInteger(options.samples ?? 10, 'samples', 1, 1000);
    const radius = checkNumber(options.radius ?? 0.02, 'radius', 0);
    const { items, signal, onProgress } = study;
    const attributions = items.map(({ attribution }) => attribution);
    const largest = attributions.map(() => 0);
    for (let sample = 0; sample < samples; sample++) {
      const model = seeing(study.model, study.prepared, noisy(study, radius, sample));
      const again = await explainAgain(model, { tensor: study.prepared.picture }, attributions, { signal });
      again.forEach((other, at) => {
        if (other) largest[at] = Math.max(largest[at]!, change(attributions[at]!, other));
      });
      onProgress?.({ done: sample + 1, total: samples });
    }
    return items.map(({ attribution, random: maps }, at) => ({
      ...(methodOf(attribution) ? { value: largest[at]! } : { value: null, reason: MADE_ELSEWHERE }),
      ...ofRandom(maps.map((map) => Math.max(...maps.filter((other) => other !== map).map((o) => distance(map, o))))),
      better: 'lower',
    }));
  },
};

export const MADE_ELSEWHERE = 'the map was made elsewhere, and its method cannot be run again';

function noisy({ prepared: { picture, range }, seed }: Study, radius: number, sample: number): Tensor {
  const { uniform } = random(seed, sample);
  const noise = () => radius * (2 * uniform() - 1);
  const changed = sharedTensor(picture.shape);
  for (const [at, value] of picture.data.entries()) {
    changed.data[at] = range
      ? Math.min(Math.max(Math.round(value + noise() * (range[1] - range[0])), range[0]), range[1])
      : value + noise();
  }
  return changed;
}

const change = (before: Attribution, after: Attribution): number => distance(valuesOf(before), valuesOf(after));

/** Measured from the level. Segments differ from picture to picture; their values at each pixel can be compared. */
function valuesOf({ data, segments, level = 0 }: Attribution): Float32Array {
  const values = segments ? Float32Array.from(segments, (segment) => data[segment]!) : data;
  return values.map((value) => value - level);
}

/** ‖b − a‖ / ‖a‖ */
function distance(a: Float32Array, b: Float32Array): number {
  let [apart, length] = [0, 0];
  for (let at = 0; at < a.length; at++) {
    apart += (b[at]! - a[at]!) ** 2;
    length += a[at]! ** 2;
  }
  return Math.sqrt(apart / length);
}
