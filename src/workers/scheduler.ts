/**
 * Shares a fixed number of slots between concurrent calls. A call is a number of steps; whenever slots are free the calls
 * take turns, so a short call that comes late does not wait for a long one to end.
 */
import { ExplainError } from '../core/errors.ts';

export interface Call {
  readonly steps: number;
  /** How many slots a step takes. */
  readonly slots: number;
  readonly run: (step: number) => Promise<void>;
  /** Asks the steps under way to end early. */
  readonly stop: () => void;
  readonly signal?: AbortSignal | undefined;
}

export interface Scheduler {
  /** Resolves when all steps have run. Rejects, once no step is under way any more, with the first failure or the signal's reason. */
  submit(call: Call): Promise<void>;
  /** Stops every call and resolves when no step is under way; calls from then on are refused. */
  close(): Promise<void>;
}

interface Running extends Call {
  readonly fail: (reason: unknown) => void;
  readonly settle: () => void;
  next: number;
  underWay: number;
  ended: boolean;
}

const closedError = () => new ExplainError('ERR_CLOSED', 'The model is closed: load it again to explain with it.');

/** @throws `ERR_QUEUE_FULL` from `submit` where `queueLimit` calls are already being served. */
export function createScheduler(slots: number, queueLimit: number): Scheduler {
  const active = new Set<Running>();
  let turns: Running[] = [];
  let free = slots;
  let closing: Promise<void> | undefined;
  let drained: (() => void) | undefined;

  function pump(): void {
    while (turns.length > 0 && turns[0]!.slots <= free) {
      const call = turns.shift()!;
      const step = call.next++;
      if (call.next < call.steps) turns.push(call);
      free -= call.slots;
      call.underWay++;
      call
        .run(step)
        .catch(call.fail)
        .finally(() => {
          free += call.slots;
          call.underWay--;
          call.settle();
          pump();
        });
    }
    if (active.size === 0) drained?.();
  }

  function submit(call: Call): Promise<void> {
    if (closing) return Promise.reject(closedError());
    if (call.signal?.aborted) return Promise.reject(call.signal.reason);
    if (active.size >= queueLimit) {
      const advice = 'Wait for some to end, or raise queueLimit.';
      return Promise.reject(
        new ExplainError('ERR_QUEUE_FULL', `The pool already serves ${active.size} calls, its limit. ${advice}`),
      );
    }
    return new Promise((resolve, reject) => {
      let failure: { readonly reason: unknown } | undefined;
      const onAbort = () => {
        running.fail(call.signal?.reason);
        running.settle();
        pump();
      };
      const running: Running = {
        ...call,
        next: 0,
        underWay: 0,
        ended: false,
        fail(reason) {
          failure ??= { reason };
          turns = turns.filter((other) => other !== running);
          running.next = running.steps;
          call.stop();
        },
        settle() {
          if (running.ended || running.underWay > 0 || running.next < running.steps) return;
          running.ended = true;
          active.delete(running);
          call.signal?.removeEventListener('abort', onAbort);
          if (failure) reject(failure.reason);
          else resolve();
        },
      };
      call.signal?.addEventListener('abort', onAbort, { once: true });
      active.add(running);
      if (call.steps > 0) turns.push(running);
      else running.settle();
      pump();
    });
  }

  function close(): Promise<void> {
    closing ??= new Promise((resolve) => {
      drained = resolve;
    });
    for (const call of [...active]) {
      call.fail(closedError());
      call.settle();
    }
    pump();
    return closing;
  }

  return { submit, close };
}
