import * as v from 'valibot';
import { expected } from '../../core/errors.ts';
import { givenFile } from '../../core/given-file.ts';

const hash = v.pipe(v.string(), v.regex(/^[\da-f]{64}$/));
const source = v.looseObject({ path: v.string(), sha256: hash });
const measured = v.looseObject({ value: v.nullable(v.number()) });
const attribution = v.looseObject({
  method: v.string(),
  target: v.looseObject({ index: v.number(), label: v.string(), probability: v.number() }),
  score: v.number(),
  options: v.looseObject({}),
  samplesUsed: v.optional(v.number()),
  fingerprint: v.object({ sha256: hash, means: v.string() }),
  raw: v.optional(v.string()),
  metrics: v.optional(v.record(v.string(), measured)),
  repeat: v.optional(v.looseObject({ mean: v.nullable(v.number()), least: v.nullable(v.number()) })),
});
const record = v.looseObject({
  model: source,
  image: source,
  versions: v.record(v.string(), v.string()),
  run: v.object({
    command: v.picklist(['compare', 'explain']),
    options: v.record(v.string(), v.unknown()),
    files: v.array(source),
  }),
  attributions: v.pipe(v.array(attribution), v.nonEmpty()),
});

/** What a record says of one explanation. */
export type RecordedAttribution = v.InferOutput<typeof attribution>;
/** The JSON that `compare` or `explain` left. */
export type ExplanationRecord = v.InferOutput<typeof record>;

/** @throws `ERR_OPTION` where the file is no such record */
export async function readRecord(path: string): Promise<ExplanationRecord> {
  const wanted = 'the JSON that compare or explain left';
  const bytes = await givenFile(path, 'ERR_OPTION', 'RECORD', wanted);
  const refuse = (received: string) => expected('ERR_OPTION', `RECORD ${path}`, wanted, received);
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString());
  } catch {
    throw refuse('no JSON');
  }
  const { success, output, issues } = v.safeParse(record, json);
  if (success) return output;
  throw refuse(`something else, or that of an older version (at ${v.getDotPath(issues[0]) ?? 'its start'})`);
}
