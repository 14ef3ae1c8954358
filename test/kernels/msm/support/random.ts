import { mod } from "../../../../core/field.ts";

export interface Random {
  /** Uniform in [0, below). */
  int(below: number): number;
  scalar(): bigint;
}

/** xorshift64; the seed is printed by the suite that uses it. */
export function createRandom(seed: number): Random {
  let state = BigInt(seed);
  const next = (): bigint => {
    state ^= BigInt.asUintN(64, state << 13n);
    state ^= state >> 7n;
    state ^= BigInt.asUintN(64, state << 17n);
    return state;
  };
  return {
    int: (below) => Number(next() % BigInt(below)),
    scalar: () => mod((next() << 192n) | (next() << 128n) | (next() << 64n) | next()),
  };
}
