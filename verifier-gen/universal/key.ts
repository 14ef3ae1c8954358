/**
 * A verifying key as data for the universal verifier: a header (`header.ts`), then words that end up in memory behind the slots.
 *
 *     pages | constants | -[tau]_2, points of the key, (1, 2) | moves | scalars | points | tensors | programs
 *
 *     pages       addresses of the contracts with the rest of the key, filled in when they are deployed
 *     constants   of the programs; first, so that instructions reach them
 *     moves       pairs (word before a message, bytes to hash with it), or (where a challenge goes, 0)
 *     scalars     pairs (address, bytes) of the words to check against r
 *     points      pairs (point, scalar) of the final combination, after the Laurent quotient, which has no scalar
 *     tensors     three words each: numbers (`records.ts`), sign bits of a full group, sign bits of the last group
 *     programs    instructions (`instruction.ts`), the fixed part and the part that runs at each point
 */
import { Q, toWord } from "../../core/field.ts";
import { layoutOf } from "../../core/layout.ts";
import { openedColumns } from "../../core/opening.ts";
import { concatBytes, type VerifyingKey } from "../../core/verifying-key.ts";
import { type TranscriptMove, transcriptMoves, wordBefore } from "../emit/transcript.ts";
import { KeyError } from "../errors.ts";
import { addressOf, wordAt } from "../layout.ts";
import { scalarWordsOutsideRounds, verifierRoots } from "../plan.ts";
import { encodeHeader, HEADER_BYTES, HEADER_FIELDS, HEADER_MPTR, type HeaderField } from "./header.ts";
import { ADDRESS_LIMIT, type Addresses, encodeInstructions, ZERO_ADDRESS } from "./instruction.ts";
import { compileProgram, type Instruction, type Place } from "./program.ts";
import { encodePairs, type Pair, ranges, tensorWords } from "./records.ts";

export interface UniversalKeyData {
  readonly header: Uint8Array;
  /** The words behind the header; those of the pages are zero. */
  readonly body: Uint8Array;
  /** Instructions of both programs, for reports. */
  readonly instructions: { readonly fixed: number; readonly varying: number };
}

/** `pages` is the number of further contracts the key is spread over. */
export function encodeUniversalKey(key: VerifyingKey, pages: number): UniversalKeyData {
  const { circuit, tauG2 } = key;
  const roots = verifierRoots(key, HEADER_MPTR + HEADER_BYTES);
  const { memory } = roots;
  const program = compileProgram(roots.fixed, roots.weights);
  const keyAddress = memory.slotBase + 32 * program.slots;
  const at = (expression: string): number => addressOf(memory, expression);

  const words: bigint[] = new Array<bigint>(pages).fill(0n);
  const here = (): number => keyAddress + 32 * words.length;
  const constants = new Map<bigint, number>([[0n, ZERO_ADDRESS]]);
  for (const { left, right, addend } of [...program.fixed, ...program.varying]) {
    for (const place of [left, right, addend]) {
      if (place.kind !== "constant" || constants.has(place.value)) continue;
      constants.set(place.value, here());
      words.push(place.value);
    }
  }
  if (here() > ADDRESS_LIMIT) {
    throw new KeyError("the model's claims need more memory than the universal verifier can address", {
      expected: `at most ${ADDRESS_LIMIT} bytes`,
      got: `${here()} bytes`,
      remedy: "use longer weight columns, or a smaller model",
    });
  }
  const addressAt = (place: Place): number => {
    if (place.kind === "constant") return constants.get(place.value) as number;
    return place.kind === "slot" ? memory.slotBase + 32 * place.slot : at(place.expression);
  };
  const encoded = (list: readonly Instruction[]): bigint[] =>
    encodeInstructions(
      list.map(
        ({ target, left, right, addend }) => [target, left, right, addend].map(addressAt) as unknown as Addresses,
      ),
    );

  const marks: Partial<Record<HeaderField, number>> = {};
  const mark = (field: HeaderField): void => {
    marks[field] = here();
  };
  mark("TAU_G2_MPTR");
  const [xc1, xc0, yc1, yc0] = tauG2;
  words.push(xc1, xc0, (Q - yc1) % Q, (Q - yc0) % Q);
  const fixedPoints = here();
  for (const { x, y } of key.fixedCommitments) words.push(x, y);
  const generator = here();
  words.push(1n, 2n);

  const moves = transcriptMoves(circuit);
  const move = (item: TranscriptMove): Pair =>
    item.kind === "squeeze"
      ? [at(item.pointer), 0]
      : [item.word === 0 ? at("PROOF_MPTR") - 32 : at(wordBefore(item.word)), 32 * (item.words + 1)];
  const proofAddress = at("PROOF_MPTR");
  const combined: Pair[] = [
    ...openedColumns(circuit).map((column, i): Pair => {
      const scalar = at(wordAt("COLUMN_SCALARS_MPTR", i));
      if (column.kind === "committed") return [at(wordAt("COMMITMENTS_MPTR", 2 * column.index)), scalar];
      if (column.kind === "fixed") return [fixedPoints + 64 * column.index, scalar];
      return [column.kind === "helper" ? at("HELPER_MPTR") : at("WITNESS_MPTR") + 64 * column.index, scalar];
    }),
    [at("BATCH_MPTR"), at("BATCH_SCALAR_MPTR")],
    [generator, at("GENERATOR_SCALAR_MPTR")],
    [at("OPENING_MPTR"), at("ZETA_MPTR")],
  ];
  for (const [field, pairs] of [
    ["OPENING_MOVES_MPTR", moves.beforeRounds.map(move)],
    ["CLOSING_MOVES_MPTR", moves.afterRounds.map(move)],
    [
      "SCALARS_MPTR",
      ranges(scalarWordsOutsideRounds(key)).map(([word, n]): Pair => [proofAddress + 32 * word, 32 * n]),
    ],
    ["POINTS_MPTR", combined],
  ] as const) {
    mark(field);
    words.push(...encodePairs(pairs));
  }
  mark("TENSORS_MPTR");
  words.push(...tensorWords(circuit, memory.proofWordBytes, at("PUBLIC_MPTR"), at("COMMITMENTS_MPTR")));
  mark("FIXED_PROGRAM_MPTR");
  words.push(...encoded(program.fixed));
  mark("VARYING_PROGRAM_MPTR");
  words.push(...encoded(program.varying));
  mark("END_MPTR");

  const { logRows, productBits } = layoutOf(circuit);
  const numbers: Partial<Record<HeaderField, number>> = {
    PROOF_BYTES: memory.proofBytes,
    PROOF_WORD_BYTES: memory.proofWordBytes,
    INPUT_BYTES: memory.inputBytes,
    OUTPUT_BYTES: memory.outputBytes,
    INSECURE_SRS: key.insecureSrs ? 1 : 0,
    LOG_ROWS: logRows,
    PRODUCT_BITS: productBits,
    POWER_TABLE_WORDS: memory.powerTableSize,
    COLUMNS: roots.weights.length,
    KEY_MPTR: keyAddress,
    PAGES: pages,
    ...marks,
  };
  const fields = Object.fromEntries(HEADER_FIELDS.map((field) => [field, numbers[field] ?? at(field)]));
  return {
    header: encodeHeader(key.digest, fields as Record<HeaderField, number>),
    body: concatBytes(...words.map(toWord)),
    instructions: { fixed: program.fixed.length, varying: program.varying.length },
  };
}
