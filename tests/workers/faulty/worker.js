// A worker that breaks in the way `faultAt` asks for, then works as usual: faults are told by a file, so that they are
// counted across the threads that die of them.
import { appendFileSync, readFileSync } from 'node:fs';
import runTask from '../../../dist/src/workers/worker.js';

const faults = {
  exit: () => process.exit(3),
  throw: () => {
    setImmediate(() => {
      throw new Error('an uncaught error in the worker');
    });
    return new Promise(() => {});
  },
  heap: () => {
    const kept = [];
    for (;;) kept.push(new Array(1000).fill(kept.length));
  },
};

export default async function runFaultyTask(task) {
  const { kind, times, log } = JSON.parse(process.env.ONNX_EXPLAIN_TEST_FAULT);
  const marked = task.recipes?.some((recipe) => recipe.kind === 'window' && recipe.y === 3);
  if (marked && readFileSync(log, 'utf8').length < times) {
    appendFileSync(log, 'x');
    await faults[kind]();
  }
  return runTask(task);
}
