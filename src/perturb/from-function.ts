/** A classifier made of a plain JavaScript function, so that black-box explainers reach any model or service. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { checkInteger } from '../core/check.ts';
import { expected } from '../core/errors.ts';
import type { Classifier } from '../core/predictor.ts';
import { applyRecipe } from '../core/recipe.ts';
import { type Activation, scoresOf } from '../core/score.ts';
import { sizeOf, type Tensor } from '../core/tensor.ts';
import { preparedTensor } from '../image/input-tensor.ts';
import { preprocess } from '../image/preprocess.ts';
import { preprocessing } from '../image/preprocessing.ts';
import { type Extent, rectangle } from './window.ts';

/** Pictures [N, C, H, W] to N rows of one number for each class. The signal is the call's own, to pass on to `fetch` and the like. */
export type Classify = (
  batch: Tensor,
  run: { readonly signal?: AbortSignal | undefined },
) => Promise<readonly ArrayLike<number>[]>;

export interface FunctionOptions {
  /** The pictures that the function takes, cropped from the centre of a photo: `224`, `'224x320'` (height × width) or `{ height, width }`. */
  readonly size: Extent;
  /** 1 is grey; with others than 1 and 3 only tensors can be explained. Default: 3. */
  readonly channels?: number | undefined;
  /** One for all channels or one each, on pixels 0–255. Default: mean 0 and std 1, which gives the function plain pixels. */
  readonly mean?: readonly number[] | undefined;
  readonly std?: readonly number[] | undefined;
  /** The name of each class. */
  readonly labels?: readonly string[] | undefined;
  /** How many pictures the function gets at once. Default: 8. */
  readonly batch?: number | undefined;
  /** What the function returns. Default: `logit`. The logit of a probability p is log p, or log p/(1 − p) for sigmoid. */
  readonly output?: 'logit' | 'probability' | undefined;
  /** Whether one class excludes the others (`softmax`, the default) or each stands by itself (`sigmoid`). */
  readonly activation?: Activation | undefined;
}

/**
 * A classifier from an async function of yours, which gets pictures [N, C, H, W] and returns N rows of class scores.
 * Every black-box explainer takes it; gradient methods need an ONNX model.
 * @throws `ERR_OPTION` where an option is out of range; calls of it reject with `ERR_INFERENCE` where the function
 * returns anything but N rows of numbers
 * @example
 * const brightness = fromFunction(
 *   async ({ data, shape: [count = 0] }) => {
 *     const length = data.length / count;
 *     const mean = (at) => data.subarray(at * length, (at + 1) * length).reduce((a, b) => a + b) / length;
 *     return Array.from({ length: count }, (_, at) => [mean(at), 255 - mean(at)]);
 *   },
 *   { size: 64, labels: ['bright', 'dark'] },
 * );
 */
export function fromFunction(classify: Classify, options: FunctionOptions): Classifier {
  const { channels = 3, labels = [], output = 'logit', activation = 'softmax' } = options;
  const { height, width } = rectangle(options.size, 'size', { height: Infinity, width: Infinity });
  const batchSize = checkInteger(options.batch ?? 8, 'batch', 1);
  const shape = [checkInteger(channels, 'channels', 1), height, width] as const;
  const { mean = [0], std = [1] } = options;
  const prepareAs = preprocessing({ channels, height, width }, {}, { mean, std });
  const toLogit = output === 'logit' ? (value: number) => value : LOGITS[activation];

  async function logitsOf(
    count: number,
    write: (row: number, out: Float32Array) => void,
    signal: AbortSignal | undefined,
  ): Promise<Float64Array[]> {
    const length = sizeOf(shape);
    const data = new Float32Array(count * length);
    for (let row = 0; row < count; row++) write(row, data.subarray(row * length, (row + 1) * length));
    const rows = await classify({ data, shape: [count, ...shape] }, { signal });
    if (!isScores(rows, count)) {
      throw expected('ERR_INFERENCE', "the model's function", `${count} rows of class scores`, describe(rows));
    }
    return rows.map((row) => Float64Array.from(row, toLogit));
  }

  const model: Classifier & { readonly graph: never } = {
    labels,
    activation,
    /** What gradient methods look for. */
    get graph(): never {
      const advice = 'Occlusion, LIME, RISE and KernelSHAP explain it.';
      throw expected('ERR_OPERATOR', 'gradient methods', 'an ONNX model', 'a function, which has no graph', advice);
    },
    async prepare(image) {
      if ('tensor' in image) return preparedTensor(image.tensor, shape, 'nchw', prepareAs);
      if (channels === 1 || channels === 3) return preprocess(image, prepareAs);
      throw expected('ERR_IMAGE', 'image', `a tensor [${shape.join(', ')}]`, 'a photo, which has 3 channels');
    },
    async logits(picture, { signal } = {}) {
      signal?.throwIfAborted();
      const [row] = await logitsOf(1, (_, out) => out.set(picture.data), signal);
      return row!;
    },
    async predict(scene, recipes, { targets, score, signal, onProgress }) {
      const values = new Float64Array(recipes.length * targets.length);
      for (let first = 0; first < recipes.length; first += batchSize) {
        await nextTurn();
        signal?.throwIfAborted();
        const batch = recipes.slice(first, first + batchSize);
        const rows = await logitsOf(batch.length, (row, out) => applyRecipe(scene, batch[row]!, out), signal);
        values.set(
          rows.flatMap((row) => scoresOf(row, targets, score, activation)),
          first * targets.length,
        );
        onProgress?.({ done: first + batch.length, total: recipes.length });
      }
      signal?.throwIfAborted();
      return { values, forwardPasses: recipes.length };
    },
  };
  return model;
}

const SMALLEST = 1e-38;
const LOGITS = {
  softmax: (p: number) => Math.log(Math.max(p, SMALLEST)),
  sigmoid: (p: number) => Math.log(Math.max(p, SMALLEST)) - Math.log(Math.max(1 - p, SMALLEST)),
};

const isScores = (rows: readonly ArrayLike<number>[], count: number) =>
  Array.isArray(rows) && rows.length === count && rows.every((row) => row?.length === rows[0]?.length && isRow(row));

const isRow = (row: ArrayLike<number>) => row?.length > 0 && Array.from(row).every(Number.isFinite);

function describe(rows: readonly ArrayLike<number>[]): string {
  if (!Array.isArray(rows)) return typeof rows;
  const lengths = new Set(rows.map((row) => (isRow(row) ? `${row.length} numbers` : 'something else')));
  return `${rows.length} rows of ${[...lengths].join(' or ')}`;
}
