/**
 * Prover side of the two sumchecks of `verifier/sumcheck.ts`, masks included (`core/claims.ts`, G and B).
 *
 * The zero-check keeps the claim of the unmasked polynomial; its mask adds sum_{bound j} g_j(u_j) + g_v(X) to round v, whose
 * constant the verifier derives, so only c[v][1..4] enter the message. The product mask adds B (1 - X) + g'_v(X), B carrying the
 * bound part and mu.
 */
import { add, HALF, inv, mod, mul, pow, sub } from "../core/field.ts";
import {
  type Layout,
  PRODUCT_DEGREE,
  productMaskRow,
  sumMaskRow,
  ZERO_CHECK_DEGREE,
  zeroCheckMaskRow,
} from "../core/layout.ts";
import { pointName, roundName } from "../core/schedule.ts";
import type { Engine, LookupArrays } from "../kernels/engine.ts";
import type { Masks } from "./masks.ts";
import type { ProverMessages } from "./messages.ts";
import type { ProductVectors } from "./products.ts";

export interface SumcheckOutcome {
  readonly u: bigint[];
  readonly zeroCheckClaim: bigint;
  readonly productClaim: bigint;
}

export function runSumchecks(
  engine: Engine,
  layout: Layout,
  lookup: LookupArrays,
  products: readonly ProductVectors[],
  masks: Masks,
  w: readonly bigint[],
  sum: bigint,
  messages: ProverMessages,
): SumcheckOutcome {
  const { logRows, productBits } = layout;
  const u: bigint[] = new Array(logRows);
  const zeroCheck = createZeroCheck(engine, lookup, masks, w);
  const product = createProduct(engine, layout, products, masks, sum);
  for (let variable = logRows - 1; variable >= 0; variable--) {
    const upper = zeroCheck.message(variable);
    const productMessage = variable < productBits ? product.message(variable) : [];
    const sent = messages.send(roundName(variable), [...upper, ...productMessage]);
    u[variable] = messages.squeeze(pointName(variable));
    zeroCheck.bind(variable, sent.slice(0, ZERO_CHECK_DEGREE), u[variable]);
    if (variable < productBits) product.bind(variable, sent.slice(ZERO_CHECK_DEGREE), u[variable]);
  }
  return { u, zeroCheckClaim: zeroCheck.claim(), productClaim: product.claim() };
}

const SIXTH = inv(6n);

/** Coefficients of a degree-4 polynomial from its values at 0, 1, -1, 2 and its leading coefficient. */
export function interpolateQuartic(at0: bigint, at1: bigint, atMinus1: bigint, at2: bigint, leading: bigint): bigint[] {
  const odd1 = sub(at1, add(at0, leading));
  const oddMinus1 = sub(atMinus1, add(at0, leading));
  const rest2 = sub(at2, add(at0, mul(16n, leading)));
  const a2 = mul(add(odd1, oddMinus1), HALF);
  const oddSum = mul(sub(odd1, oddMinus1), HALF);
  const a3 = mul(sub(sub(rest2, mul(4n, a2)), add(oddSum, oddSum)), SIXTH);
  return [at0, sub(oddSum, a3), a2, a3, leading];
}

function createZeroCheck(engine: Engine, lookup: LookupArrays, masks: Masks, w: readonly bigint[]) {
  let arrays = lookup;
  let claim = 0n;
  let masked = 0n;
  const mask = (variable: number): bigint[] =>
    Array.from({ length: ZERO_CHECK_DEGREE }, (_, k) => masks.q[zeroCheckMaskRow(variable, k + 1)]);
  return {
    claim: () => add(claim, masked),
    message(variable: number): bigint[] {
      const mark = engine.mark();
      const eq = engine.frVec(2 ** variable);
      engine.eqTable(eq, w.slice(0, variable));
      const [at0, atMinus1, at2, leading] = engine.lookupRound(arrays, eq);
      engine.release(mark);
      const at1 = mul(sub(claim, mul(sub(1n, w[variable]), at0)), inv(w[variable]));
      const [, ...upper] = interpolateQuartic(at0, at1, atMinus1, at2, leading);
      return mask(variable).map((coefficient, k) => add(upper[k], coefficient));
    },
    bind(variable: number, sent: readonly bigint[], challenge: bigint): void {
      const upper = mask(variable).map((coefficient, k) => sub(sent[k], coefficient));
      const constant = sub(claim, mul(w[variable], upper.reduce(add)));
      claim = [constant, ...upper].reduceRight((value, coefficient) => add(mul(value, challenge), coefficient), 0n);
      mask(variable).forEach((coefficient, k) => {
        masked = add(masked, mul(coefficient, sub(pow(challenge, k + 1), w[variable])));
      });
      arrays = {
        phi1: engine.fold(arrays.phi1, challenge),
        phi2: engine.fold(arrays.phi2, challenge),
        phiT: engine.fold(arrays.phiT, challenge),
        h: engine.fold(arrays.h, challenge),
        m: engine.fold(arrays.m, challenge),
      };
    },
  };
}

function createProduct(engine: Engine, layout: Layout, products: readonly ProductVectors[], masks: Masks, sum: bigint) {
  let claim = sum;
  let bound = masks.q[sumMaskRow(layout)];
  /** prod_{bits_p <= j bound} (1 - u_j), by product. */
  const scales = products.map(() => 1n);
  const mask = (variable: number): bigint[] =>
    Array.from({ length: PRODUCT_DEGREE }, (_, k) => masks.q[productMaskRow(layout.logRows, variable, k + 1)]);
  return {
    claim: () => claim,
    message(variable: number): [bigint, bigint] {
      const [c1, c2] = mask(variable);
      let p0 = sub(bound, mul(HALF, add(c1, c2)));
      let p2 = c2;
      products.forEach((product, index) => {
        if (variable >= product.bits) {
          p0 = add(p0, mul(scales[index], product.total));
          return;
        }
        const [at0, leading] = engine.productRound(product.left, product.right);
        p0 = add(p0, mul(scales[index], at0));
        p2 = add(p2, mul(scales[index], leading));
      });
      return [p0, p2];
    },
    bind(variable: number, [p0, p2]: readonly bigint[], challenge: bigint): void {
      const p1 = sub(sub(claim, add(p0, p0)), p2);
      claim = add(p0, mul(challenge, add(p1, mul(challenge, p2))));
      bound = mul(bound, sub(1n, challenge));
      mask(variable).forEach((coefficient, k) => {
        bound = add(bound, mul(coefficient, sub(pow(challenge, k + 1), HALF)));
      });
      products.forEach((product, index) => {
        if (variable >= product.bits) {
          scales[index] = mul(scales[index], mod(1n - challenge));
          return;
        }
        product.left = engine.fold(product.left, challenge);
        product.right = engine.fold(product.right, challenge);
      });
    },
  };
}
