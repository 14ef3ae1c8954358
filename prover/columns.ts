/**
 * Commits the witness blocks, column by column, and keeps them as field elements for the sumchecks and the opening.
 *
 * The small integers go through the integer multi-scalar multiplication; masks, which are full field elements, are committed
 * apart and added.
 */
import { addPoints, type CurvePoint } from "../core/curve.ts";
import { BLOCKS } from "../core/layout.ts";
import type { Engine, FrVec, PointVec } from "../kernels/engine.ts";
import type { Masks } from "./masks.ts";
import type { CircuitPlan } from "./plan.ts";
import type { Witness } from "./witness.ts";

export interface CommittedColumn {
  readonly values: FrVec;
  readonly commitment: CurvePoint;
}

export function commitWitness(
  engine: Engine,
  plan: CircuitPlan,
  points: PointVec,
  maskPoints: PointVec,
  witness: Witness,
  masks: Masks,
): CommittedColumn[] {
  const { circuit, layout } = plan;
  return Array.from({ length: layout.witnessColumns }, (_, column) => {
    const blocks = BLOCKS.slice(column * circuit.blocksPerColumn, (column + 1) * circuit.blocksPerColumn);
    const length = layout.witnessColumnLength;
    const values = engine.frVec(length);
    const mark = engine.mark();
    const cells = engine.intVec(length);
    const view = engine.ints(cells);
    blocks.forEach((block, index) => {
      view.set(witness[block], index * layout.rows);
      view.fill(0, index * layout.rows, index * layout.rows + circuit.maskRows);
    });
    engine.fromInts(values, cells);
    const cellCommitment = engine.msmInts(points, cells);
    engine.release(mark);
    blocks.forEach((block, index) => {
      engine.write(values, index * layout.rows, masks[block]);
    });
    const scalars = blocks.flatMap((block) => masks[block]);
    return { values, commitment: addPoints(cellCommitment, commitScalars(engine, maskPoints, scalars)) };
  });
}

/** Commitment of the polynomial whose coefficients at the given points are the scalars. */
export function commitScalars(engine: Engine, points: PointVec, scalars: readonly bigint[]): CurvePoint {
  if (scalars.every((scalar) => scalar === 0n)) return null;
  const mark = engine.mark();
  const values = engine.frVec(scalars.length, true);
  engine.write(values, 0, scalars);
  const commitment = engine.msm(points, values);
  engine.release(mark);
  return commitment;
}
