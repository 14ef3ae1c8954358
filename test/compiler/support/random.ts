/** Deterministic numbers for tests: the seed is part of every failure message. */
export type Random = () => number;

/** Mulberry32: uniform in [0, 1). */
export function random(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function floats(next: Random, count: number, lo: number, hi: number): number[] {
  return Array.from({ length: count }, () => Math.fround(lo + (hi - lo) * next()));
}

export function integer(next: Random, lo: number, hi: number): number {
  return lo + Math.floor(next() * (hi - lo + 1));
}
