/**
 * From a verifying key to the parts of its contract.
 *
 * Claims and opening become expressions; monomials get their addition chains, which fixes the size of the power tables and with it all
 * addresses; then everything is printed.
 */
import { openedColumns, sameColumn } from "../core/opening.ts";
import { proofSections } from "../core/proof.ts";
import { partWords } from "../core/schedule.ts";
import type { VerifyingKey } from "../core/verifying-key.ts";
import { symbolicClaims } from "./emit/claims.ts";
import { combinationCode, openingRoots, pairingCode, pairingInputCode } from "./emit/opening.ts";
import { boundaryCode } from "./emit/public.ts";
import { roundsCode, zeroCheckPointCode } from "./emit/rounds.ts";
import { termSum } from "./emit/terms.ts";
import { transcriptCode } from "./emit/transcript.ts";
import { defineMonomials } from "./graph/monomials.ts";
import { printProgram, type Root } from "./graph/statements.ts";
import type { Placed } from "./graph/storage.ts";
import { type MemoryLayout, memoryLayout, wordAt } from "./layout.ts";
import { mainSections, type Section } from "./sections.ts";
import { createSymbols, type Symbols } from "./symbols.ts";

export interface PlanOptions {
  /** One block per round instead of a loop: 50 gas less and 190 bytes more each. By default when the code stays small. */
  readonly unrollRounds?: boolean;
}

/** A verifier before it is text: its main sections in order, the two parts of its graph, and its memory. */
export interface VerifierPlan {
  readonly key: VerifyingKey;
  readonly memory: MemoryLayout;
  readonly program: Placed;
  readonly sections: readonly Section[];
}

/** What a contract of either form computes: values that are fixed, then the weights of every column at each point. */
export interface VerifierRoots {
  readonly symbols: Symbols;
  readonly fixed: readonly Root[];
  readonly weights: readonly Root[];
  readonly memory: MemoryLayout;
}

/** `memoryBase` is the first free address. */
export function verifierRoots({ circuit }: Pick<VerifyingKey, "circuit">, memoryBase?: number): VerifierRoots {
  const symbols = createSymbols(circuit);
  const claims = symbolicClaims(symbols);
  const fixed = openingRoots(symbols, claims);
  const weights: Root[] = openedColumns(circuit).map((column, i) => {
    const weight = termSum(
      symbols,
      claims.terms.filter((term) => sameColumn(term.column, column)),
    );
    return {
      node: symbols.graph.multiply(weight, symbols.graph.load("POINT_MPTR", true)),
      comment: `${column.kind} column ${column.index}`,
      target: wordAt("COLUMN_SCALARS_MPTR", i),
      adds: true,
    };
  });
  const powerTableSize = defineMonomials(symbols.graph, {
    power: (k) => wordAt("POWERS_MPTR", k),
    inversePower: (k) => wordAt("INVERSE_POWERS_MPTR", k),
    tau: "TAU_MPTR",
  });
  return { symbols, fixed, weights, memory: memoryLayout(circuit, powerTableSize, memoryBase) };
}

export function planVerifier(key: VerifyingKey, options: PlanOptions = {}): VerifierPlan {
  const { circuit } = key;
  const { symbols, fixed, weights, memory } = verifierRoots(key);
  const program = printProgram(fixed, weights, memory.slotBase);
  const sections = mainSections({
    memory,
    columns: weights.length,
    scalarWords: scalarWordsOutsideRounds(key),
    transcript: transcriptCode(circuit),
    zeroCheckPoint: zeroCheckPointCode(symbols),
    rounds: roundsCode(symbols, options.unrollRounds ?? productCount(program) <= MAX_PRODUCTS_WITH_UNROLLED_ROUNDS),
    boundary: boundaryCode(symbols),
    combination: combinationCode(key),
    pairingInput: pairingInputCode(key),
    pairing: pairingCode(),
  });
  return { key, memory, program, sections };
}

/** A modular product takes 15 bytes of code. With this many, unrolled rounds still fit in 20 KB. */
export const MAX_PRODUCTS_WITH_UNROLLED_ROUNDS = 1100;

function productCount({ fixed, varying }: Placed): number {
  return [...fixed, ...varying].reduce((count, line) => count + line.split("mulmod").length - 1, 0);
}

/** Positions in the proof of the scalars that the rounds do not check. */
export function scalarWordsOutsideRounds({ circuit }: VerifyingKey): number[] {
  return proofSections(circuit)
    .filter(({ step, part }) => part.kind === "scalar" && !step.startsWith("round "))
    .flatMap(({ part, word }) => Array.from({ length: partWords(part) }, (_, i) => word + i));
}
