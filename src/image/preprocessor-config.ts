/** Hugging Face's `preprocessor_config.json`: the keys that say how a photo becomes a model's input. */
import * as v from 'valibot';
import { parseJson } from './parse-json.ts';

const side = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_536));
const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
const sizes = v.union([
  side,
  v.object({ height: side, width: side }),
  v.object({ shortest_edge: side, height: v.optional(v.undefined()), width: v.optional(v.undefined()) }),
]);
const perChannel = v.union([v.number(), v.pipe(v.array(v.number()), v.minLength(1), v.maxLength(4))]);
const stds = v.union([positive, v.pipe(v.array(positive), v.minLength(1), v.maxLength(4))]);

const schema = v.object({
  do_resize: v.nullish(v.boolean()),
  size: v.nullish(sizes),
  resample: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(5))),
  do_center_crop: v.nullish(v.boolean()),
  crop_size: v.nullish(sizes),
  crop_pct: v.nullish(v.pipe(positive, v.maxValue(1))),
  do_rescale: v.nullish(v.boolean()),
  rescale_factor: v.nullish(positive),
  rescale_offset: v.nullish(v.boolean()),
  do_normalize: v.nullish(v.boolean()),
  image_mean: v.nullish(perChannel),
  image_std: v.nullish(stds),
  do_flip_channel_order: v.nullish(v.literal(false)),
});

type Written = v.InferOutput<typeof schema>;

/** Those keys; `null` in the file is left out. */
export type PreprocessorConfig = { readonly [Key in keyof Written]?: NonNullable<Written[Key]> };

/**
 * Reads the text of a `preprocessor_config.json`.
 *
 * @param text of the file; it is not trusted
 * @param name what error sentences call the file
 * @throws `ERR_MODEL` with every mistake in it
 * @example
 * ```ts
 * preprocessorConfig('{ "size": 224, "image_mean": [0.5, 0.5, 0.5] }', 'preprocessor_config.json');
 * ```
 */
export function preprocessorConfig(text: string, name: string): PreprocessorConfig {
  const written = parseJson(schema, text, name);
  return Object.fromEntries(Object.entries(written).filter(([, value]) => value !== null && value !== undefined));
}
