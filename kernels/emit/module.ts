/**
 * Text of a WebAssembly module: a pool of 128-bit constants, functions, and straight-line bodies over blocks.
 *
 * Every kernel module imports
 *   env.memory   the shared memory of the engine
 *   env.scratch  (global i32) address of SCRATCH_BYTES bytes that belong to the executing thread
 * and places its constants in a region of its own, since all modules share one memory (`kernels/memory-map.ts`).
 *
 * Straight-line bodies are emitted for two v128 (four elements) at a time: on 16 vector registers two interleaved chains
 * hide the latency of the fused multiply-add (15.0 ns per multiplication against 18.8 with one and 21 with four).
 */

import type { Region } from "../memory-map.ts";

/** How a product of two limbs is split in a high and a low part. */
export type ProductMode =
  /** f64x2.relaxed_madd, which must round once. */
  | "fused"
  /** Dekker's exact product from plain multiplications and additions, about 3.5 times slower. */
  | "split";

/** A vector value: local names, one for each v128 in flight, or a single one when all share it. */
export type Value = readonly string[];

export interface ModuleText {
  readonly product: ProductMode;
  /** Address of a 16-byte constant holding `bits` twice. */
  constant(bits: bigint): number;
  /** Adds a function in text form. */
  func(text: string): void;
  text(): string;
}

export interface ModuleOptions {
  readonly product: ProductMode;
  readonly constants: Region;
}

const MASK_64 = (1n << 64n) - 1n;
const LANES_BYTES = 16;

export function createModule(options: ModuleOptions): ModuleText {
  const pool = new Map<bigint, number>();
  const functions: string[] = [];
  return {
    product: options.product,
    constant(bits) {
      const word = bits & MASK_64;
      const known = pool.get(word);
      if (known !== undefined) return known;
      const address = options.constants.start + LANES_BYTES * pool.size;
      if (address + LANES_BYTES > options.constants.end) throw new RangeError("constant pool is full");
      pool.set(word, address);
      return address;
    },
    func(text) {
      functions.push(text);
    },
    text() {
      const data = [...pool.keys()].map((word) => littleEndian(word).repeat(2)).join("");
      return [
        `(module (import "env" "memory" (memory 4 65536 shared)) (import "env" "scratch" (global $scratch i32))`,
        `(data (i32.const ${options.constants.start}) "${data}")`,
        ...functions,
        ")",
      ].join("\n");
    },
  };
}

/** Straight-line code on two v128 (or one, `width` 1). */
export interface Code {
  readonly product: ProductMode;
  readonly width: number;
  op(name: string, ...args: readonly (Value | number)[]): Value;
  /** One value per v128 in flight from an expression in text form. */
  each(expression: (lane: number) => string): Value;
  /** One value for all. */
  shared(expression: string): Value;
  /** Loads 16·width bytes at pointer + offset. */
  load(pointer: string, offset: number): Value;
  store(pointer: string, offset: number, value: Value): void;
  /** Loaded at each use, which keeps registers free. */
  constant(bits: bigint): Value;
  /** Loaded once and kept. */
  keptConstant(bits: bigint): Value;
  readonly lines: string[];
  readonly locals: string[];
}

export function createCode(module: ModuleText, width: number, prefix = "x"): Code {
  const lines: string[] = [];
  const locals: string[] = [];
  const kept = new Map<bigint, Value>();
  const fresh = (): string => {
    const name = `${prefix}${locals.length}`;
    locals.push(name);
    return name;
  };
  const set = (expression: string): string => {
    const name = fresh();
    lines.push(`(local.set $${name} ${expression})`);
    return name;
  };
  const argument = (arg: Value | number, lane: number): string =>
    typeof arg === "number" ? `(i32.const ${arg})` : `(local.get $${arg[lane % arg.length]})`;
  const code: Code = {
    product: module.product,
    width,
    lines,
    locals,
    each: (expression) => Array.from({ length: width }, (_, lane) => set(expression(lane))),
    shared: (expression) => [set(expression)],
    op: (name, ...args) => code.each((lane) => `(${name} ${args.map((arg) => argument(arg, lane)).join(" ")})`),
    load: (pointer, offset) =>
      code.each((lane) => `(v128.load offset=${offset + LANES_BYTES * lane} (local.get $${pointer}))`),
    store(pointer, offset, value) {
      for (let lane = 0; lane < width; lane++) {
        const at = `offset=${offset + LANES_BYTES * lane}`;
        lines.push(`(v128.store ${at} (local.get $${pointer}) (local.get $${value[lane % value.length]}))`);
      }
    },
    constant: (bits) => code.shared(`(v128.load offset=${module.constant(bits)} (i32.const 0))`),
    keptConstant(bits) {
      const known = kept.get(bits);
      if (known) return known;
      const value = code.constant(bits);
      kept.set(bits, value);
      return value;
    },
  };
  return code;
}

export interface BlockFunctionOptions {
  /** Only the first two elements of each block: for a chain on one value. */
  readonly single?: boolean;
  /** Bytes between the two halves of the data of a parameter, for those that are no blocks. */
  readonly halfStrides?: Readonly<Record<string, number>>;
}

/** Elements that straight-line code works on at once, and how far apart they stand in a row of limbs. */
const HALF_BLOCK_BYTES = 2 * LANES_BYTES;

/**
 * A function over whole blocks: the code of one half runs for the first four elements of a row of limbs, then for the others.
 * Parameters are i32 addresses. Rows are read before they are written only within a half, so an output may alias an input
 * block exactly but not partly.
 *
 * The two halves share code because it is long: a round of several kernels has to stay in the instruction cache (a lookup round
 * takes 240 ns per pair this way, 270 with a loop around the code, 300 with the code written twice).
 */
export function blockFunction(
  module: ModuleText,
  name: string,
  parameters: readonly string[],
  emit: (code: Code) => void,
  { single = false, halfStrides = {} }: BlockFunctionOptions = {},
): void {
  const code = createCode(module, single ? 1 : 2);
  emit(code);
  const declared = parameters.map((parameter) => `(param $${parameter} i32)`).join(" ");
  const half = [declared, ...code.locals.map((local) => `(local $${local} v128)`), ...code.lines, ")"].join("\n");
  if (single) {
    module.func(`(func $${name} (export "${name}") ${half}`);
    return;
  }
  module.func(`(func $${name}_half ${half}`);
  const moved = parameters.map((parameter) => {
    return `(i32.add (local.get $${parameter}) (i32.const ${halfStrides[parameter] ?? HALF_BLOCK_BYTES}))`;
  });
  module.func(
    [
      `(func $${name} (export "${name}") ${declared}`,
      `(call $${name}_half ${parameters.map((parameter) => `(local.get $${parameter})`).join(" ")})`,
      `(call $${name}_half ${moved.join(" ")}))`,
    ].join("\n"),
  );
}

/** Bit pattern of a double. */
export function bitsOf(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0);
}

function littleEndian(word: bigint): string {
  let text = "";
  for (let i = 0n; i < 8n; i++) text += `\\${((word >> (8n * i)) & 255n).toString(16).padStart(2, "0")}`;
  return text;
}
