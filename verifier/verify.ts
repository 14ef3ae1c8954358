/**
 * Verifies one proof, in BigInt, on one thread: the readable twin of the generated contract.
 *
 * Statement  the program of the key maps some input to some output that are as the statement says, for the statement's context
 * Messages   `core/schedule.ts`, read in order: each is absorbed before the next challenge is drawn
 * Checks     lengths and canonical words (`core/proof.ts`), both sumchecks (`sumcheck.ts`), packed bytes against stated hashes
 *            (`core/statement.ts`), all claims in one opening (`opening.ts`)
 * Soundness  `core/security.ts`
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

/**
 * Returns nothing when the proof holds; never returns false. Throws StatementError or ProofShapeError for parts of another length or words
 * that are not canonical, PreimageError for packed bytes of another hash, and a ProofRejectedError for the check that fails.
 */
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
