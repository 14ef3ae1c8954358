/**
 * The vectors that the product sumcheck multiplies: each side of each product, with tau's powers summed in.
 *
 *     L(kappa) = sum over row offsets f of tau^f · value[f][kappa], 0 where the right side is empty, plus the mask at all ones
 */

import { operandMaskRow } from "../core/layout.ts";
import type { Engine, FrVec, IntVec } from "../kernels/engine.ts";
import type { Masks } from "./masks.ts";
import { type Cells, type ProductPlan, type Side, sideMatrix } from "./operands.ts";
import type { CircuitPlan } from "./plan.ts";

export interface ProductVectors {
  readonly bits: number;
  left: FrVec;
  right: FrVec;
  /** sum_kappa L·R */
  readonly total: bigint;
  readonly witnessRight: boolean;
}

export function productVectors(
  engine: Engine,
  plan: CircuitPlan,
  cells: Cells,
  masks: Masks,
  tauPowers: FrVec,
): ProductVectors[] {
  const vectors: ProductVectors[] = [];
  let operand = 0;
  plan.segments.forEach((segment) => {
    segment.products.forEach((product, index) => {
      const fixedRight = segment.fixedRight[index];
      const { bits } = product.product;
      const left = sideVector(engine, product, product.left, sideMatrix(product.left, cells), tauPowers);
      const right = sideVector(
        engine,
        product,
        product.right,
        fixedRight ?? sideMatrix(product.right, cells),
        tauPowers,
      );
      const mask = (): bigint[] => [masks.y[operandMaskRow(operand++)]];
      engine.write(left, 2 ** bits - 1, mask());
      if (fixedRight === undefined) engine.write(right, 2 ** bits - 2, mask());
      vectors.push({ bits, left, right, total: engine.dot(left, right), witnessRight: fixedRight === undefined });
    });
  });
  return vectors;
}

function sideVector(engine: Engine, plan: ProductPlan, side: Side, matrix: Int32Array, tauPowers: FrVec): FrVec {
  const length = 2 ** plan.product.bits;
  const result = engine.frVec(length, true);
  const mark = engine.mark();
  const coefficients = gatherElements(engine, tauPowers, side.rowOffsets);
  const sums = engine.frVec(plan.indices.length);
  engine.matVecInts(sums, coefficients, engine.intVec(matrix));
  const positions = new Int32Array(length).fill(-1);
  plan.indices.forEach((kappa, k) => {
    positions[kappa] = k;
  });
  addGathered(engine, result, sums, engine.intVec(positions));
  engine.release(mark);
  return result;
}

/** dst[i] += source[positions[i]] */
function addGathered(engine: Engine, dst: FrVec, source: FrVec, positions: IntVec): void {
  const one = engine.frVec(1);
  engine.write(one, 0, [1n]);
  engine.gatherMulAdd(dst, source, positions, one, engine.intVec(new Int32Array(dst.length)), 1n);
}

function gatherElements(engine: Engine, source: FrVec, positions: Int32Array): FrVec {
  const result = engine.frVec(positions.length, true);
  addGathered(engine, result, source, engine.intVec(positions));
  return result;
}
