/**
 * Which preprocessing a model wants: its graph says the channels and mostly the size; the rest comes from options, else
 * from Hugging Face's `preprocessor_config.json`, else it is ImageNet's.
 */
import { checkInteger, checkNumber } from '../core/check.ts';
import { expected } from '../core/errors.ts';
import type { Normalisation } from '../core/predictor.ts';
import { type ElementType, type WholeRange, wholeRange } from '../onnx/element-type.ts';
import type { Preprocessing, Resizing, Size } from './preprocess.ts';
import type { PreprocessorConfig } from './preprocessor-config.ts';
import { RESAMPLES } from './resample.ts';

/** What a user may set. It goes before anything beside the model. */
export interface PreprocessingOptions {
  /** Per channel, on pixels 0–255. A model that takes whole numbers gets the pixels themselves. */
  readonly mean?: readonly number[] | undefined;
  /** Per channel, on pixels 0–255. */
  readonly std?: readonly number[] | undefined;
  /** Height and width of the model's input, where its graph leaves them open. */
  readonly size?: number | Size | undefined;
}

/** What the graph's input says; a side is undefined where it is dynamic. */
export interface InputShape {
  readonly channels: number;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly type?: ElementType | undefined;
}

/** ImageNet's: 256 to the shorter side, the central 224 of it, bilinear. */
export const IMAGENET: Preprocessing = {
  size: { width: 224, height: 224 },
  resize: { mode: 'shortest-edge', length: 256 },
  resample: 'bilinear',
  mean: [123.675, 116.28, 103.53],
  std: [58.395, 57.12, 57.375],
};

/**
 * Settles how photos are prepared for a model.
 *
 * @param input what the model's graph says
 * @param config what `preprocessor_config.json` says, if there is one
 * @param options what the user says
 * @returns the preprocessing; ImageNet's at the model's size where nothing says otherwise
 * @throws `ERR_OPTION` where an option does not fit the model, `ERR_MODEL` where the file does not
 * @example
 * ```ts
 * preprocessing({ channels: 3, width: 128, height: 128 }).resize; // { mode: 'shortest-edge', length: 146 }
 * ```
 */
export function preprocessing(
  input: InputShape,
  config: PreprocessorConfig = {},
  options: PreprocessingOptions = {},
): Preprocessing {
  const wanted = typeof options.size === 'number' ? square(options.size) : options.size;
  if (wanted) checkSize(wanted, input, 'ERR_OPTION', 'size');
  const configured = croppedSize(config);
  if (configured && !wanted) checkSize(configured, input, 'ERR_MODEL', 'size in preprocessor_config.json');
  const standard = configured ?? IMAGENET.size;
  const size = wanted ?? { width: input.width ?? standard.width, height: input.height ?? standard.height };
  const zero = options.std?.find((value) => value <= 0);
  if (zero !== undefined) throw expected('ERR_OPTION', 'std', 'numbers above 0', zero);
  const range = input.type && wholeRange(input.type);
  if (range) checkWhole(range, input.type!, options);
  const { mean, std } = range ? pixelsThemselves(range) : normalisation(config);
  return {
    size,
    resize: scaled(resizing(config, configured ?? size), configured ?? size, size),
    resample: config.resample === undefined ? 'bilinear' : RESAMPLES[config.resample]!,
    mean: perChannel(options.mean ?? mean, input.channels, 'mean'),
    std: perChannel(options.std ?? std, input.channels, 'std'),
  };
}

const square = (side: number): Size => ({ width: side, height: side });

function checkSize({ width, height }: Size, input: InputShape, code: 'ERR_OPTION' | 'ERR_MODEL', name: string): void {
  checkInteger(width, `${name} (width)`, 1, 65_536);
  checkInteger(height, `${name} (height)`, 1, 65_536);
  const [wide, high] = [input.width ?? width, input.height ?? height];
  if (wide === width && high === height) return;
  throw expected(code, name, `${wide} × ${high} (width × height), which the model takes`, `${width} × ${height}`);
}

/** The size that a configuration ends with. */
function croppedSize({ size, crop_size, do_center_crop }: PreprocessorConfig): Size | undefined {
  const last = do_center_crop !== false && crop_size !== undefined ? crop_size : size;
  if (last === undefined) return undefined;
  if (typeof last === 'number') return square(last);
  if (last.height !== undefined && last.width !== undefined) return { width: last.width, height: last.height };
  return last.shortest_edge === undefined ? undefined : square(last.shortest_edge);
}

