/** What commands load: the model as the options say, and photos or tensors. */
import { createHash } from 'node:crypto';
import { checkChoice } from '../core/check.ts';
import { expected } from '../core/errors.ts';
import { givenFile } from '../core/given-file.ts';
import { decodeNpy } from '../core/npy.ts';
import { pixelsOf } from '../core/pixels.ts';
import type { Photo, Picture } from '../core/predictor.ts';
import { loadImage } from '../image/load-image.ts';
import { type LoadOptions, loadModel, type Model } from '../model.ts';
import { rectangle } from '../perturb/window.ts';
import type { Source } from './document.ts';
import { type Given, numberOption, numbersOption, textOption } from './options.ts';

/** Loads the model, and says on stderr what had to be guessed. */
export async function loadGivenModel(given: Given, path = textOption(given, 'model')): Promise<Model> {
  const model = await loadModel(path, loadOptions(given));
  if (!given.quiet) {
    if (path === undefined) note('No --model given: the default model knows only cat and dog.');
    for (const warning of model.warnings) note(warning);
  }
  return model;
}

export const note = (text: string): void => void process.stderr.write(`onnx-explain: ${text}\n`);

function loadOptions(given: Given): LoadOptions {
  const [layout, size] = [textOption(given, 'layout'), textOption(given, 'size')];
  return {
    mean: numbersOption(given, 'mean'),
    std: numbersOption(given, 'std'),
    size: size === undefined ? undefined : rectangle(size, '--size', { height: Infinity, width: Infinity }),
    labels: textOption(given, 'labels'),
    layout: layout === undefined ? undefined : checkChoice(layout, '--layout', ['nchw', 'nhwc']),
    outputName: textOption(given, 'outputName'),
    workers: numberOption(given, 'workers'),
    threads: numberOption(given, 'threads'),
    batch: numberOption(given, 'batch'),
    memory: textOption(given, 'memory'),
    provider: textOption(given, 'provider'),
  };
}

/** A picture to explain, and the photo that its heatmaps are drawn on. */
export interface LoadedPicture {
  readonly picture: Picture;
  readonly photo: Photo;
  readonly source: Source;
}

/** The photos, or the tensor of `--input`, that a command is to look at. */
export interface Sources {
  readonly paths: readonly string[];
  load(path: string, model: Model): Promise<LoadedPicture>;
}

/** @throws `ERR_OPTION` where there are none, or photos and a tensor */
export function sourcesOf(photos: readonly string[], given: Given): Sources {
  const tensor = textOption(given, 'input');
  if (tensor === undefined) {
    if (photos.length === 0) throw expected('ERR_OPTION', 'PHOTO', 'at least one photo, or --input', 'none');
    return { paths: photos, load: loadPhoto };
  }
  if (photos.length > 0) {
    throw expected('ERR_OPTION', '--input', 'a tensor instead of photos', `also ${photos.join(', ')}`);
  }
  return { paths: [tensor], load: loadTensor };
}

export async function loadPhoto(path: string): Promise<LoadedPicture> {
  const photo = await loadImage(path);
  return { picture: photo, photo, source: { path, sha256: photo.sha256! } };
}

/** A preprocessed tensor; its photo is what the tensor looks like. */
export async function loadTensor(path: string, model: Model): Promise<LoadedPicture> {
  const bytes = await givenFile(path, 'ERR_IMAGE', `--input ${path}`, 'a .npy file');
  const { data, shape } = decodeNpy(bytes, `--input ${path}`);
  const picture = { tensor: { data: Float32Array.from(data), shape } };
  const prepared = await model.prepare(picture);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { picture, photo: pixelsOf(prepared.picture, prepared.normalisation), source: { path, sha256 } };
}
