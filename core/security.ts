/**
 * The soundness error of one proof, summed over its arguments, each at most numerator / 2^253.
 *
 * The sum bounds the interactive protocol in the algebraic group model; the Fiat-Shamir transform multiplies it by the number of
 * Keccak calls an attacker makes. It says nothing about the curve: discrete logarithms and pairings of BN254 are estimated at
 * about 100 bits (Barbulescu and Duquesne, ePrint 2017/334), which caps the whole.
 */
import type { Circuit } from "./circuit.ts";
import { circuitProducts, layoutOf, operandCount, PRODUCT_DEGREE, ZERO_CHECK_DEGREE } from "./layout.ts";

export interface SoundnessTerm {
  readonly name: string;
  /** The error is numerator / 2^253. */
  readonly numerator: number;
}

const CHALLENGE_BITS = 253;

/**
 * Powers of the longest public ceremony for BN254, 2^28. Columns are shorter, but nothing bounds the degrees of what a prover commits
 * to, so they are bounded by the powers that are known.
 */
const MAX_SRS_POWERS = 2 ** 28;

export function soundnessTerms(circuit: Circuit): SoundnessTerm[] {
  const { rows, logRows, productBits } = layoutOf(circuit);
  const bound = [...circuit.inputs, ...circuit.outputs].filter(({ visibility }) => visibility !== "private");
  const claims = 9 + operandCount(circuitProducts(circuit)) + bound.length;
  return [
    {
      name: "accumulators and boundary tensors combined by powers of tau",
      numerator: rows * (1 + circuitProducts(circuit).length + bound.length),
    },
    { name: "lookup multiset equality at alpha and beta", numerator: 2 * 3 * rows },
    { name: "lookup denominators that vanish", numerator: 3 * rows },
    { name: "zero-check point omega", numerator: rows },
    { name: "zero-check rounds", numerator: (ZERO_CHECK_DEGREE + 1) * logRows },
    { name: "product rounds", numerator: PRODUCT_DEGREE * productBits },
    { name: "claims batched by gamma", numerator: claims },
    { name: "Laurent identity at z", numerator: 2 * MAX_SRS_POWERS },
    { name: "openings combined by delta", numerator: 2 },
    { name: "quotient identity at zeta", numerator: 2 * MAX_SRS_POWERS },
  ];
}

/** -log2 of the summed error. */
export function soundnessBits(circuit: Circuit): number {
  const sum = soundnessTerms(circuit).reduce((total, term) => total + term.numerator, 0);
  return CHALLENGE_BITS - Math.log2(sum);
}
