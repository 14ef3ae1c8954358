/**
 * Prover and verifier of a protocol that was broken on purpose: both run the project's steps, but for a changed list of claims or a
 * transcript that does not absorb what it should. Forgeries that such a verifier accepts show what each check is there for.
 */
import { type Claim, claimsOf } from "../../../core/claims.ts";
import { layoutOf } from "../../../core/layout.ts";
import { unpackTensors } from "../../../core/packing.ts";
import { scheduleOf } from "../../../core/schedule.ts";
import type { Statement } from "../../../core/statement.ts";
import { createTranscript, type Transcript } from "../../../core/transcript.ts";
import { statementDigest, type VerifyingKey } from "../../../core/verifying-key.ts";
import type { ProverHooks } from "../../../prover/messages.ts";
import { prove } from "../../../prover/prove.ts";
import type { ProvingKey } from "../../../prover/setup.ts";
import type { Witness } from "../../../prover/witness.ts";
import { readProof } from "../../../verifier/messages.ts";
import { verifyOpening } from "../../../verifier/opening.ts";
import { verifySumchecks } from "../../../verifier/sumcheck.ts";

export interface Breakage {
  readonly claims?: (claims: readonly Claim[]) => readonly Claim[];
  readonly transcript?: (transcript: Transcript) => Transcript;
}

const same = <T>(value: T): T => value;

/** A proof of `statement` from these cells, whether they show it or not. */
export function proveBroken(
  key: ProvingKey,
  statement: Statement,
  witness: Witness,
  { claims = same, transcript = same }: Breakage,
): Uint8Array {
  const input = unpackTensors(key.plan.circuit.inputs, statement.input);
  const hooks: ProverHooks = {
    statement: () => statement,
    claims,
    transcript: (schedule, seed) => transcript(createTranscript(schedule, seed)),
  };
  return prove(key, input, statement.context, { witness, hooks }).proof;
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
