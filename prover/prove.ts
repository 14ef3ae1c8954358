/**
 * Proves one inference: witness, commitments, lookups, sumchecks, opening.
 *
 * The messages and challenges follow `core/schedule.ts`; what they mean is in `core/claims.ts` and `core/opening.ts`.
 */
import { claimsOf, zeroCheckPoint } from "../core/claims.ts";
import { pointWords } from "../core/curve.ts";
import { add, mod } from "../core/field.ts";
import { sumMaskRow } from "../core/layout.ts";
import { packTensors } from "../core/packing.ts";
import { encodeProof } from "../core/proof.ts";
import { hasFixedTable, scheduleOf } from "../core/schedule.ts";
import { createTranscript, type Transcript } from "../core/transcript.ts";
import { statementDigest } from "../core/verifying-key.ts";
import { type CommittedColumn, commitWitness } from "./columns.ts";
import { CancelledError } from "./errors.ts";
import { blockValues, lookupArrays } from "./lookup.ts";
import { drawMasks, type Masks } from "./masks.ts";
import { type OpenedColumn, proveOpening } from "./opening.ts";
import { productVectors } from "./products.ts";
import type { ProvingKey } from "./setup.ts";
import { runSumchecks } from "./sumcheck.ts";
import { eqTables } from "./weights.ts";
import { computeWitness, type Witness, witnessOutputs } from "./witness.ts";

export const PHASES = ["witness", "commit", "lookup", "sumcheck", "opening"] as const;
export type Phase = (typeof PHASES)[number];

export interface ProveOptions {
  /** Hides everything but the statement; true by default. */
  readonly zeroKnowledge?: boolean;
  /** Called before each phase starts. */
  readonly onPhase?: (phase: Phase) => void;
  /** Checked between phases. */
  readonly signal?: AbortSignal;
  /** Cells to prove with instead of the computed ones, without the prover's own check: for tests that attack the verifier. */
  readonly witness?: Witness;
  readonly masks?: Masks;
}

export interface Proof {
  readonly proof: Uint8Array;
  readonly input: Uint8Array;
  readonly output: Uint8Array;
  readonly context: Uint8Array;
}

/** `input[t]` holds the integers of input tensor t; `context` is 32 bytes that the proof is bound to. */
export function prove(
  key: ProvingKey,
  input: readonly ArrayLike<number>[],
  context: Uint8Array,
  options: ProveOptions = {},
): Proof {
  const { engine, plan, points, maskPoints, verifyingKey } = key;
  const { circuit, layout } = plan;
  const start = (phase: Phase): void => {
    if (options.signal?.aborted)
      throw new CancelledError("proving was cancelled", { retryable: true, remedy: "start it again" });
    options.onPhase?.(phase);
  };
  const mark = engine.mark();
  try {
    start("witness");
    const witness = options.witness ?? computeWitness(plan, input);
    const statement = {
      input: packTensors(circuit.inputs, input),
      output: packTensors(circuit.outputs, witnessOutputs(circuit, witness)),
      context,
    };
    const masks = options.masks ?? drawMasks(circuit, options.zeroKnowledge ?? true);
    const transcript = recordingTranscript(
      createTranscript(scheduleOf(circuit), statementDigest(verifyingKey, statement)),
    );

    start("commit");
    const columns = commitWitness(engine, plan, points, maskPoints, witness, masks);
    transcript.absorb(
      "witness",
      columns.flatMap((column) => pointWords(column.commitment)),
    );
    const alpha = transcript.squeeze("alpha");
    const beta = transcript.squeeze("beta");
    const tau = transcript.squeeze("tau");

    start("lookup");
    const helperValues = engine.frVec(layout.rows);
    const lookup = lookupArrays(engine, plan, columns, alpha, beta, helperValues);
    const helper: CommittedColumn = { values: helperValues, commitment: engine.msm(points, helperValues) };
    const tauPowers = engine.frVec(layout.rows);
    engine.powers(tauPowers, tau);
    const cells = { q: witness.q, y: witness.y, fixed: circuit.fixed };
    const products = productVectors(engine, plan, cells, masks, tauPowers);
    const sum = products.reduce((total, product) => add(total, product.total), masks.q[sumMaskRow(layout)]);
    transcript.absorb("helper", [...pointWords(helper.commitment), sum]);
    const w = zeroCheckPoint(transcript.squeeze("omega"), layout.logRows);

    start("sumcheck");
    const { u, zeroCheckClaim, productClaim } = runSumchecks(
      engine,
      layout,
      lookup,
      products,
      masks,
      w,
      sum,
      transcript,
    );
    const eq = eqTables(engine, u);
    const eqAll = eq(layout.logRows);
    const at = (values: CommittedColumn["values"]): bigint => engine.dot(eqAll, values);
    const evaluations = {
      q: at(blockValues(engine, plan, columns, "q")),
      y: at(blockValues(engine, plan, columns, "y")),
      rem: at(blockValues(engine, plan, columns, "rem")),
      m: at(blockValues(engine, plan, columns, "m")),
      h: at(helper.values),
    };
    const table = hasFixedTable(circuit) ? tabulatedAt(key, eqAll) : [];
    const operands = products.flatMap(({ left, right, witnessRight }) => [
      ...engine.read(left, 0, 1),
      ...(witnessRight ? engine.read(right, 0, 1) : []),
    ]);
    transcript.absorb("evaluations", [...Object.values(evaluations), ...table, ...operands]);

    start("opening");
    const messages = { ...evaluations, sum, zeroCheckClaim, productClaim, table: table[0] ?? 0n, operands };
    const claims = claimsOf(circuit, { alpha, beta, tau, w, u }, messages, statement);
    const opened = openedColumns(key, columns, helper);
    const tail = proveOpening(
      engine,
      points,
      opened,
      claims,
      { tauPowers, tau, u, eq },
      transcript,
      options.witness === undefined,
    );
    transcript.finish();
    return { proof: encodeProof([...transcript.words, ...tail]), ...statement };
  } finally {
    engine.release(mark);
  }
}

/** A transcript that keeps what was absorbed: the proof, but for its tail. */
function recordingTranscript(transcript: Transcript): Transcript & { words: bigint[] } {
  const words: bigint[] = [];
  return {
    words,
    absorb(name, message) {
      transcript.absorb(name, message);
      for (const word of message) words.push(word);
    },
    squeeze: transcript.squeeze,
    finish: transcript.finish,
  };
}

/** sum over the rows of tabulated tables of eq(u, row)·value */
function tabulatedAt({ engine, plan }: ProvingKey, eq: CommittedColumn["values"]): bigint[] {
  const { circuit } = plan;
  const values = new Int32Array(plan.layout.rows);
  let row = circuit.maskRows + 2 ** circuit.shiftBits;
  circuit.tables.forEach((table, index) => {
    if (table.fixedBase !== undefined) values.set(plan.tableValues[index], row);
    row += table.hi - table.lo + 1;
  });
  return [mod(engine.dotInts(eq, engine.intVec(values)))];
}

function openedColumns(
  { fixedColumns, fixedTransforms }: ProvingKey,
  columns: readonly CommittedColumn[],
  helper: CommittedColumn,
): OpenedColumn[] {
  return [
    ...columns.map(({ values }, index) => ({ id: { kind: "witness", index } as const, values })),
    { id: { kind: "helper", index: 0 }, values: helper.values },
    ...fixedColumns.map((values, index) => ({
      id: { kind: "fixed", index } as const,
      values,
      ...(index < fixedTransforms.length ? { transform: fixedTransforms[index] } : {}),
    })),
  ];
}
