/**
 * Once per model: index lists, the SRS points in the engine's memory, fixed columns and their commitments, the verifying key.
 */
import type { Circuit } from "../core/circuit.ts";
import { addPoints, type CurvePoint } from "../core/curve.ts";
import { hiddenColumns, layoutOf } from "../core/layout.ts";
import { validateCircuit } from "../core/validate.ts";
import { type AffinePoint, createVerifyingKey, type TauG2, type VerifyingKey } from "../core/verifying-key.ts";
import type { Engine, FrVec, IntVec, PointVec } from "../kernels/engine.ts";
import { commitScalars } from "./columns.ts";
import { BlindingCountError, SrsTooSmallError } from "./errors.ts";
import { columnTransform } from "./laurent.ts";
import { randomScalars } from "./masks.ts";
import { keepsMultiples, memoryPlan } from "./memory.ts";
import { type CircuitPlan, planCircuit } from "./plan.ts";

/** The part of an SRS that a prover uses. */
export interface ProverSrs {
  /** Number of G1 powers. */
  readonly count: number;
  /** tau^i G, 64 bytes each, big-endian x||y. */
  readonly g1: Uint8Array;
  readonly tauG2: TauG2;
  readonly insecure: boolean;
}

export interface ProvingKey {
  readonly engine: Engine;
  readonly plan: CircuitPlan;
  readonly points: PointVec;
  /** The points of masked rows, block after block of one witness column. */
  readonly maskPoints: PointVec;
  /** Field elements where a blinding cell hides the column. */
  readonly fixedColumns: readonly (IntVec | FrVec)[];
  /** Blinding cells of the hidden columns, in order. Whoever has them and guesses the weights can check the guess. */
  readonly weightBlindings: readonly bigint[];
  /** Transforms of the first fixed columns, as many as the memory plan has room for. */
  readonly fixedTransforms: readonly (readonly FrVec[])[];
  readonly verifyingKey: VerifyingKey;
}

/** One for each hidden column. */
export function drawWeightBlindings(circuit: Circuit): bigint[] {
  return randomScalars(hiddenColumns(circuit).length);
}

/**
 * With `knownKey`, a verifying key made before for the same circuit, SRS and blindings, the fixed columns are not committed again.
 * `weightBlindings` are drawn when absent and there is no known key. A key for `manyProofs` keeps multiples of its points where there
 * are few: that takes longer once, and each proof less.
 */
export function setup(
  engine: Engine,
  circuit: Circuit,
  srs: ProverSrs,
  knownKey?: VerifyingKey,
  weightBlindings: readonly bigint[] = knownKey ? [] : drawWeightBlindings(circuit),
  manyProofs = false,
): ProvingKey {
  checkSrs(circuit, srs);
  checkBlindings(circuit, weightBlindings);
  const plan = planCircuit(circuit);
  const { layout } = plan;
  const hasMultiples = manyProofs && keepsMultiples(layout);
  const points = engine.points(srs.g1.subarray(0, 64 * layout.srsCount), hasMultiples);
  const maskPoints = engine.points(maskRecords(srs.g1, circuit, layout.rows), hasMultiples);
  const integers = placeFixed(engine, circuit);
  const verifyingKey = knownKey ?? commitFixed(engine, circuit, srs, points, integers, weightBlindings);
  const fixedColumns = blindColumns(engine, circuit, integers, weightBlindings);
  const fixedTransforms = fixedColumns
    .slice(0, memoryPlan(plan, engine.threads, manyProofs).keptTransforms)
    .map((column) => columnTransform(engine, column, layout.rows));
  return { engine, plan, points, maskPoints, fixedColumns, weightBlindings, fixedTransforms, verifyingKey };
}

/** The verifying key alone, without what proving needs. */
export function makeVerifyingKey(
  engine: Engine,
  circuit: Circuit,
  srs: ProverSrs,
  weightBlindings: readonly bigint[],
): VerifyingKey {
  checkSrs(circuit, srs);
  checkBlindings(circuit, weightBlindings);
  const mark = engine.mark();
  try {
    const points = engine.points(srs.g1.subarray(0, 64 * layoutOf(circuit).srsCount));
    return commitFixed(engine, circuit, srs, points, placeFixed(engine, circuit), weightBlindings);
  } finally {
    engine.release(mark);
  }
}

function checkSrs(circuit: Circuit, srs: ProverSrs): void {
  validateCircuit(circuit);
  const { srsCount } = layoutOf(circuit);
  if (srs.count < srsCount) {
    throw new SrsTooSmallError("the SRS is too small for the circuit", {
      expected: `at least ${srsCount} powers`,
      got: `${srs.count}`,
      remedy: "import a larger ceremony file, or make a larger development SRS with `gavel srs`",
    });
  }
}

function placeFixed(engine: Engine, circuit: Circuit): IntVec[] {
  const { fixedColumns, fixedColumnLength } = layoutOf(circuit);
  return Array.from({ length: fixedColumns }, (_, column) => {
    const cells = new Int32Array(fixedColumnLength);
    cells.set(circuit.fixed.subarray(column * fixedColumnLength, (column + 1) * fixedColumnLength));
    return engine.intVec(cells);
  });
}

function commitFixed(
  engine: Engine,
  circuit: Circuit,
  srs: ProverSrs,
  points: PointVec,
  columns: readonly IntVec[],
  weightBlindings: readonly bigint[],
): VerifyingKey {
  const hidden = hiddenColumns(circuit);
  const last = circuit.fixedColumnLength - 1;
  const commitments = columns.map((column, index) => {
    const cells = engine.msmInts(points, column);
    if (!hidden.includes(index)) return finite(cells);
    const lastPoint = engine.points(srs.g1.subarray(64 * last, 64 * (last + 1)));
    return finite(addPoints(cells, commitScalars(engine, lastPoint, [weightBlindings[hidden.indexOf(index)]])));
  });
  return createVerifyingKey(circuit, commitments, srs.tauG2, srs.insecure);
}

/** Hidden columns as field elements, the blinding in their last cell. */
function blindColumns(
  engine: Engine,
  circuit: Circuit,
  columns: readonly IntVec[],
  weightBlindings: readonly bigint[],
): (IntVec | FrVec)[] {
  const hidden = hiddenColumns(circuit);
  return columns.map((column, index) => {
    if (!hidden.includes(index)) return column;
    const values = engine.frVec(column.length);
    engine.fromInts(values, column);
    engine.write(values, column.length - 1, [weightBlindings[hidden.indexOf(index)]]);
    return values;
  });
}

function checkBlindings(circuit: Circuit, weightBlindings: readonly bigint[]): void {
  const { length } = hiddenColumns(circuit);
  if (weightBlindings.length === length) return;
  throw new BlindingCountError("the blindings do not match the hidden columns of weights", {
    expected: `${length}`,
    got: `${weightBlindings.length}`,
    remedy: "use the blindings that the verifying key was made with; only the owner of the weights has them",
  });
}

function maskRecords(g1: Uint8Array, { blocksPerColumn, maskRows }: Circuit, rows: number): Uint8Array {
  const records = new Uint8Array(64 * blocksPerColumn * maskRows);
  for (let block = 0; block < blocksPerColumn; block++) {
    records.set(g1.subarray(64 * block * rows, 64 * (block * rows + maskRows)), 64 * block * maskRows);
  }
  return records;
}

/** The commitment of an all-zero column is infinity, which the precompiles write as (0, 0). */
function finite(point: CurvePoint): AffinePoint {
  return point ?? { x: 0n, y: 0n };
}
