/**
 * Which tensor costs what: the cells, proving time and gas of a circuit, divided among its inputs and layers.
 *
 * A row of a tensor has four committed cells (q, y, rem and the helper's), a row of a table one (m), a tabulated value and a weight one
 * fixed cell. The rows of a table are divided among the layers that use it, in proportion to the quotients they need it for; weights that
 * layers share, in proportion to what each would have alone. Time follows cells. Gas is that of public bytes and, in proportion to
 * the sides of the boxes, that of all terms together; what every proof costs belongs to no tensor.
 */
import type { CompileReport } from "../compiler/report.ts";
import { layerOfSegment } from "../compiler/report.ts";
import type { BoundaryTensor, Circuit, Segment, Term } from "../core/circuit.ts";
import { productStacks } from "../core/stack.ts";
import { preimageLength, statementLength } from "../core/statement.ts";
import { predictGas } from "../verifier-gen/gas-model.ts";
import { CALLDATA_GAS_PER_WORD, GAS_PER_PUBLIC_BYTE } from "./estimate.ts";

export interface TensorCost {
  /** An input, a layer of the report, or the remainders of all divisions. */
  readonly tensor: string;
  readonly rows: number;
  /** Rows of tables. */
  readonly tableRows: number;
  /** Weights, biases and tabulated values. */
  readonly fixedCells: number;
  /** Committed cells in use. */
  readonly cells: number;
  /** Of the proving time that cells take, from 0 to 1; the shares of all tensors add up to 1. */
  readonly proveShare: number;
  /** Of the gas of a settlement. */
  readonly gasShare: number;
}

export const REMAINDERS = "(remainders)";

/** What a fixed cell takes of the time of a witness cell: it is not committed when proving, only combined and weighed. */
const FIXED_CELL_SHARE = 1 / 13;

/** Cells of q, y, rem and the helper column. */
const CELLS_PER_ROW = 4;

export function tensorCosts(
  circuit: Circuit,
  { layers }: Pick<CompileReport, "layers">,
  { gasUsed }: { readonly gasUsed: number },
): TensorCost[] {
  const names = layers.map(({ name }) => name);
  const segmentsOf = new Map<string, Segment[]>(names.map((name) => [name, []]));
  for (const segment of circuit.segments) segmentsOf.get(layerOfSegment(names, segment.name) ?? "")?.push(segment);
  const tables = divideTables(circuit, layers, segmentsOf);
  const gas = divideGas(circuit, segmentsOf);
  const constants = layers.reduce((sum, layer) => sum + layer.constants, 0);
  const tabulated = circuit.tables.reduce(
    (sum, { lo, hi, fixedBase }) => sum + (fixedBase === undefined ? 0 : hi - lo + 1),
    0,
  );
  const shared = constants > 0 ? Math.min(1, Math.max(0, circuit.fixedLength - tabulated) / constants) : 0;
  const costs = [
    ...circuit.inputs.map((input) => ({ tensor: input.name, rows: input.count, constants: 0 })),
    ...layers.map(({ name, constants }) => ({
      tensor: name,
      rows: (segmentsOf.get(name) ?? []).reduce((sum, { count }) => sum + count, 0),
      constants: constants * shared,
    })),
    { tensor: REMAINDERS, rows: 0, constants: 0 },
  ].map(({ tensor, rows, constants }) => {
    const table = tables.get(tensor) ?? { rows: 0, values: 0 };
    const fixedCells = constants + table.values;
    const witnessCells = CELLS_PER_ROW * rows + table.rows;
    return { tensor, rows, tableRows: table.rows, fixedCells, witnessCells, gasUsed: gas.get(tensor) ?? 0 };
  });
  const weightOf = (cost: (typeof costs)[number]): number => cost.witnessCells + FIXED_CELL_SHARE * cost.fixedCells;
  const total = costs.reduce((sum, cost) => sum + weightOf(cost), 0);
  return costs.map(({ witnessCells, gasUsed: own, ...cost }) => ({
    tensor: cost.tensor,
    rows: cost.rows,
    tableRows: Math.round(cost.tableRows),
    fixedCells: Math.round(cost.fixedCells),
    cells: Math.round(witnessCells + cost.fixedCells),
    proveShare: weightOf({ ...cost, witnessCells, gasUsed: own }) / total,
    gasShare: own / gasUsed,
  }));
}

interface TableShare {
  rows: number;
  values: number;
}

function divideTables(
  circuit: Circuit,
  layers: CompileReport["layers"],
  segmentsOf: ReadonlyMap<string, readonly Segment[]>,
): Map<string, TableShare> {
  const shares = new Map<string, TableShare>([[REMAINDERS, { rows: 2 ** circuit.shiftBits, values: 0 }]]);
  circuit.tables.forEach(({ lo, hi, fixedBase }, index) => {
    const size = hi - lo + 1;
    const users = [
      ...layers.flatMap(({ name, quotient }) => {
        const uses = (segmentsOf.get(name) ?? []).some(({ table }) => table === index);
        return uses ? [{ name, needs: quotient ? Math.min(size, quotient.hi - quotient.lo + 1) : 1 }] : [];
      }),
      ...circuit.inputs.flatMap(({ name, table }) => (table === index ? [{ name, needs: 1 }] : [])),
    ];
    const needed = users.reduce((sum, { needs }) => sum + needs, 0);
    for (const { name, needs } of users) {
      const share = shares.get(name) ?? { rows: 0, values: 0 };
      share.rows += (size * needs) / needed;
      if (fixedBase !== undefined) share.values += (size * needs) / needed;
      shares.set(name, share);
    }
  });
  return shares;
}

/** Gas by tensor: public bytes, and the layer's part of what the terms cost. */
function divideGas(circuit: Circuit, segmentsOf: ReadonlyMap<string, readonly Segment[]>): Map<string, number> {
  const bare = { ...circuit, segments: circuit.segments.map((segment) => ({ ...segment, linear: [], products: [] })) };
  const stacks = productStacks(circuit);
  const operands = stacks.length * CALLDATA_GAS_PER_WORD;
  const wiring = Math.max(0, predictGas(circuit).executionGas - predictGas(bare).executionGas) + operands;
  const copies = new Map(stacks.flatMap(({ members }) => members.map((member) => [member, members.length] as const)));
  const sides = new Map(
    [...segmentsOf].map(([name, segments]) => {
      const ofTerms = (terms: readonly Term[]): number => terms.reduce((sum, { axes }) => sum + 1 + axes.length, 0);
      const sum = segments.reduce((total, { linear, products }) => {
        const ofProducts = products.map(
          (product) => ofTerms([...product.left, ...product.right]) / (copies.get(product) ?? 1),
        );
        return total + ofTerms(linear) + ofProducts.reduce((a, b) => a + b, 0);
      }, 0);
      return [name, sum] as const;
    }),
  );
  const all = Math.max(
    1,
    [...sides.values()].reduce((a, b) => a + b, 0),
  );
  const gas = new Map([...sides].map(([name, sum]) => [name, (wiring * sum) / all]));
  for (const tensor of [...circuit.inputs, ...circuit.outputs])
    gas.set(tensor.name, (gas.get(tensor.name) ?? 0) + GAS_PER_PUBLIC_BYTE * publicBytes(tensor));
  return gas;
}

function publicBytes(tensor: BoundaryTensor): number {
  return statementLength([tensor]) + preimageLength({ inputs: [tensor], outputs: [] });
}
