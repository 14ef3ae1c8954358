/**
 * What a model will cost, before there is calibration data: a circuit with usual bits over made-up samples.
 *
 * Rows, terms and weights depend on the graph alone; tables, a smaller part, on ranges.
 */
import { type CostEstimate, estimateCost } from "../../api/estimate.ts";
import { planLayout } from "../../api/layout-plan.ts";
import { type TensorCost, tensorCosts } from "../../api/tensor-costs.ts";
import { readModel } from "../../compiler/1-read/read.ts";
import { type Bindings, checkModel } from "../../compiler/2-check/check.ts";
import { compile } from "../../compiler/compile.ts";
import { CompileError } from "../../compiler/errors.ts";
import type { LayerReport } from "../../compiler/report.ts";
import type { SamplesJson } from "../../compiler/samples.ts";
import { isFloat, sizeOf } from "../../compiler/tensor.ts";
import { layoutOf } from "../../core/layout.ts";

export interface Prediction extends CostEstimate {
  /** Bits that were supposed. */
  readonly activationBits: number;
  readonly logRows: number;
  readonly rows: number;
  /** Committed cells, padding included. */
  readonly cells: number;
  readonly costs: readonly TensorCost[];
  readonly layers: readonly Pick<LayerReport, "name" | "kind" | "shape" | "nodes">[];
}

const BITS = { activationBits: 8, fineBits: 1, shiftBits: 11 };

/** Undefined, with the reason, where the made-up samples leave what the model is defined on. */
export function predictCost(
  bytes: Uint8Array,
  bind: Bindings = {},
): { readonly prediction?: Prediction; readonly reason?: string } {
  try {
    const { circuit, report } = compile(bytes, {
      ...BITS,
      bind,
      calibration: madeUpSamples(bytes, bind),
      chooseLayout: (layOut) => planLayout(layOut).circuit,
    });
    const { witnessColumns, witnessColumnLength, rows, fixedColumns, fixedColumnLength } = layoutOf(circuit);
    const estimated = estimateCost(circuit);
    const prediction = {
      ...estimated,
      activationBits: BITS.activationBits,
      logRows: circuit.logRows,
      rows: circuit.constrainedEnd - circuit.constrainedStart,
      cells: witnessColumns * witnessColumnLength + rows + fixedColumns * fixedColumnLength,
      costs: tensorCosts(circuit, report, estimated),
      layers: report.layers.map(({ name, kind, shape, nodes }) => ({ name, kind, shape, nodes })),
    };
    return { prediction };
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return { reason: error.reason };
  }
}

/** One sample: fractions from 0 to 1 in the steps of the golden ratio, and whole numbers 0 and 1. */
function madeUpSamples(bytes: Uint8Array, bind: Bindings): SamplesJson {
  const { inputs } = checkModel(readModel(bytes), bind);
  const value = (i: number): number => (i * 0.6180339887) % 1;
  const sample = inputs.map(({ name, type }) => [
    name,
    Array.from({ length: sizeOf(type.shape) }, (_, i) => (isFloat(type.dtype) ? value(i + 1) : i % 2)),
  ]);
  return { inputs: [Object.fromEntries(sample)] };
}
