import * as v from 'valibot';
import { ExplainError, expected } from '../core/errors.ts';

/** The text of a JSON file beside a model, checked against a schema. Throws one `ERR_MODEL` with every mistake in it. */
export function parseJson<Schema extends v.GenericSchema>(
  schema: Schema,
  text: string,
  name: string,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, fromText(text, name));
  if (result.success) return result.output;
  const mistakes = result.issues.map((issue) => `${v.getDotPath(issue) ?? 'the whole'}: ${sentence(issue)}`);
  throw new ExplainError('ERR_MODEL', `${name}: ${mistakes.join('; ')}.`);
}

const sentence = ({ expected: wanted, received, message }: v.BaseIssue<unknown>) =>
  wanted ? `expected ${wanted}, received ${received}` : message;

function fromText(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw expected(
      'ERR_MODEL',
      name,
      'JSON',
      cause instanceof Error ? `something else (${cause.message})` : cause,
      '',
      { cause },
    );
  }
}
