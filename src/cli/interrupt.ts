import { Interrupted } from './exit.ts';

/**
 * A signal that Ctrl-C (or SIGTERM) aborts. A worker must not be ended during a run, so the first one asks for an end
 * after the batch under way; nothing more is needed, and a second one is ignored.
 */
export function interruptSignal(): { readonly signal: AbortSignal; readonly dispose: () => void } {
  const controller = new AbortController();
  const stop = () => controller.abort(new Interrupted());
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return {
    signal: controller.signal,
    dispose() {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
}
