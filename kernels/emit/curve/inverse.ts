/**
 * Inversion of one integer mod q by divsteps: 3 us, where Fermat's power takes 16 us.
 *
 *     fqIntegerInverse(block, out, temp)   lane 0 of out = ±1/x as an integer in (-2q, 2q), x lane 0 of block, |x| <= 1.02 q, x != 0
 *
 * f = q and g = x are driven to ±1 and 0 by 2x2 matrices over 30 steps, computed from their low words and applied to (f, g), and
 * mod q, divided by 2^30, to (d, e), so that d·x = f mod q throughout. Integers are nine signed limbs of 30 bits, the
 * lower eight in [0, 2^30).
 *
 * Source: D. Bernstein, B.-Y. Yang, "Fast constant-time gcd computation and modular inversion" (CHES 2019); the variable-time form
 * with 30-bit limbs is that of libsecp256k1 (src/modinv32_impl.h, P. Wuille). Time depends on x: no secret passes here.
 */
import { inverse, Q } from "../../../core/field.ts";
import { LIMB_BITS, LIMB_STRIDE, LIMBS } from "../field.ts";
import type { ModuleText } from "../module.ts";

const WORDS = 9;
const WORD_BITS = 30;
const MASK = (1n << BigInt(WORD_BITS)) - 1n;

/** Bytes of temp: d, e, f, g and a matrix u, v, q, r. */
const INTEGER_BYTES = 48;
const [D, E, F, G, MATRIX] = [0, 1, 2, 3, 4].map((i) => INTEGER_BYTES * i) as [number, number, number, number, number];
export const INVERSE_TEMP_BYTES = MATRIX + 64;

const qWords = Array.from({ length: WORDS }, (_, i) => (Q >> BigInt(WORD_BITS * i)) & MASK);
const qInverse = inverse(Q, MASK + 1n);

const get = (name: string): string => `(local.get $${name})`;
const set = (name: string, value: string): string => `(local.set $${name} ${value})`;
const add = (...terms: string[]): string => terms.reduce((a, b) => `(i64.add ${a} ${b})`);
const mul = (a: string, b: string): string => `(i64.mul ${a} ${b})`;
const and = (a: string, b: string): string => `(i64.and ${a} ${b})`;
const or = (...terms: string[]): string => terms.reduce((a, b) => `(i64.or ${a} ${b})`);
const shl = (a: string, bits: number): string => (bits === 0 ? a : `(i64.shl ${a} (i64.const ${bits}))`);
const shr = (a: string, bits: number): string => (bits === 0 ? a : `(i64.shr_s ${a} (i64.const ${bits}))`);
const long = (value: bigint | number): string => `(i64.const ${value})`;
const low = (a: string): string => and(a, long(MASK));
const load = (base: number, word: number): string => `(i64.load32_s offset=${base + 4 * word} ${get("temp")})`;
const store = (base: number, word: number, value: string): string =>
  `(i64.store32 offset=${base + 4 * word} ${get("temp")} ${value})`;

const MATRIX_NAMES = ["u", "v", "q", "r"];
const loadMatrix = (): string[] => MATRIX_NAMES.map((name, i) => set(name, load(MATRIX, i)));
/** u·x + v·y, or q·x + r·y. */
const row = (names: readonly [string, string], x: string, y: string): string =>
  add(mul(get(names[0]), x), mul(get(names[1]), y));

export function defineInverseKernels(module: ModuleText): void {
  const locals = (...names: string[]): string => names.map((name) => `(local $${name} i64)`).join(" ");
  module.func(
    `(func $fqUpdateFg (param $temp i32) ${locals(...MATRIX_NAMES, "x", "y", "cf", "cg")}\n${updateFg().join("\n")})`,
  );
  module.func(
    `(func $fqUpdateDe (param $temp i32) ${locals(...MATRIX_NAMES, "x", "y", "cd", "ce", "md", "me")}\n${updateDe().join("\n")})`,
  );
  const digits = Array.from({ length: LIMBS }, (_, j) => `d${j}`);
  module.func(
    `(func $fqLoadInteger (param $block i32) (param $temp i32) ${locals(...digits, "c")}\n${loadInteger().join("\n")})`,
  );
  module.func(
    `(func $fqStoreInteger (param $temp i32) (param $out i32) ${locals(...digits, "c")} (local $sign f64)\n${storeInteger().join("\n")})`,
  );
}

/** (f, g) = (u f + v g, q f + r g)/2^30, exactly. */
function updateFg(): string[] {
  const lines = loadMatrix();
  for (let i = 0; i < WORDS; i++) {
    lines.push(set("x", load(F, i)), set("y", load(G, i)));
    for (const [carry, names, base] of [["cf", ["u", "v"], F] as const, ["cg", ["q", "r"], G] as const]) {
      lines.push(set(carry, add(get(carry), row(names, get("x"), get("y")))));
      if (i > 0) lines.push(store(base, i - 1, low(get(carry))));
      lines.push(set(carry, shr(get(carry), WORD_BITS)));
    }
  }
  return [...lines, store(F, WORDS - 1, get("cf")), store(G, WORDS - 1, get("cg"))];
}

