/**
 * Memory and calldata of a generated verifier: the only place that gives words their addresses.
 *
 *     STATEMENT   vk digest | context | keccak(input) | keccak(output)       the last word then holds the transcript state that
 *     PROOF       its words, copied once                                      precedes the first message
 *     challenges, claims, public values, weights of the columns
 *     POWERS      x^(2^k), then x^-(2^k)                                      swapped between the two evaluation points
 *     SCRATCH     accumulated point, next point and scalar; the pairing's input, which `pairingInput` answers with
 *     SLOTS       intermediate values (`graph/statements.ts`); before that, a copy of what is hashed
 *
 * A message is hashed where it stands: the state is written into the word before it, and that word is put back afterwards. In the
 * rounds it is not put back: it is the last word of a round that has been folded into the claims.
 */
import type { Circuit } from "../core/circuit.ts";
import { layoutOf } from "../core/layout.ts";
import { openedColumns } from "../core/opening.ts";
import { proofLength, proofSections, proofWordCount } from "../core/proof.ts";
import { committedTensors, readTensors, statementLength } from "../core/statement.ts";

const WORD = 32;

const PAIRING_WORDS = 12;

/** Behind Solidity's first free address, where it allocates what `pairingInput` would return; nothing else is allocated. */
export const MEMORY_BASE = 0x80 + WORD * PAIRING_WORDS;

export interface NamedConstant {
  readonly name: string;
  readonly value: number;
}

export interface MemoryLayout {
  /** Pointers by name, in order of address. */
  readonly pointers: readonly NamedConstant[];
  /** The words of the proof, without the packed bytes behind them. */
  readonly proofWordBytes: number;
  readonly proofBytes: number;
  readonly inputBytes: number;
  readonly outputBytes: number;
  /** Words of each power table. */
  readonly powerTableSize: number;
  readonly slotBase: number;
}

/** Names of the proof's parts, by step and part of the schedule. */
const PART_POINTERS: Readonly<Record<string, string>> = {
  "witness columns": "WITNESS_MPTR",
  "helper column": "HELPER_MPTR",
  "helper sum": "SUM_MPTR",
  "evaluations q": "Q_MPTR",
  "evaluations y": "Y_MPTR",
  "evaluations rem": "REM_MPTR",
  "evaluations m": "M_MPTR",
  "evaluations h": "H_MPTR",
  "evaluations table": "TABLE_MPTR",
  "evaluations operands": "OPERANDS_MPTR",
  "laurent quotient": "LAURENT_MPTR",
  "openings atZ": "AT_Z_MPTR",
  "openings atInverse": "AT_INVERSE_MPTR",
  "openings quotientAtZ": "QUOTIENT_AT_Z_MPTR",
  "batch quotient": "BATCH_MPTR",
  "tail inverse": "INVERSE_MPTR",
  "tail opening": "OPENING_MPTR",
};

export function memoryLayout(circuit: Circuit, powerTableSize: number, base = MEMORY_BASE): MemoryLayout {
  const { logRows } = layoutOf(circuit);
  const pointers: NamedConstant[] = [];
  let next = base;
  const reserve = (name: string, words: number): void => {
    pointers.push({ name, value: next });
    next += WORD * words;
  };

  reserve("STATEMENT_MPTR", 4);
  const proof = next;
  pointers.push({ name: "PROOF_MPTR", value: proof });
  let inRounds = false;
  for (const { step, part, word } of proofSections(circuit)) {
    const value = proof + WORD * word;
    const name = PART_POINTERS[`${step} ${part.name}`];
    if (name !== undefined) pointers.push({ name, value });
    else if (!inRounds) {
      pointers.push({ name: "ROUNDS_MPTR", value });
      inRounds = true;
    }
  }
  next = proof + WORD * proofWordCount(circuit);

  for (const name of ["ALPHA_MPTR", "BETA_MPTR", "TAU_MPTR", "GAMMA_MPTR", "Z_MPTR", "DELTA_MPTR", "ZETA_MPTR"])
    reserve(name, 1);
  reserve("INVERSE_Z_MPTR", 1);
  reserve("W_MPTR", logRows);
  reserve("U_MPTR", logRows);
  reserve("ZERO_CHECK_CLAIM_MPTR", 1);
  reserve("PRODUCT_CLAIM_MPTR", 1);
  reserve("LOOKUP_MPTR", 1);
  reserve("PUBLIC_MPTR", readTensors(circuit).length);
  reserve("COMMITMENTS_MPTR", 2 * committedTensors(circuit).length);
  // Words of the current evaluation point x, and of both points to copy from.
  reserve("POINT_MPTR", 2);
  reserve("POINT_Z_MPTR", 2);
  reserve("POINT_INVERSE_MPTR", 2);
  reserve("COLUMN_SCALARS_MPTR", openedColumns(circuit).length);
  for (const name of ["BATCH_SCALAR_MPTR", "GENERATOR_SCALAR_MPTR"]) reserve(name, 1);
  reserve("POWERS_MPTR", powerTableSize);
  reserve("INVERSE_POWERS_MPTR", powerTableSize);
  reserve("SCRATCH_MPTR", Math.max(PAIRING_WORDS, powerTableSize));
  pointers.push({ name: "SLOTS_MPTR", value: next });

  return {
    pointers,
    proofWordBytes: WORD * proofWordCount(circuit),
    proofBytes: proofLength(circuit),
    inputBytes: statementLength(circuit.inputs),
    outputBytes: statementLength(circuit.outputs),
    powerTableSize,
    slotBase: next,
  };
}

/** The address that `wordAt` names. */
export function addressOf({ pointers }: MemoryLayout, expression: string): number {
  const [, name, offset = "0"] = /^(?:add\()?(\w+)(?:, (0x[0-9a-f]+)\))?$/.exec(expression) as RegExpExecArray;
  return (pointers.find((item) => item.name === name) as NamedConstant).value + Number(offset);
}

/** Yul expression for the word `index` behind a pointer; a constant, whatever the index. */
export function wordAt(pointer: string, index: number): string {
  return index === 0 ? pointer : `add(${pointer}, ${hex(WORD * index)})`;
}

export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
