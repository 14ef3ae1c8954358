/**
 * Proves one inference: witness, commitments, lookups, sumchecks, opening.
 *
 * The messages and challenges follow `core/schedule.ts`; what they mean is in `core/claims.ts` and `core/opening.ts`.
 */
import { claimsOf, zeroCheckPoint } from "../core/claims.ts";
import { pointWords } from "../core/curve.ts";
import { add } from "../core/field.ts";
import { BLOCKS, sumMaskRow } from "../core/layout.ts";
import { hasCommittedValues } from "../core/lookup.ts";
import { encodeProof } from "../core/proof.ts";
import { scheduleOf } from "../core/schedule.ts";
import { committedTensors, type Statement } from "../core/statement.ts";
import { statementDigest } from "../core/verifying-key.ts";
import { type BoundarySecrets, commitBoundary } from "./boundary.ts";
import { type CommittedColumn, commitWitness } from "./columns.ts";
import { CancelledError } from "./errors.ts";
import { blockValues, committedValuesAt, lookupArrays } from "./lookup.ts";
import { drawMasks, type Masks } from "./masks.ts";
import { createMessages, type ProverHooks } from "./messages.ts";
import { type OpenedColumn, proveOpening } from "./opening.ts";
import type { Phase } from "./phases.ts";
import { productVectors } from "./products.ts";
import type { ProvingKey } from "./setup.ts";
import { runSumchecks } from "./sumcheck.ts";
import { computeWitness, type Witness, witnessOutputs } from "./witness.ts";

export interface ProveOptions {
  /** Hides everything but the statement; true by default. */
  readonly zeroKnowledge?: boolean;
  /** Called before each phase starts. */
  readonly onPhase?: (phase: Phase) => void;
  /** Called in the opening, the longest phase, after each of its `total` steps. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Checked before each phase and after each step of the opening. Proving holds the thread: only the callbacks can abort it. */
  readonly signal?: AbortSignal;
  /** Cells to prove with instead of the computed ones, without the prover's own check: for tests that attack the verifier. */
  readonly witness?: Witness;
  readonly masks?: Masks;
  /** Moves of a dishonest prover, which turn its own check off: for the same tests. */
  readonly hooks?: ProverHooks;
  /**
   * Blinding cells of the committed tensors, inputs first, where a commitment is to be one that was made before; drawn where undefined
   * and where the list ends.
   */
  readonly blindings?: readonly (bigint | undefined)[];
}