/** (d, e) = (u d + v e, q d + r e)/2^30 mod q, in (-2q, q). */
function updateDe(): string[] {
  const rows = [
    ["cd", "md", ["u", "v"], D],
    ["ce", "me", ["q", "r"], E],
  ] as const;
  const lines = loadMatrix();
  lines.push(set("x", shr(load(D, WORDS - 1), 31)), set("y", shr(load(E, WORDS - 1), 31)));
  for (const [, m, [a, b]] of rows) lines.push(set(m, add(and(get(a), get("x")), and(get(b), get("y")))));
  for (let i = 0; i < WORDS; i++) {
    lines.push(set("x", load(D, i)), set("y", load(E, i)));
    for (const [carry, m, names, base] of rows) {
      lines.push(set(carry, add(get(carry), row(names, get("x"), get("y")))));
      // The multiple of q that makes the sum divisible by 2^30.
      if (i === 0) lines.push(set(m, `(i64.sub ${get(m)} ${low(add(mul(long(qInverse), get(carry)), get(m)))})`));
      lines.push(set(carry, add(get(carry), mul(long(qWords[i]!), get(m)))));
      if (i > 0) lines.push(store(base, i - 1, low(get(carry))));
      lines.push(set(carry, shr(get(carry), WORD_BITS)));
    }
  }
  return [...lines, store(D, WORDS - 1, get("cd")), store(E, WORDS - 1, get("ce"))];
}

/** g = lane 0 of block, f = q, d = 0, e = 1. */
function loadInteger(): string[] {
  const lines: string[] = [];
  for (let j = 0; j < LIMBS; j++) {
    lines.push(set(`d${j}`, add(`(i64.trunc_f64_s (f64.load offset=${LIMB_STRIDE * j} ${get("block")}))`, get("c"))));
    if (j === LIMBS - 1) break;
    lines.push(
      set("c", shr(get(`d${j}`), LIMB_BITS)),
      set(`d${j}`, and(get(`d${j}`), long((1n << BigInt(LIMB_BITS)) - 1n))),
    );
  }
  for (let i = 0; i < WORDS; i++) {
    const [j, shift] = [Math.floor((WORD_BITS * i) / LIMB_BITS), (WORD_BITS * i) % LIMB_BITS];
    const parts = [shr(get(`d${j}`), shift)];
    if (shift + WORD_BITS > LIMB_BITS && j < LIMBS - 1) parts.push(shl(get(`d${j + 1}`), LIMB_BITS - shift));
    const word = or(...parts);
    lines.push(store(G, i, i < WORDS - 1 ? low(word) : word));
    lines.push(store(F, i, long(qWords[i]!)), store(D, i, long(0)), store(E, i, long(i === 0 ? 1 : 0)));
  }
  return lines;
}

/** Lane 0 of out = d, negated if f is -1. */
function storeInteger(): string[] {
  const half = 1n << BigInt(LIMB_BITS - 1);
  const mask = (1n << BigInt(LIMB_BITS)) - 1n;
  const lines = [`(local.set $sign (f64.convert_i32_s (i32.load offset=${F} ${get("temp")})))`];
  // f is 1, or -1 as words 2^30 - 1, ..., -1.
  lines.push(`(if (i64.lt_s ${load(F, WORDS - 1)} ${long(0)}) (then (local.set $sign (f64.const -1))))`);
  for (let j = 0; j < LIMBS; j++) {
    const [first, shift] = [Math.floor((LIMB_BITS * j) / WORD_BITS), (LIMB_BITS * j) % WORD_BITS];
    const parts = [shr(load(D, first), shift)];
    for (let i = first + 1; i < WORDS && WORD_BITS * (i - first) - shift < (j < LIMBS - 1 ? LIMB_BITS : 64); i++) {
      parts.push(shl(load(D, i), WORD_BITS * (i - first) - shift));
    }
    const digit = j < LIMBS - 1 ? and(or(...parts), long(mask)) : or(...parts);
    const write = (value: string): string =>
      `(f64.store offset=${LIMB_STRIDE * j} ${get("out")} (f64.mul ${get("sign")} (f64.convert_i64_s ${value})))`;
    if (j === LIMBS - 1) {
      lines.push(write(add(digit, get("c"))));
      break;
    }
    lines.push(set(`d${j}`, add(digit, get("c"), long(half))));
    lines.push(
      set("c", shr(get(`d${j}`), LIMB_BITS)),
      write(`(i64.sub ${and(get(`d${j}`), long(mask))} ${long(half)})`),
    );
  }
  return lines;
}

export function inverseControl(): string {
  const isZero = Array.from({ length: WORDS }, (_, i) => `load32(temp + ${G + 4 * i})`).join(" | ");
  return `
    // 30 steps on the low words f and g; stores the matrix, returns eta = -delta.
    func fqDivsteps(eta, f, g, matrix) {
      u = 1; v = 0; q = 0; r = 1;
      left = ${WORD_BITS};
      open = 1;
      while (open) {
        zeros = trailingZeros(g | (0 - 1 << left));
        g = g >> zeros;
        u = u << zeros;
        v = v << zeros;
        eta = eta - zeros;
        left = left - zeros;
        if (left) {
          if (signMask(eta)) {
            eta = 0 - eta;
            t = f; f = g; g = 0 - t;
            t = u; u = q; q = 0 - t;
            t = v; v = r; r = 0 - t;
          }
          // w = -g/f mod 2^limit cancels that many low bits of g at once; limit up to 12.
          limit = eta + 1;
          if (limit > left) { limit = left; }
          if (limit > 12) { limit = 12; }
          w = f * (f * f - 2);
          w = (w * (f * w + 2) * g) & ((1 << limit) - 1);
          g = g + f * w;
          q = q + u * w;
          r = r + v * w;
        } else {
          open = 0;
        }
      }
      store32(matrix, u);
      store32(matrix + 4, v);
      store32(matrix + 8, q);
      store32(matrix + 12, r);
      return eta;
    }

    func fqIntegerInverse(block, out, temp) {
      fqLoadInteger(block, temp);
      eta = 0 - 1;
      while (${isZero}) {
        eta = fqDivsteps(eta, load32(temp + ${F}), load32(temp + ${G}), temp + ${MATRIX});
        fqUpdateDe(temp);
        fqUpdateFg(temp);
      }
      fqStoreInteger(temp, out);
    }`;
}
