/**
 * Prover and verifier of a protocol that was broken on purpose: both run the project's steps, but for a changed list of claims or a
 * transcript that does not absorb what it should. Forgeries that such a verifier accepts show what each check is there for.
 */
import { type Claim, claimsOf, type Statement, zeroCheckPoint } from "../../../core/claims.ts";
import { pointWords } from "../../../core/curve.ts";
import { add } from "../../../core/field.ts";
import { BLOCKS, layoutOf, sumMaskRow } from "../../../core/layout.ts";
import { encodeProof } from "../../../core/proof.ts";
import { scheduleOf } from "../../../core/schedule.ts";
import { createTranscript, type Transcript } from "../../../core/transcript.ts";
import { statementDigest, type VerifyingKey } from "../../../core/verifying-key.ts";
import { blockValues, lookupArrays } from "../../../prover/lookup.ts";
import { drawMasks } from "../../../prover/masks.ts";
import { proveOpening } from "../../../prover/opening.ts";
import { productVectors } from "../../../prover/products.ts";
import type { ProvingKey } from "../../../prover/setup.ts";
import { runSumchecks } from "../../../prover/sumcheck.ts";
import { eqTables } from "../../../prover/weights.ts";
import type { Witness } from "../../../prover/witness.ts";
import { readProof } from "../../../verifier/messages.ts";
import { verifyOpening } from "../../../verifier/opening.ts";
import { verifySumchecks } from "../../../verifier/sumcheck.ts";

export interface Breakage {
  readonly claims?: (claims: readonly Claim[]) => readonly Claim[];
  readonly transcript?: (transcript: Transcript) => Transcript;
}

const same = <T>(value: T): T => value;

/** A proof of `statement` from these cells, whether they show it or not. The circuit must have no tabulated table. */
export function proveBroken(
  key: ProvingKey,
  statement: Statement,
  witness: Witness,
  { claims: changeClaims = same, transcript: changeTranscript = same }: Breakage,
): Uint8Array {
  const { engine, plan, points, verifyingKey } = key;
  const { circuit, layout } = plan;
  const mark = engine.mark();
  try {
    const inner = changeTranscript(createTranscript(scheduleOf(circuit), statementDigest(verifyingKey, statement)));
    const words: bigint[] = [];
    const transcript: Transcript = {
      ...inner,
      absorb(name, message) {
        words.push(...message);
        inner.absorb(name, message);
      },
    };
    const masks = drawMasks(circuit, true);
    const columns = Array.from({ length: layout.witnessColumns }, (_, column) => {
      const blocks = BLOCKS.slice(column * circuit.blocksPerColumn, (column + 1) * circuit.blocksPerColumn);
      const cells = engine.intVec(layout.witnessColumnLength);
      const values = engine.frVec(layout.witnessColumnLength);
      blocks.forEach((block, index) => engine.ints(cells).set(witness[block], index * layout.rows));
      engine.fromInts(values, cells);
      blocks.forEach((block, index) => engine.write(values, index * layout.rows, masks[block]));
      return { values, commitment: engine.msm(points, values) };
    });
    transcript.absorb(
      "witness",
      columns.flatMap(({ commitment }) => pointWords(commitment)),
    );
    const [alpha, beta, tau] = ["alpha", "beta", "tau"].map((name) => transcript.squeeze(name));
    const helperValues = engine.frVec(layout.rows);
    const lookup = lookupArrays(engine, plan, columns, alpha, beta, helperValues);
    const helper = { values: helperValues, commitment: engine.msm(points, helperValues) };
    const tauPowers = engine.frVec(layout.rows);
    engine.powers(tauPowers, tau);
    const products = productVectors(engine, plan, { ...witness, fixed: circuit.fixed }, masks, tauPowers);
    const sum = products.reduce((total, product) => add(total, product.total), masks.q[sumMaskRow(layout)]);
    transcript.absorb("helper", [...pointWords(helper.commitment), sum]);
    const w = zeroCheckPoint(transcript.squeeze("omega"), layout.logRows);
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
    const at = (values: typeof helperValues): bigint => engine.dot(eq(layout.logRows), values);
    const [q, y, rem, m] = (["q", "y", "rem", "m"] as const).map((block) =>
      at(blockValues(engine, plan, columns, block)),
    );
    const evaluations = { q, y, rem, m, h: at(helper.values) };
    const operands = products.flatMap(({ left, right, witnessRight }) => [
      ...engine.read(left, 0, 1),
      ...(witnessRight ? engine.read(right, 0, 1) : []),
    ]);
    transcript.absorb("evaluations", [...Object.values(evaluations), ...operands]);
    const messages = { ...evaluations, sum, zeroCheckClaim, productClaim, table: 0n, operands };
    const claims = changeClaims(claimsOf(circuit, { alpha, beta, tau, w, u }, messages, statement));
    const opened = [
      ...columns.map(({ values }, index) => ({ id: { kind: "witness", index } as const, values })),
      { id: { kind: "helper", index: 0 } as const, values: helper.values },
      ...key.fixedColumns.map((values, index) => ({ id: { kind: "fixed", index } as const, values })),
    ];
    const tail = proveOpening(engine, points, opened, claims, { tauPowers, tau, u, eq }, transcript, false);
    return encodeProof([...words, ...tail]);
  } finally {
    engine.release(mark);
  }
}

/** `verify` with a breakage; throws what the checks throw. */
export function verifyBroken(
  key: VerifyingKey,
  statement: Statement,
  proofBytes: Uint8Array,
  { claims: changeClaims = same, transcript: changeTranscript = same }: Breakage,
): void {
  const { circuit } = key;
  const schedule = scheduleOf(circuit);
  const transcript = changeTranscript(createTranscript(schedule, statementDigest(key, statement)));
  const proof = readProof(circuit, proofBytes, transcript, schedule);
  const { columns } = proof.step("witness");
  const [alpha, beta, tau] = ["alpha", "beta", "tau"].map((name) => transcript.squeeze(name));
  const helper = proof.step("helper");
  const [sum] = helper.sum;
  const { w, u, zeroCheckClaim, productClaim } = verifySumchecks(
    layoutOf(circuit),
    transcript,
    proof,
    transcript.squeeze("omega"),
    sum,
  );
  const { operands, ...evaluations } = proof.step("evaluations");
  const [q, y, rem, m, h] = ["q", "y", "rem", "m", "h"].map((name) => evaluations[name][0]);
  const messages = { q, y, rem, m, h, sum, zeroCheckClaim, productClaim, table: 0n, operands };
  const claims = changeClaims(claimsOf(circuit, { alpha, beta, tau, w, u }, messages, statement));
  const pointAt = ([px, py]: readonly bigint[]) => ({ x: px, y: py });
  verifyOpening(
    key,
    claims,
    { tau, u },
    ({ kind, index }) => {
      if (kind === "fixed") return key.fixedCommitments[index];
      return pointAt(kind === "helper" ? helper.column : columns.slice(2 * index, 2 * index + 2));
    },
    transcript,
    proof,
  );
}
