/**
 * Verifies one proof, in BigInt, on one thread: the readable twin of the generated contract.
 *
 * Returns when `proof` shows that the program of `key` maps an input to an output, that both are as `statement` says of them, and
 * that the proof was made for `statement.context`;
 * throws a typed error naming the failed check otherwise. Never returns false.
 */
import { claimsOf } from "../core/claims.ts";
import { layoutOf } from "../core/layout.ts";
import { proofPreimages } from "../core/proof.ts";
import { scheduleOf } from "../core/schedule.ts";
import { type Statement, statedCommitments } from "../core/statement.ts";
import { createTranscript } from "../core/transcript.ts";
import { statementDigest, type VerifyingKey } from "../core/verifying-key.ts";
import type { ColumnId } from "../core/weights.ts";
import { readProof } from "./messages.ts";
import { verifyOpening } from "./opening.ts";
import { verifySumchecks } from "./sumcheck.ts";

export function verify(key: VerifyingKey, statement: Statement, proofBytes: Uint8Array): void {
  const { circuit } = key;
  const schedule = scheduleOf(circuit);
  const transcript = createTranscript(schedule, statementDigest(key, statement));
  const proof = readProof(circuit, proofBytes, transcript, schedule);

  const { columns } = proof.step("witness");
  const alpha = transcript.squeeze("alpha");
  const beta = transcript.squeeze("beta");
  const tau = transcript.squeeze("tau");
  const helper = proof.step("helper");
  const omega = transcript.squeeze("omega");

  const sums = verifySumchecks(layoutOf(circuit), transcript, proof, omega, helper.sum[0]);
  const evaluations = proof.step("evaluations");
  const single = (name: string): bigint => evaluations[name]?.[0] ?? 0n;
  const claims = claimsOf(
    circuit,
    { alpha, beta, tau, w: sums.w, u: sums.u },
    {
      sum: helper.sum[0],
      zeroCheckClaim: sums.zeroCheckClaim,
      productClaim: sums.productClaim,
      q: single("q"),
      y: single("y"),
      rem: single("rem"),
      m: single("m"),
      h: single("h"),
      table: single("table"),
      operands: evaluations.operands ?? [],
    },
    statement,
    proofPreimages(circuit, proofBytes),
  );

  const committed = statedCommitments(circuit, statement);
  const commitmentOf = ({ kind, index }: ColumnId) => {
    if (kind === "fixed") return key.fixedCommitments[index];
    if (kind === "committed") return committed[index];
    const [x, y] = kind === "helper" ? helper.column : columns.slice(2 * index, 2 * index + 2);
    return { x, y };
  };
  verifyOpening(key, claims, { tau, u: sums.u }, commitmentOf, transcript, proof);
  transcript.finish();
}
