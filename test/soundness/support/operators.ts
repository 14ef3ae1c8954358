/** One small compiled circuit for every operator of the compiler, and every cell of it moved. */
import { REPLACED_NODES } from "../../../compiler/2-check/replaced/registry.ts";
import { compile } from "../../../compiler/compile.ts";
import { operatorNames } from "../../../compiler/ops/registry.ts";
import type { IntegerProgram } from "../../../compiler/program.ts";
import type { Circuit } from "../../../core/circuit.ts";
import { BLOCKS, type Block } from "../../../core/layout.ts";
import type { CircuitPlan } from "../../../prover/plan.ts";
import type { Witness } from "../../../prover/witness.ts";
import { CASES } from "../../compiler/support/cases/all.ts";
import { ARG_MAX_CASES } from "../../compiler/support/cases/arg-max.ts";
import { type Case, inputsOf } from "../../compiler/support/cases/case.ts";
import { INDEX_CASES } from "../../compiler/support/cases/indices.ts";
import { MAP_CASES } from "../../compiler/support/cases/maps.ts";
import { SCATTER_CASES } from "../../compiler/support/cases/scatter.ts";
import { joinInputs, joinModels } from "../../compiler/support/join.ts";
import { buildModel } from "../../compiler/support/onnx.ts";
import type { Random } from "../../compiler/support/random.ts";

const size = (dims: readonly (number | string)[]): number =>
  dims.reduce<number>((product, dim) => product * (typeof dim === "string" ? 1 : dim), 1);

const cost = ({ model }: Case): number =>
  model.nodes.length + [...Object.values(model.inputs)].reduce((sum, dims) => sum + size(dims), 0);

/** Operators that have an emitter, and those that others replace. */
export const EVERY_OPERATOR: readonly string[] = [...operatorNames(), ...REPLACED_NODES.map(({ op }) => op)];

const isPowerOfTwo = (n: number): boolean => Number.isInteger(Math.log2(n));

/** Some axis of an input has a length that is no power of two. */
const hasOddShape = ({ model }: Case): boolean =>
  Object.values(model.inputs).some((dims) => dims.some((n) => typeof n === "number" && !isPowerOfTwo(n)));

/** The smallest case of each operator on an odd shape; operators without such a case are missing. */
export function caseByOperator(): Map<string, Case> {
  const smallest = new Map<string, Case>();
  const odd = [...CASES, ...ARG_MAX_CASES, ...MAP_CASES].filter(hasOddShape);
  for (const item of odd.sort((a, b) => cost(a) - cost(b))) {
    const nodes = [...item.model.nodes, ...(item.model.functions ?? []).flatMap((called) => called.nodes)];
    for (const { op } of nodes) if (!smallest.has(op)) smallest.set(op, item);
  }
  return new Map(EVERY_OPERATOR.flatMap((op) => (smallest.has(op) ? [[op, smallest.get(op) as Case]] : [])));
}

/** Computed indices, where the operator's smallest case has constant ones. */
export const LOOKUPS: readonly Case[] = [...INDEX_CASES, ...SCATTER_CASES].filter(
  ({ model: { nodes, inputs } }) => nodes.length === 1 && inputs.ids !== undefined,
);

/** Small ranges keep the tables, and with them the proofs, short: the constraints are the same. */
const SMALL = { activationBits: 6, fineBits: 0, shiftBits: 8 };
const CALIBRATION_SAMPLES = 4;

export function compileSmall(item: Case, next: Random): { circuit: Circuit; program: IntegerProgram } {
  const inputs = Array.from({ length: CALIBRATION_SAMPLES }, () => inputsOf(item, next));
  return compile(buildModel(item.model), { calibration: { inputs }, ...SMALL });
}

/** Several cases side by side in one circuit. */
export function compileJoined(items: readonly Case[], next: Random): { circuit: Circuit; program: IntegerProgram } {
  const inputs = Array.from({ length: CALIBRATION_SAMPLES }, () =>
    joinInputs(items.map((item) => inputsOf(item, next))),
  );
  const model = buildModel(joinModels(items.map((item) => item.model)));
  return compile(model, { calibration: { inputs }, ...SMALL });
}

export interface CellMove {
  readonly block: Block;
  readonly row: number;
  readonly by: number;
}

/** Every cell behind the masks plus and minus one, quotients moved by the size of their table, remainders by 2^shiftBits. */
export function* cellMoves({ circuit, layout, rowTag }: CircuitPlan): Generator<CellMove> {
  const divisor = 2 ** circuit.shiftBits;
  for (let row = circuit.maskRows; row < layout.rows; row++) {
    const { lo, hi } = circuit.tables[rowTag[row] - 1];
    for (const block of BLOCKS) for (const by of [1, -1]) yield { block, row, by };
    for (const by of [hi - lo + 1, lo - hi - 1]) yield { block: "q", row, by };
    for (const by of [divisor, -divisor]) yield { block: "rem", row, by };
  }
}

/** Runs `act` with one cell of the witness moved. */
export function withMoved<T>(witness: Witness, { block, row, by }: CellMove, act: (witness: Witness) => T): T {
  witness[block][row] += by;
  try {
    return act(witness);
  } finally {
    witness[block][row] -= by;
  }
}
