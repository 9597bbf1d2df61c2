import type { Builder } from '../onnx/builder.ts';

/** Collects the gradients that reach each value over its several consumers. */
export interface Accumulator {
  add(value: string, gradient: string): void;
  /** Their sum; undefined where none came. */
  total(value: string): string | undefined;
}

export function accumulator(b: Builder): Accumulator {
  const gradients = new Map<string, readonly string[]>();
  return {
    add: (value, gradient) => gradients.set(value, [...(gradients.get(value) ?? []), gradient]),
    total(value) {
      const parts = gradients.get(value);
      if (!parts || parts.length === 1) return parts?.[0];
      const sum = b.op('Sum', parts);
      gradients.set(value, [sum]);
      return sum;
    },
  };
}
