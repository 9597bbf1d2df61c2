// A worker that breaks as often as it is asked to, then works as usual. Each fault is claimed by making a file, which
// only one thread can: reading a count first would let two workers take the same fault.
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
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

function claim(folder, times) {
  for (let fault = 0; fault < times; fault++) {
    try {
      closeSync(openSync(join(folder, String(fault)), 'wx'));
      return true;
    } catch (cause) {
      if (cause.code !== 'EEXIST') throw cause;
    }
  }
  return false;
}

export default async function runFaultyTask(task) {
  const { kind, times, claims } = JSON.parse(process.env.ONNX_EXPLAIN_TEST_FAULT);
  const marked = task.recipes?.some((recipe) => recipe.kind === 'window' && recipe.y === 3);
  if (marked && claim(claims, times)) await faults[kind]();
  return runTask(task);
}
