/** The JSON that a run leaves: what was explained, with what, and where the pictures are. */
import { createRequire } from 'node:module';
import { relative } from 'node:path';
import type { Comparison } from '../compare/compare.ts';
import { fingerprintOf } from '../compare/fingerprint.ts';
import type { Attribution } from '../core/attribution.ts';
import type { Target } from '../core/target.ts';
import type { View } from '../core/view.ts';
import type { Model } from '../model.ts';
import type { RunRecord } from './record.ts';

/** Files written for an attribution, by what they hold: `overlay`, `heatmap`, `raw`, `labelMap`, … */
export type Files = Readonly<Record<string, string>>;

export interface Explained {
  readonly attribution: Attribution;
  readonly files: object;
}

export interface Source {
  readonly path: string;
  readonly sha256: string;
}

const require = createRequire(import.meta.url);
export const packageVersion: string = require('onnx-explain/package.json').version;

/** Versions of what makes the numbers. */
export const versions = (): Record<string, string> => ({
  'onnx-explain': packageVersion,
  'onnxruntime-node': require('onnxruntime-node/package.json').version,
  node: process.versions.node,
});

/** A path as it is written into the JSON: relative to the working folder, with forward slashes. */
export const writtenPath = (path: string): string => relative(process.cwd(), path).replaceAll('\\', '/') || '.';

export function document(
  model: Model,
  source: Source,
  predictions: readonly Target[],
  explained: readonly Explained[],
  compared: Pick<Comparison, 'agreement' | 'summary'> | undefined,
  written: { readonly figure: string | undefined; readonly report: string | undefined },
  run: RunRecord,
): object {
  return {
    ...heading(model),
    run,
    image: describedImage(source, explained[0]!.attribution.view),
    predictions,
    ...pathsOf(written),
    attributions: explained.map(entry),
    ...(compared ? { agreement: compared.agreement, summary: compared.summary } : {}),
  };
}

/** The paths of the files that were written. */
const pathsOf = (files: { readonly [name: string]: string | undefined }): Files =>
  Object.fromEntries(Object.entries(files).flatMap(([name, path]) => (path ? [[name, writtenPath(path)]] : [])));

/** The model and the versions of what ran it. */
export const heading = (model: Model) => ({
  model: { path: writtenPath(model.path), sha256: model.sha256, output: model.outputName },
  versions: versions(),
});

export const describedImage = ({ path, sha256 }: Source, { width, height, crop }: View) => ({
  path: writtenPath(path),
  sha256,
  width,
  height,
  crop,
});

/** Where the map lies and how it is drawn, which the pictures show. */
const LEFT_OUT: ReadonlySet<string> = new Set(['view', 'inputSize', 'lattice', 'fold']);

/** What an attribution says of itself, but for its arrays and functions. */
function entry({ attribution, files }: Explained): object {
  const own = Object.entries(attribution).filter(
    ([name, value]) => !LEFT_OUT.has(name) && !ArrayBuffer.isView(value) && typeof value !== 'function',
  );
  const { segments, standardError, data } = attribution;
  return {
    ...Object.fromEntries(own),
    ...(segments ? { segments: data.length } : {}),
    ...(standardError ? { standardError: rootMeanSquare(standardError) } : {}),
    fingerprint: fingerprintOf(attribution),
    ...files,
  };
}

const rootMeanSquare = (values: Float32Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
