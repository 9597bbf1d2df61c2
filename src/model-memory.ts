/** How many perturbed pictures run at once, as far as memory goes. */
import type { Graph } from './onnx/graph.ts';
import { liveBytes } from './onnx/live-bytes.ts';

/** A lone one would be run in pairs. */
const LEAST = 2;
/** What ONNX Runtime's arena takes for the values that are held at once: 2.6 times as much was seen of VGG-16, as much of SqueezeNet. */
const ARENA = 3;

/**
 * Of some rows as many as there is memory for, two at least.
 * @param bytes of one worker
 * @param graph of the scores, with shapes inferred; looked at when more than two are asked for
 */
export function rowsWithin(bytes: number, graph: () => Graph): (rows: number) => number {
  let rowBytes: number | undefined;
  return (rows) => {
    if (rows <= LEAST) return rows;
    rowBytes ??= ARENA * liveBytes(graph());
    return Math.max(LEAST, Math.min(rows, Math.floor(bytes / rowBytes)));
  };
}
