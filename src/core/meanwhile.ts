/**
 * Runs a model and works on this thread meanwhile. When one of the two fails the other is stopped, and the call rejects
 * once both have ended.
 */
export async function meanwhile<Run, Work>(
  signal: AbortSignal | undefined,
  run: (signal: AbortSignal) => Promise<Run>,
  work: (signal: AbortSignal) => Promise<Work>,
): Promise<[Run, Work]> {
  const stop = new AbortController();
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const both = [run(either), work(either)] as const;
  try {
    return await Promise.all(both);
  } catch (reason) {
    stop.abort(reason);
    await Promise.allSettled(both);
    throw reason;
  }
}
