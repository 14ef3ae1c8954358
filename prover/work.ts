/** The work of one proof in a process that makes many, counted from the circuit alone: the kinds that take most of the time. */
import type { Circuit } from "../core/circuit.ts";
import { layoutOf } from "../core/layout.ts";
import { multiplesCost, multiplesPay, multiplesPlan, scalarAdditions } from "../kernels/msm/plan.ts";
import { fixedWeights } from "./fixed-weights.ts";
import { keepsMultiples, memoryPlan } from "./memory.ts";

export interface ProvingWork {
  /** Batched point additions of the multi-scalar multiplications by full scalars. */
  readonly additions: number;
  /** Of the transforms of the opening: elements times layers. */
  readonly butterflies: number;
  /** Values of columns that are multiplied by weights. */
  readonly products: number;
}

export function provingWork(circuit: Circuit, threads: number): ProvingWork {
  const layout = layoutOf(circuit);
  const { rows, witnessColumns, witnessColumnLength, fixedColumns, fixedColumnLength, srsCount } = layout;
  const { keptTransforms } = memoryPlan({ circuit, layout, segments: [] }, threads, true);
  const { factored, groups } = fixedWeights(circuit);
  const transform = (length: number): number => length * Math.log2(Math.max(2, length));
  const lengths = new Set([witnessColumnLength, rows, ...(fixedColumns > 0 ? [fixedColumnLength] : [])]);
  const written = fixedColumns - factored.size;
  const fixedTransforms = written + groups.length + Math.max(0, fixedColumns - keptTransforms);
  const multiples = multiplesPlan(srsCount);
  const additions = (length: number): number => {
    const isFaster = keepsMultiples(layout) && multiplesPay(multiples, length);
    return isFaster ? multiplesCost(multiples, length) : scalarAdditions(length);
  };
  return {
    products: 2 * (witnessColumns * witnessColumnLength + rows + fixedColumns * fixedColumnLength),
    additions: 3 * additions(srsCount) + additions(rows),
    butterflies:
      2 * witnessColumns * transform(2 * witnessColumnLength) +
      2 * transform(2 * rows) +
      fixedTransforms * transform(2 * fixedColumnLength) +
      groups.reduce((sum, { columns, unit }) => sum + columns * transform((2 * fixedColumnLength) / unit), 0) +
      [...lengths].reduce((sum, length) => sum + transform(2 * length), 0),
  };
}
