/**
 * What a thread of the pool starts with. Only a task loads ONNX Runtime: to end a thread that is at it takes the process with it, and
 * tasks are waited for.
 */
import type { Answer, OpenTask, Task } from './task.ts';

let worker: Promise<typeof import('./worker.ts')> | undefined;

export default async function runTask(task: Task | OpenTask): Promise<Answer> {
  worker ??= import('./worker.ts');
  return (await worker).default(task);
}
