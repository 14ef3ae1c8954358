/**
 * The opening (`core/opening.ts`): scalars of the final combination as expressions, then the combination and the pairing.
 *
 *     A = C_h + sum_f [delta (zeta - 1/z) W_f(1/z) + delta^2 (zeta - z) W_f(z)] C_f - (zeta - z)(zeta - 1/z) C_q
 *         - [R_h(zeta) + delta (zeta - 1/z) S1 + delta^2 (zeta - z) S2] G + zeta pi
 *     e(A, [1]_2) · e(pi, -[tau]_2) = 1
 *
 * [tau]_2 is negated when the contract is written, so that no point of the proof needs negation.
 *
 * Points. Every point of the proof and of the statement is an operand of ecMul or ecAdd, which fail for coordinates at or above q and
 * for points off the curve; the curve has prime order. (0, 0) is the commitment of the zero polynomial, which a prover may commit to like any other: the
 * equation then speaks about f = 0. The points of the key are checked when the contract is written and are never (0, 0).
 */

import { Q } from "../../core/field.ts";
import { openedColumns } from "../../core/opening.ts";
import type { AffinePoint, VerifyingKey } from "../../core/verifying-key.ts";
import { failure } from "../failure.ts";
import type { Root } from "../graph/statements.ts";
import { wordAt } from "../layout.ts";
import type { Symbols } from "../symbols.ts";
import type { SymbolicClaims } from "./claims.ts";

/** Comment of the first of the fixed values. */
export const LOOKUP_COMMENT = "lookup constraint at the evaluations";

/** The lookup constraint, scalars that do not need the weights, and the words each evaluation point brings. */
export function openingRoots(symbols: Symbols, claims: SymbolicClaims): Root[] {
  const { graph, message } = symbols;
  const { add, subtract, multiply } = graph;
  const z = message("Z_MPTR");
  const inverse = message("INVERSE_Z_MPTR");
  const hint = message("INVERSE_MPTR");
  const delta = message("DELTA_MPTR");
  const zeta = message("ZETA_MPTR");
  const [s1, s2, hz] = ["AT_Z_MPTR", "AT_INVERSE_MPTR", "QUOTIENT_AT_Z_MPTR"].map((name) => message(name));
  const fromZ = subtract(zeta, z);
  const fromInverse = subtract(zeta, inverse);
  const scalarAtZ = multiply(delta, fromInverse);
  const scalarAtInverse = multiply(multiply(delta, delta), fromZ);

  const atInverse = multiply(z, subtract(subtract(add(s1, s2), add(claims.value, claims.value)), multiply(z, hz)));
  const inverseGap = multiply(hint, multiply(z, z));
  const line = multiply(subtract(multiply(hz, fromInverse), multiply(atInverse, fromZ)), inverseGap);
  const constant = add(add(multiply(scalarAtZ, s1), multiply(scalarAtInverse, s2)), line);
  // 1/(z - 1) = hint·z (z + 1) and 1/(1/z - 1) = -z/(z - 1)
  const gapInverse = multiply(multiply(hint, z), add(z, graph.constant(1)));

  const store = (target: string, comment: string, node: Root["node"]): Root => ({ node, comment, target });
  return [
    store("LOOKUP_MPTR", LOOKUP_COMMENT, graph.reduced(claims.lookup)),
    store(
      "BATCH_SCALAR_MPTR",
      "-(zeta - z)(zeta - 1/z), the scalar of the batch quotient",
      subtract(graph.constant(0), multiply(fromZ, fromInverse)),
    ),
    store(
      "GENERATOR_SCALAR_MPTR",
      "-(R_h(zeta) + delta (zeta - 1/z) S1 + delta^2 (zeta - z) S2), the scalar of G; in it Y",
      subtract(graph.constant(0), constant),
    ),
    store("POINT_Z_MPTR", "what W_f(z) counts", scalarAtInverse),
    store(wordAt("POINT_Z_MPTR", 1), "1/(z - 1)", gapInverse),
    store("POINT_INVERSE_MPTR", "what W_f(1/z) counts", scalarAtZ),
    store(wordAt("POINT_INVERSE_MPTR", 1), "1/(1/z - 1)", subtract(graph.constant(0), multiply(z, gapInverse))),
  ];
}

