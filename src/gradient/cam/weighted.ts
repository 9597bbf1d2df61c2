/** wₖ Aₖ for each channel k of `plane` cells. */
export const weighted = (activations: Float64Array, weights: ArrayLike<number>, plane: number): Float64Array =>
  activations.map((activation, at) => weights[Math.floor(at / plane)]! * activation);

export const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

/** a / b; 0 where b is 0. */
export const quotient = (a: number, b: number): number => (b === 0 ? 0 : a / b);
