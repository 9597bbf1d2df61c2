/** One line on stderr that says how far a method is and how long it will take; only on a terminal. */
import type { Progress } from '../core/predictor.ts';

export interface ProgressLine {
  update(progress: Progress & { readonly method: string }): void;
  /** Takes the line away. */
  clear(): void;
}

const silent: ProgressLine = { update() {}, clear() {} };
const SHORTEST_GAP_MS = 100;

export function progressLine(quiet: boolean): ProgressLine {
  if (quiet || !process.stderr.isTTY) return silent;
  let begin = 0;
  let current = '';
  let shown = 0;
  return {
    update({ method, done, total }) {
      const now = performance.now();
      if (method !== current) {
        current = method;
        begin = now;
      }
      if (now - shown < SHORTEST_GAP_MS && done < total) return;
      shown = now;
      process.stderr.write(`\r\x1b[K${progressText(method, done, total, now - begin)}`);
    },
    clear() {
      if (current) process.stderr.write('\r\x1b[K');
      current = '';
    },
  };
}

/** `lime  45 %  450/1000  0:12 left` */
function progressText(method: string, done: number, total: number, elapsedMs: number): string {
  const left = Math.ceil((elapsedMs / done) * (total - done) * 1e-3);
  const time = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')} left`;
  return `${method}  ${Math.round((100 * done) / total)} %  ${done}/${total}  ${time}`;
}