export const hexWord = (value: bigint): string =>
  value < 256n ? `${value}` : `0x${value.toString(16).padStart(64, "0")}`;

/** Standard generator of G2 in the order of the precompile. */
export const G2_GENERATOR = [
  0x198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2n,
  0x1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6edn,
  0x090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975bn,
  0x12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daan,
];

/** A failing precompile keeps all gas it was given; the call ends at once, while 1/64 is left to say why. */
export function precompile(call: string): string {
  return `if iszero(staticcall(gas(), ${call})) { ${failure("PrecompileFailed")} }`;
}

interface CombinedPoint {
  readonly comment: string;
  /** Statements that put the point at word `at` of SCRATCH. */
  load(at: number): string[];
  /** Pointer of its scalar; the point counts once when there is none. */
  readonly scalar: string | undefined;
}

const copied = (comment: string, source: string, scalar: string | undefined): CombinedPoint => ({
  comment,
  load: (at) => [`mcopy(${wordAt("SCRATCH_MPTR", at)}, ${source}, 0x40)`],
  scalar,
});

const constant = (comment: string, { x, y }: AffinePoint, scalar: string): CombinedPoint => ({
  comment,
  load: (at) => [x, y].map((word, i) => `mstore(${wordAt("SCRATCH_MPTR", at + i)}, ${hexWord(word)})`),
  scalar,
});

/** The linear combination A at SCRATCH: ecMul in place, then ecAdd. */
export function combinationCode(key: VerifyingKey): string[] {
  const points = [
    copied("Laurent quotient", "LAURENT_MPTR", undefined),
    ...openedColumns(key.circuit).map((column, i) => {
      const scalar = wordAt("COLUMN_SCALARS_MPTR", i);
      const comment = `${column.kind} column ${column.index}`;
      if (column.kind === "committed") return copied(comment, wordAt("COMMITMENTS_MPTR", 2 * column.index), scalar);
      if (column.kind === "fixed") return constant(comment, key.fixedCommitments[column.index], scalar);
      return copied(
        comment,
        column.kind === "helper" ? "HELPER_MPTR" : wordAt("WITNESS_MPTR", 2 * column.index),
        scalar,
      );
    }),
    copied("batch quotient", "BATCH_MPTR", "BATCH_SCALAR_MPTR"),
    constant("generator", { x: 1n, y: 2n }, "GENERATOR_SCALAR_MPTR"),
    copied("opening", "OPENING_MPTR", "ZETA_MPTR"),
  ];
  return points.flatMap(({ comment, load, scalar }, i) => {
    const at = i === 0 ? 0 : 2;
    const point = wordAt("SCRATCH_MPTR", at);
    const scaled = [
      `mstore(${wordAt("SCRATCH_MPTR", at + 2)}, mload(${scalar}))`,
      precompile(`7, ${point}, 0x60, ${point}, 0x40`),
    ];
    return [
      `// ${comment}`,
      ...load(at),
      ...(scalar === undefined ? [] : scaled),
      ...(i === 0 ? [] : [precompile("6, SCRATCH_MPTR, 0x80, SCRATCH_MPTR, 0x40")]),
    ];
  });
}

/** The rest of the pairing's input behind the combination. */
export function pairingInputCode({ tauG2 }: VerifyingKey): string[] {
  const [xc1, xc0, yc1, yc0] = tauG2;
  const negatedTau = [xc1, xc0, (Q - yc1) % Q, (Q - yc0) % Q];
  return [
    ...G2_GENERATOR.map((word, i) => `mstore(${wordAt("SCRATCH_MPTR", 2 + i)}, ${hexWord(word)})`),
    `mcopy(${wordAt("SCRATCH_MPTR", 6)}, OPENING_MPTR, 0x40)`,
    "// -[tau]_2",
    ...negatedTau.map((word, i) => `mstore(${wordAt("SCRATCH_MPTR", 8 + i)}, ${hexWord(word)})`),
  ];
}

/** The call, and both of its answers. */
export function pairingCode(): string[] {
  return [
    "mstore(0x00, 0)",
    precompile("8, SCRATCH_MPTR, 0x180, 0x00, 0x20"),
    `if iszero(eq(mload(0x00), 1)) { ${failure("PairingFailed")} }`,
  ];
}
