/** Numbers for people: three digits, a real minus sign, an exponent where they are very small or large. */

/** `0.32`, `−4.1`, `12.3`, `3.0e-11`. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || !Number.isFinite(value)) return String(value || 0);
  const digits =
    size < 1e-3 || size >= 1e5 ? size.toExponential(1).replace('e+', 'e') : String(Number(size.toPrecision(3)));
  return value < 0 ? `−${digits}` : digits;
}

/** `93.1 %`, `0.21 %`, `3.0e-11`; close to one with the digits that tell it from one: `99.996 %`. */
export function formatProbability(probability: number): string {
  if (probability < 1e-3) return probability === 0 ? '0 %' : probability.toExponential(1);
  if (probability === 1) return '100 %';
  if (probability > 1 - 1e-10) return '> 99.99999999 %';
  const digits = Math.min(8, Math.max(1, Math.ceil(-Math.log10(1 - probability) - 2)));
  const percent = probability < 0.01 ? (100 * probability).toPrecision(2) : (100 * probability).toFixed(digits);
  return `${percent} %`;
}

/** `1,234`. */
export const formatCount = (count: number): string => count.toLocaleString('en-US');

/** `0.08 s`, `1.9 s`, `24 s`, `3 min 20 s`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 1) return `${seconds.toFixed(2)} s`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 120 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
