/** `evaluate DIR`: methods measured over a folder of pictures, a line of JSON each; an interrupted run goes on where it was. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { compare } from '../compare/compare.ts';
import { meansOf, type Score, scoresOf } from '../compare/evaluation.ts';
import { type ErrorCode, ExplainError, expected } from '../core/errors.ts';
import type { Target } from '../core/target.ts';
import type { Model } from '../model.ts';
import { writtenPath } from './document.ts';
import { readBoxes, regionsOn } from './evaluation/boxes.ts';
import { type ChosenPicture, chosenPictures } from './evaluation/chosen-pictures.ts';
import { openJournal } from './evaluation/journal.ts';
import { chosenNames, differenceOf, headOf, type Settings, settingsOf } from './evaluation/settings.ts';
import { evaluationTable } from './evaluation/table.ts';
import { notDone } from './idle-options.ts';
import { interruptSignal } from './interrupt.ts';
import { toolOption } from './like.ts';
import { segmentationOption } from './lime-files.ts';
import { loadGivenModel, loadPhoto, note } from './load.ts';
import { type Given, methodOptions, numberOption, textOption } from './options.ts';
import { checkFolder, writeWhole } from './output.ts';
import { progressLine } from './progress.ts';

/** What the file holds of a picture: what all methods got, or why there is nothing. */
interface Row {
  readonly image: string;
  readonly sha256?: string;
  readonly target?: Target;
  readonly attributions?: readonly Score[];
  /** Methods that the model does not allow, and why. */
  readonly refused?: readonly { readonly method: string; readonly reason: string }[];
  readonly error?: { readonly code: ErrorCode; readonly message: string };
}

export async function evaluate(folder: string, given: Given): Promise<void> {
  const out = textOption(given, 'out') ?? join('out', 'evaluation.jsonl');
  if (extname(out).toLowerCase() !== '.jsonl') throw expected('ERR_OPTION', '--out', 'a .jsonl file', `'${out}'`);
  const { methods } = chosenNames(given);
  const boxes = textOption(given, 'boxes');
  const boxed = boxes === undefined ? undefined : await readBoxes(boxes);
  const chosen = await chosenPictures(folder, boxed, numberOption(given, 'limit'));
  await checkFolder(join(out, '..'));
  const { signal, dispose } = interruptSignal();
  try {
    await using model = await loadGivenModel(given);
    if (!given.quiet) for (const reason of notDone(given, methods)) note(reason);
    const boxesHash =
      boxes &&
      createHash('sha256')
        .update(await readFile(boxes))
        .digest('hex');
    const settings = settingsOf(model, folder, given, boxesHash);
    const rows = await measured(model, folder, chosen, out, settings, given, signal);
    await conclude(rows, out, settings, given);
  } finally {
    dispose();
  }
}

/** The rows of all chosen pictures: those that the file has, and the others, which are added to it. */
async function measured(
  model: Model,
  folder: string,
  chosen: readonly ChosenPicture[],
  out: string,
  settings: Settings,
  given: Given,
  signal: AbortSignal,
): Promise<Row[]> {
  const journal = await openJournal(out, headOf(settings), (found) => differenceOf(found, settings));
  try {
    const rows = new Map((journal.rows as Row[]).map((row) => [row.image, row]));
    const had = chosen.filter(({ image }) => rows.has(image)).length;
    if (had > 0 && !given.quiet) note(`${had} of ${chosen.length} pictures are in ${out} already.`);
    for (const [at, picture] of chosen.entries()) {
      if (rows.has(picture.image)) continue;
      const title = `${at + 1}/${chosen.length} ${picture.image}`;
      const row = await rowOf(model, folder, picture, title, given, signal);
      await journal.append(row);
      rows.set(picture.image, row);
      if (row.error && !given.quiet) note(`skipped: ${row.error.message}`);
    }
    return chosen.map(({ image }) => rows.get(image)!);
  } finally {
    await journal.close();
  }
}

/** A picture that is bad, or that none of the methods can explain, ends nothing: its row says why. */
const SKIPPED: ReadonlySet<ErrorCode> = new Set(['ERR_IMAGE', 'ERR_NOT_FINITE']);

async function rowOf(
  model: Model,
  folder: string,
  { image, target, boxes }: ChosenPicture,
  title: string,
  given: Given,
  signal: AbortSignal,
): Promise<Row> {
  const progress = progressLine(Boolean(given.quiet));
  try {
    const { picture, photo, source } = await loadPhoto(join(folder, image));
    const comparison = await compare(model, picture, {
      ...methodOptions(given),
      ...(await segmentationOption(given)),
      ...chosenNames(given),
      like: toolOption(given),
      targets: target === undefined ? undefined : [target],
      top: 1,
      boxes: boxes && regionsOn(photo, boxes),
      signal,
      onProgress: ({ method, ...done }) => progress.update({ method: `${title}  ${method}`, ...done }),
    });
    const refused = comparison.refused.map(({ method, error }) => ({ method, reason: error.message }));
    return {
      image,
      sha256: source.sha256,
      target: comparison.attributions[0]!.target,
      attributions: scoresOf(comparison),
      ...(refused.length > 0 ? { refused } : {}),
    };
  } catch (error) {
    if (!(error instanceof ExplainError) || !SKIPPED.has(error.code)) throw error;
    return { image, error: { code: error.code, message: error.message } };
  } finally {
    progress.clear();
  }
}

/** The means: as a table on stderr, as JSON on stdout, and as a figure beside the file. */
async function conclude(rows: readonly Row[], out: string, settings: Settings, given: Given): Promise<void> {
  const scores = rows.flatMap(({ attributions }) => (attributions ? [attributions] : []));
  if (scores.length === 0) {
    throw new ExplainError('ERR_IMAGE', `None of ${rows.length} pictures could be measured; ${out} says why.`);
  }
  const methods = meansOf(scores, numberOption(given, 'seed') ?? 0);
  const { evaluationFigure } = await import('../render/evaluation-figure.ts');
  const figure = out.replace(/\.jsonl$/i, '.png');
  await writeWhole(figure, await evaluationFigure(methods));
  if (!given.quiet) process.stderr.write(`${evaluationTable(methods)}\n`);
  if (!given.json) return;
  const pictures = { asked: rows.length, measured: scores.length, skipped: rows.length - scores.length };
  process.stdout.write(`${JSON.stringify({ settings, pictures, methods, figure: writtenPath(figure) })}\n`);
}