/**
 * One number as size is the shorter side where a crop follows, else both. With `crop_pct` the shorter side is the size
 * divided by it, as in timm; ConvNeXt's processor resizes both sides from 384 on.
 */
function resizing(
  { size, do_resize, do_center_crop, crop_size, crop_pct }: PreprocessorConfig,
  target: Size,
): Resizing {
  if (do_resize === false) return { mode: 'none' };
  if (size === undefined) return { mode: 'shortest-edge', length: shorterSide(target) };
  if (typeof size === 'object' && size.height !== undefined)
    return { mode: 'exact', width: size.width, height: size.height };
  const length = typeof size === 'number' ? size : size.shortest_edge;
  const isCropped = do_center_crop ?? crop_size !== undefined;
  const isExact = !isCropped && (crop_pct === undefined ? typeof size === 'number' : length >= 384);
  if (isExact) return { mode: 'exact', width: length, height: length };
  return { mode: 'shortest-edge', length: Math.trunc(length / (crop_pct ?? 1)) };
}

/** ImageNet's proportion of the resized photo to its crop. */
const shorterSide = ({ width, height }: Size) => Math.round((Math.max(width, height) * 256) / 224);

/** The same proportions for another size of the model's input. */
function scaled(resize: Resizing, from: Size, to: Size): Resizing {
  const [x, y] = [to.width / from.width, to.height / from.height];
  if (resize.mode === 'none' || (x === 1 && y === 1)) return resize;
  if (resize.mode === 'shortest-edge') return { ...resize, length: Math.round(resize.length * Math.max(x, y)) };
  return { mode: 'exact', width: Math.round(resize.width * x), height: Math.round(resize.height * y) };
}

/** (f · p − offset − m) / s on rescaled pixels is (p − (m + offset) / f) / (s / f) on pixels 0–255. */
function normalisation(config: PreprocessorConfig): Normalisation {
  const { do_rescale, rescale_factor, rescale_offset, do_normalize, image_mean, image_std } = config;
  if (do_rescale === undefined && do_normalize === undefined && !image_mean && !image_std) return IMAGENET;
  const factor = do_rescale === false ? 1 : (rescale_factor ?? 1 / 255);
  const offset = rescale_offset ? 1 : 0;
  const isNormalised = do_normalize !== false;
  const mean = isNormalised ? listed(image_mean ?? [0.485, 0.456, 0.406]) : [0];
  const std = isNormalised ? listed(image_std ?? [0.229, 0.224, 0.225]) : [1];
  return { mean: mean.map((value) => (value + offset) / factor), std: std.map((value) => value / factor) };
}

/** A type that ends below 255 counts from its least number on: int8 has the pixel less 128. */
const pixelsThemselves = ([least, most]: WholeRange): Normalisation => ({ mean: [most < 255 ? -least : 0], std: [1] });

/** @throws `ERR_OPTION` where a mean and standard deviation leave little of a picture in whole numbers */
function checkWhole([least, most]: WholeRange, type: ElementType, { mean = [], std = [] }: PreprocessingOptions): void {
  const action = 'Leave mean and std out where the model prepares pictures itself.';
  if (std.some((value) => value !== 1)) {
    throw expected('ERR_OPTION', 'std', `1, as the model takes whole numbers (${type})`, std.join(', '), action);
  }
  if (mean.some((value) => -value < least || 255 - value > most)) {
    const wanted = `numbers that leave pixels from ${least} to ${most} (${type})`;
    throw expected('ERR_OPTION', 'mean', wanted, mean.join(', '), action);
  }
}

const listed = (value: number | readonly number[]) => (typeof value === 'number' ? [value] : value);

/** One value stands for all channels; the mean of three stands for a grey one. */
function perChannel(values: readonly number[], channels: number, name: string): number[] {
  for (const value of values) checkNumber(value, name);
  if (values.length === channels) return [...values];
  if (values.length === 1) return Array.from({ length: channels }, () => values[0]!);
  if (channels === 1) return [values.reduce((sum, value) => sum + value, 0) / values.length];
  throw expected('ERR_OPTION', name, `${channels} numbers, one for each channel`, values.length);
}
