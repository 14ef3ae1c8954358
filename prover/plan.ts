/**
 * What the prover derives from a circuit once and uses for every proof: index lists of products, tables, tags.
 */
import type { Circuit } from "../core/circuit.ts";
import { isWitnessProduct, type Layout, layoutOf } from "../core/layout.ts";
import { rangePlacement, rowTags, tableFunctions, tablePlacements, tableValues } from "../core/lookup.ts";
import { piecewiseAt } from "../core/piecewise.ts";
import { productStacks } from "../core/stack.ts";
import { type ProductPlan, planProduct, sideEntries } from "./operands.ts";

export interface SegmentPlan {
  readonly products: readonly ProductPlan[];
  /** Entries of fixed right sides, by product; undefined for witness right sides. */
  readonly fixedRight: readonly (Int32Array | undefined)[];
}

/** A product of the argument (`core/stack.ts`). */
export interface StackPlan {
  readonly bits: number;
  readonly isSum: boolean;
  readonly members: readonly { readonly plan: ProductPlan; readonly fixedRight: Int32Array | undefined }[];
}

export interface CircuitPlan {
  readonly circuit: Circuit;
  readonly layout: Layout;
  /** By segment. */
  readonly segments: readonly SegmentPlan[];
  readonly stacks: readonly StackPlan[];
  /** By table; zeros for memory, whose values `tableValuesOf` finds in a witness. */
  readonly tableValues: readonly Int32Array[];
  /** By row, N each: tag of the witness row; key, value and tag of the table row. */
  readonly rowTag: Int32Array;
  readonly tableKey: Int32Array;
  readonly tableValue: Int32Array;
  readonly tableTag: Int32Array;
}

const NO_CELLS = new Int32Array(0);

export function planCircuit(circuit: Circuit): CircuitPlan {
  const layout = layoutOf(circuit);
  const values = circuit.tables.map((_, index) => tableValues(circuit, index));
  const functions = tableFunctions(circuit);
  const rows = (breaks: typeof functions.key): Int32Array =>
    Int32Array.from({ length: layout.rows }, (_, row) => piecewiseAt(breaks, row));
  const tableValue = rows(functions.value);
  tablePlacements(circuit).forEach(({ row }, index) => {
    if (circuit.tables[index].fixedBase !== undefined) tableValue.set(values[index], row);
  });
  const segments = circuit.segments.map((segment): SegmentPlan => {
    const products = segment.products.map(planProduct);
    const cells = { q: NO_CELLS, y: NO_CELLS, fixed: circuit.fixed };
    const fixedRight = products.map((plan) =>
      isWitnessProduct(plan.product) ? undefined : sideEntries(plan.right, cells),
    );
    // The entries replace the index lists of a fixed side, which are twice as large.
    const kept = products.map((plan, i) => (fixedRight[i] ? { ...plan, right: { ...plan.right, gathers: [] } } : plan));
    return { products: kept, fixedRight };
  });
  return {
    circuit,
    layout,
    segments,
    stacks: planStacks(circuit, segments),
    tableValues: values,
    rowTag: rows(rowTags(circuit)),
    tableKey: rows(functions.key),
    tableValue,
    tableTag: rows(functions.tag),
  };
}

function planStacks(circuit: Circuit, segments: readonly SegmentPlan[]): StackPlan[] {
  const plans = new Map(
    segments.flatMap(({ products, fixedRight }) =>
      products.map((plan, i) => [plan.product, { plan, fixedRight: fixedRight[i] }] as const),
    ),
  );
  return productStacks(circuit).map(({ product, members, isSum }) => ({
    bits: product.bits,
    isSum,
    members: members.flatMap((member) => plans.get(member) ?? []),
  }));
}

/** y = T(q) for every integer of a table's domain, memory included. */
export function tableValuesOf(
  { circuit, tableValues }: CircuitPlan,
  table: number,
  cells: Readonly<Record<"q" | "y", Int32Array>>,
): Int32Array {
  const { memory, lo, hi } = circuit.tables[table];
  if (memory === undefined) return tableValues[table];
  return cells[memory.block].subarray(memory.start, memory.start + hi - lo + 1);
}

/** Row of the table that (q, y) of a table, or a remainder, is found in. */
export function tableRows(circuit: Circuit): {
  remainder: (rem: number) => number;
  activation: (table: number, q: number) => number;
} {
  const range = rangePlacement(circuit);
  const placements = tablePlacements(circuit);
  return {
    remainder: (rem) => range.row + rem,
    activation: (table, q) => placements[table].row + q - circuit.tables[table].lo,
  };
}
