/** Every code an error of this package can carry. Codes are stable; sentences may change. */
export type ErrorCode =
  | 'ERR_OPTION' // an option or argument is wrong
  | 'ERR_TARGET' // no class, or several, by that name
  | 'ERR_IMAGE' // the photo cannot be read
  | 'ERR_MODEL' // the model file cannot be read, or is no image classifier
  | 'ERR_OPERATOR' // an operator has no gradient rule, or the model is a function and has no operators
  | 'ERR_LAYER' // no layer by that name, or none that can be explained
  | 'ERR_INFERENCE' // ONNX Runtime refused the model or failed while running it
  | 'ERR_NOT_FINITE' // scores or gradients came out as NaN or infinite
  | 'ERR_WORKER_LOST' // a worker thread died twice on the same batch
  | 'ERR_QUEUE_FULL' // too many calls wait for the pool
  | 'ERR_CLOSED' // the model was closed
  | 'ERR_OUTPUT'; // a result cannot be written

/** An error meant for the person who called: one sentence saying what was expected, what came, and what to do. */
export class ExplainError extends Error {
  override readonly name = 'ExplainError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The package's error sentence: `<what>: expected <expected>, received <received>. <action>`. */
export function expected(
  code: ErrorCode,
  what: string,
  wanted: string,
  received: unknown,
  action = '',
  options?: ErrorOptions,
): ExplainError {
  const sentence = `${what}: expected ${wanted}, received ${String(received)}.`;
  return new ExplainError(code, action ? `${sentence} ${action}` : sentence, options);
}
