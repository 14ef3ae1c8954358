/** Inputs and outputs as the statement names them. */
import type { BoundaryTensor } from "../../core/circuit.ts";
import { elementRange } from "../../core/packing.ts";
import { CapacityError } from "../errors.ts";
import type { IntegerInput } from "../program.ts";
import { sizeOf } from "../tensor.ts";
import { type Assignment, imageOf } from "./tables.ts";
import type { View } from "./view.ts";

export interface Output {
  readonly name: string;
  /** Names of the integers 0, 1, .. where they stand for names. */
  readonly labels?: readonly string[] | undefined;
  /** Consecutive rows. */
  readonly view: View;
}

type Placed = Omit<BoundaryTensor, "visibility">;

export function inputTensor(input: IntegerInput, owner: number, start: number, assignment: Assignment): Placed {
  const { name, shape, scales, lo, hi, isExact } = input;
  const tableIndex = assignment.tableOf[owner];
  const block = assignment.inputBlocks[owner];
  const table = assignment.tables[tableIndex];
  const format = elementFormat(block === "y" ? imageOf(table) : table);
  const element = elementRange(format);
  return {
    name,
    shape,
    block,
    start,
    count: sizeOf(shape),
    ...format,
    scale: scales[0],
    table: tableIndex,
    ...(scales.length > 1 ? { elementScales: scales } : {}),
    ...(element.lo === lo && element.hi === hi ? {} : { range: { lo, hi } }),
    ...(isExact ? { isIndex: true } : {}),
  };
}

export function outputTensor(
  { name, view, labels }: Output,
  scale: number,
  starts: readonly number[],
  assignment: Assignment,
): Placed {
  const [{ cells, base }] = view.terms;
  const tableIndex = assignment.tableOf[cells.owner];
  const table = assignment.tables[tableIndex];
  return {
    name,
    shape: view.shape,
    block: cells.block,
    start: starts[cells.owner] + base,
    count: sizeOf(view.shape),
    ...elementFormat(cells.block === "y" ? imageOf(table) : table),
    scale,
    table: tableIndex,
    ...(labels ? { labels } : {}),
  };
}

/** The tensors of all inferences, one after another. */
export function batched(tensor: Placed, batch: number): Placed {
  if (batch === 1) return tensor;
  return { ...tensor, shape: [batch, ...tensor.shape], count: batch * tensor.count };
}

/** The fewest bytes that hold every value the table lets through: digits of packed bytes are unique only within them. */
export function elementFormat({ lo, hi }: { lo: number; hi: number }): Pick<BoundaryTensor, "elementBytes" | "signed"> {
  const signed = lo < 0;
  for (const elementBytes of [1, 2, 4] as const) {
    const element = elementRange({ elementBytes, signed });
    if (lo >= element.lo && hi <= element.hi) return { elementBytes, signed };
  }
  throw new CapacityError({
    reason: `a public value ranges from ${lo} to ${hi}`,
    expected: "at most 32 bits",
    remedy: "use fewer bits",
  });
}
