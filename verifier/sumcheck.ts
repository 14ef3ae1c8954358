/**
 * The two sumchecks, bound round by round to one point u.
 *
 * Zero-check  claim     sum_x eq(w, x)·C(x) = 0, C the lookup constraint
 *             message   a_1..a_4 of s(X) = sum over the free variables of eq(w, ·)·C(.., X, u..), eq of the bound variables left out
 *             check     (1 - w_v) s(0) + w_v s(1) = claim fixes a_0 = claim - w_v (a_1 + .. + a_4); the next claim is s(u_v)
 * Product     claim     sum_x sum_p L_p(x) R_p(x) = sum
 *             message   p_0, p_2 of p(X)
 *             check     p(0) + p(1) = claim fixes p_1 = claim - 2 p_0 - p_2; the next claim is p(u_v)
 *
 * Soundness   (4 + 1) n / 2^253 and 2 b / 2^253; the caller must check both last claims (`core/claims.ts`).
 * Source      Thaler, "Proofs, Arguments, and Zero-Knowledge", section 4.1; eq factored out as in Gruen, ePrint 2024/108, section 3.
 */
import { zeroCheckPoint } from "../core/claims.ts";
import { add, mul, sub } from "../core/field.ts";
import type { Layout } from "../core/layout.ts";
import { pointName, roundName } from "../core/schedule.ts";
import type { Transcript } from "../core/transcript.ts";
import type { ProofReader } from "./messages.ts";

export interface SumcheckResult {
  readonly w: readonly bigint[];
  readonly u: readonly bigint[];
  readonly zeroCheckClaim: bigint;
  readonly productClaim: bigint;
}

/** Reads n rounds from the proof; `sum` is the claimed sum of all products, mask included. The last claims are still to be checked. */
export function verifySumchecks(
  layout: Layout,
  transcript: Transcript,
  proof: ProofReader,
  omega: bigint,
  sum: bigint,
): SumcheckResult {
  const w = zeroCheckPoint(omega, layout.logRows);
  const u: bigint[] = new Array(layout.logRows);
  let zeroCheckClaim = 0n;
  let productClaim = sum;
  for (let variable = layout.logRows - 1; variable >= 0; variable--) {
    const message = proof.step(roundName(variable));
    const challenge = transcript.squeeze(pointName(variable));
    u[variable] = challenge;
    zeroCheckClaim = zeroCheckRound(zeroCheckClaim, message["zero-check"], w[variable], challenge);
    if (variable < layout.productBits) productClaim = productRound(productClaim, message.product, challenge);
  }
  return { w, u, zeroCheckClaim, productClaim };
}

function zeroCheckRound(claim: bigint, upper: readonly bigint[], w: bigint, challenge: bigint): bigint {
  const constant = sub(claim, mul(w, upper.reduce(add)));
  return add(
    constant,
    upper.reduceRight((value, coefficient) => mul(add(value, coefficient), challenge), 0n),
  );
}

function productRound(claim: bigint, [p0, p2]: readonly bigint[], challenge: bigint): bigint {
  const p1 = sub(sub(claim, add(p0, p0)), p2);
  return add(p0, mul(challenge, add(p1, mul(challenge, p2))));
}