export interface Proof extends Statement {
  readonly proof: Uint8Array;
  /** Not part of the proof: what the statement does not show. */
  readonly secrets: BoundarySecrets;
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
  const { hooks } = options;
  const committed: CommittedColumn[] = [];
  const stopIfAborted = (): void => {
    if (!options.signal?.aborted) return;
    throw new CancelledError("proving was cancelled", { retryable: true, remedy: "start it again" });
  };
  const start = (phase: Phase): void => {
    stopIfAborted();
    options.onPhase?.(phase);
    hooks?.before?.(phase, committed);
  };
  const mark = engine.mark();
  try {
    start("witness");
    const witness = options.witness ?? computeWitness(plan, input);
    const zeroKnowledge = options.zeroKnowledge ?? true;
    const unblinded = committedTensors(circuit).map(() => (zeroKnowledge ? undefined : 0n));
    const boundary = commitBoundary(
      engine,
      points,
      circuit,
      input,
      witnessOutputs(circuit, witness),
      unblinded.map((drawn, index) => options.blindings?.[index] ?? drawn),
    );
    const shown: Statement = { input: boundary.input, output: boundary.output, context };
    const statement = hooks?.statement?.(shown) ?? shown;
    const masks = options.masks ?? drawMasks(circuit, zeroKnowledge);
    const messages = createMessages(scheduleOf(circuit), statementDigest(verifyingKey, statement), hooks);

    start("commit");
    const columns = commitWitness(engine, plan, points, maskPoints, witness, masks);
    committed.push(...columns);
    messages.send(
      "witness",
      columns.flatMap((column) => pointWords(column.commitment)),
    );
    const alpha = messages.squeeze("alpha");
    const beta = messages.squeeze("beta");
    const tau = messages.squeeze("tau");

    start("lookup");
    const helperValues = engine.frVec(layout.rows);
    const sumcheckMark = engine.mark();
    const tauPowers = engine.frVec(layout.rows);
    engine.powers(tauPowers, tau);
    const lookup = lookupArrays(engine, plan, { columns, witness, masks }, alpha, beta, helperValues);
    const helper: CommittedColumn = { values: helperValues, commitment: engine.msm(points, helperValues) };
    committed.push(helper);
    const cells = { q: witness.q, y: witness.y, fixed: circuit.fixed };
    const products = productVectors(engine, plan, cells, masks, tauPowers);
    const total = products.reduce((sum, product) => add(sum, product.total), masks.q[sumMaskRow(layout)]);
    const [, , sum] = messages.send("helper", [...pointWords(helper.commitment), total]);
    const w = zeroCheckPoint(messages.squeeze("omega"), layout.logRows);

    start("sumcheck");
    const { u, zeroCheckClaim, productClaim } = runSumchecks(engine, layout, lookup, products, masks, w, sum, messages);
    const values = products.flatMap(({ left, right, witnessRight }) => [
      ...engine.read(left, 0, 1),
      ...(witnessRight ? engine.read(right, 0, 1) : []),
    ]);
    engine.release(sumcheckMark);
    const evaluationMark = engine.mark();
    const eqAll = engine.frVec(layout.rows);
    engine.eqTable(eqAll, u);
    const at = (values: CommittedColumn["values"]): bigint => engine.dot(eqAll, values);
    const blocks = BLOCKS.map((block) => at(blockValues(engine, plan, columns, block)));
    const table = hasCommittedValues(circuit) ? [committedValuesAt(engine, plan, witness, masks, eqAll)] : [];
    const sent = messages.send("evaluations", [...blocks, at(helper.values), ...table, ...values]);
    const [q, y, rem, m, h, ...rest] = sent;
    engine.release(evaluationMark);
    const operands = rest.slice(table.length);
    const evaluations = { q, y, rem, m, h, table: table.length > 0 ? rest[0] : 0n, operands };

    start("opening");
    const { preimages } = boundary;
    const ends = { sum, zeroCheckClaim, productClaim };
    const honest = claimsOf(circuit, { alpha, beta, tau, w, u }, { ...evaluations, ...ends }, statement, preimages);
    const claims = hooks?.claims?.(honest) ?? honest;
    const opened = openedColumns(key, columns, helper, boundary.columns);
    const tail = proveOpening(
      engine,
      mark,
      points,
      opened,
      claims,
      { tau, u },
      messages,
      options.witness === undefined && hooks === undefined,
      (done, total) => {
        options.onProgress?.(done, total);
        stopIfAborted();
      },
    );
    messages.sendTail(tail);
    return { proof: encodeProof(messages.finish(), preimages), ...statement, secrets: boundary.secrets };
  } finally {
    engine.release(mark);
  }
}

function openedColumns(
  { fixedColumns, fixedTransforms }: ProvingKey,
  columns: readonly CommittedColumn[],
  helper: CommittedColumn,
  committed: readonly CommittedColumn[],
): OpenedColumn[] {
  return [
    ...columns.map(({ values }, index) => ({ id: { kind: "witness", index } as const, values })),
    { id: { kind: "helper", index: 0 }, values: helper.values },
    ...fixedColumns.map((values, index) => ({
      id: { kind: "fixed", index } as const,
      values,
      ...(index < fixedTransforms.length ? { transform: fixedTransforms[index] } : {}),
    })),
    ...committed.map(({ values }, index) => ({ id: { kind: "committed", index } as const, values })),
  ];
}
