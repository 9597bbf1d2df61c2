/**
 * WebAssembly, written byte by byte: its loops take four numbers at a time where JavaScript takes one, in memory that ONNX Runtime reads
 * and writes where it is.
 * @see https://webassembly.github.io/spec/core/binary/index.html
 */

/** Types of variables. */
export const I32 = 0x7f;
const V128 = 0x7b;

export const ADD = 0x6a;
export const SUBTRACT = 0x6b;
const IS_ABOVE = 0x4b;
const IS_LEAST = 0x4f;

type Code = readonly number[];

/** A variable's value. */
export const get = (variable: number): Code => [0x20, variable];
export const set = (variable: number): Code => [0x21, variable];
/** A number below 64. */
export const constant = (value: number): Code => [0x41, value];
export const add = (variable: number, term: Code): Code => [...get(variable), ...term, ADD, ...set(variable)];

/** A loop that is left, by a branch out of the block around it, as soon as the condition holds. */
const until = (condition: Code, body: Code): Code =>
  [[0x02, 0x40], [0x03, 0x40], condition, [0x0d, 1], body, [0x0c, 0], [0x0b, 0x0b]].flat();
/** A loop that counts a variable down to 0, which is looked at after the body. */
export const times = (counter: number, body: Code): Code =>
  [[0x03, 0x40], body, get(counter), constant(1), SUBTRACT, [0x22, counter], [0x0d, 0], 0x0b].flat();

/** What is done only where a condition holds. */
export const when = (condition: Code, body: Code): Code => [...condition, 0x04, 0x40, ...body, 0x0b];
/** The whole number (i32) so many bytes behind an address. */
export const whole = (address: Code, behind: number): Code => [...address, 0x28, 2, behind];

/** Arithmetic on numbers. Values are at addresses that code leaves. */
export interface Arithmetic {
  readonly load: (address: Code) => Code;
  readonly store: (address: Code, value: Code) => Code;
  /** The one so many bytes behind an address, for each. */
  readonly spread: (address: Code, behind: number) => Code;
  readonly add: Code;
  readonly subtract: Code;
  readonly multiply: Code;
}

/** On four at a time (v128). */
const FOUR: Arithmetic = {
  load: (address) => [...address, 0xfd, 0x00, 2, 0],
  store: (address, value) => [...address, ...value, 0xfd, 0x0b, 2, 0],
  spread: (address, behind) => [...address, 0xfd, 0x09, 2, behind],
  add: [0xfd, 0xe4, 1],
  subtract: [0xfd, 0xe5, 1],
  multiply: [0xfd, 0xe6, 1],
};

/** On one (f32). */
const ONE: Arithmetic = {
  load: (address) => [...address, 0x2a, 2, 0],
  store: (address, value) => [...address, ...value, 0x38, 2, 0],
  spread: (address, behind) => [...address, 0x2a, 2, behind],
  add: [0x92],
  subtract: [0x93],
  multiply: [0x94],
};

/**
 * Does something four numbers at a time up to before an address, and one at a time with what is left.
 * @param moving addresses that go from number to number; the first is held against the end
 */
export function inFours(moving: Code, end: number, body: (by: Arithmetic) => Code): Code {
  const [at] = moving as [number];
  const ahead = (bytes: number) => moving.flatMap((address) => add(address, constant(bytes)));
  return [
    ...until([...get(at), ...constant(16), ADD, ...get(end), IS_ABOVE], [...body(FOUR), ...ahead(16)]),
    ...until([...get(at), ...get(end), IS_LEAST], [...body(ONE), ...ahead(4)]),
  ];
}

/** Whole numbers without a sign, four at a time (v128). */
export const WHOLES = {
  load: FOUR.load,
  store: FOUR.store,
  /** Of a variable (i32). */
  spread: (variable: number): Code => [...get(variable), 0xfd, 0x11],
  add: [0xfd, 0xae, 1],
  subtract: [0xfd, 0xb1, 1],
  multiply: [0xfd, 0xb5, 1],
  /** Of two, for each pair, all bits or none. */
  isBelow: [0xfd, 0x3a],
  isAny: [0xfd, 0x53],
  lesser: [0xfd, 0xb7, 1],
  /** Of two and of bits: the first where they are set. */
  choose: [0xfd, 0x52],
} as const;

/** A function without a result. */
export interface Assembly {
  /** The first variables. */
  readonly parameters: Code;
  /** The variables (i32) behind them. */
  readonly locals: number;
  /** The variables of four numbers (v128) behind those. Default: none. */
  readonly fours?: number;
  readonly code: Code;
}

/** A module with one function, `run`, in a memory of somebody's own. */
export function assembled({ parameters, locals, fours = 0, code }: Assembly): WebAssembly.Module {
  return new WebAssembly.Module(
    Uint8Array.of(
      ...[...Buffer.from('\0asm'), 1, 0, 0, 0],
      ...section(1, [0x60, ...counted(parameters), 0]),
      ...section(2, [...name('own'), ...name('memory'), 2, 0, 0]),
      ...section(3, [0]),
      ...section(7, [...name('run'), 0, 0]),
      ...section(10, counted([2, locals, I32, fours, V128, ...code, 0x0b])),
    ),
  );
}

/** A module's function in a memory. */
export function runIn<Run>(module: WebAssembly.Module, memory: WebAssembly.Memory): Run {
  return new WebAssembly.Instance(module, { own: { memory } }).exports.run as Run;
}

/** In LEB128, as lengths are. */
const size = (value: number): number[] => (value < 128 ? [value] : [(value % 128) + 128, ...size(value >> 7)]);
const counted = (bytes: Code) => [...size(bytes.length), ...bytes];
const name = (text: string) => counted([...Buffer.from(text)]);
const section = (kind: number, ...items: readonly Code[]) => [kind, ...counted([items.length, ...items.flat()])];
