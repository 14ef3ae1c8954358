/** What the compiler found out about a model, as plain data. */
import type { Circuit, Visibility, WeightVisibility } from "../core/circuit.ts";
import type { Extent } from "./3-quantize/bounds.ts";
import type { Ranges } from "./3-quantize/calibrate.ts";
import type { Candidate } from "./3-quantize/search.ts";
import type { Accuracy } from "./accuracy.ts";
import type { IntegerProgram, NodeReference } from "./program.ts";
import { tableKey } from "./table-function.ts";

export interface LayerReport {
  readonly name: string;
  readonly kind: string;
  /** The model's nodes it stands for. */
  readonly nodes: readonly NodeReference[];
  readonly shape: readonly number[];
  /** Calibrated range of the real values. */
  readonly range: { readonly lo: number; readonly hi: number } | undefined;
  /** Real value of one integer unit. */
  readonly scale: number | undefined;
  /** Constrained rows of the circuit. */
  readonly rows: number;
  /** Weights, biases and other constants. */
  readonly constants: number;
  readonly table: string | undefined;
  /** Worst cases over every input in range. */
  readonly accumulator: Extent | undefined;
  readonly quotient: Extent | undefined;
  /** Values that the table limited, of all values of the calibration samples. */
  readonly saturated: { readonly count: number; readonly of: number } | undefined;
}

export interface CompileReport extends Accuracy {
  readonly model: string;
  readonly opset: number;
  /** What accuracy was measured on. */
  readonly samples: { readonly source: "samples" | "calibration"; readonly count: number };
  readonly activationBits: number;
  readonly fineBits: number;
  readonly shiftBits: number;
  /** Root mean square of integer minus float outputs on the calibration samples, in standard deviations. */
  readonly relativeError: number;
  /** Share of decisions that this error is expected to turn. */
  readonly expectedFlips: number;
  /** Inferences in one proof; rows are those of all of them. */
  readonly batch: number;
  readonly logRows: number;
  readonly maskRows: number;
  readonly inputRows: number;
  readonly constrainedRows: number;
  readonly tableRows: number;
  readonly weights: WeightVisibility;
  readonly fixedCells: number;
  readonly fixedColumns: number;
  readonly blocksPerColumn: number;
  readonly products: number;
  readonly terms: number;
  readonly largestAccumulator: number;
  readonly inputs: readonly BoundaryReport[];
  readonly outputs: readonly BoundaryReport[];
  readonly layers: readonly LayerReport[];
}

export interface BoundaryReport {
  readonly name: string;
  readonly visibility: Visibility;
  readonly shape: readonly number[];
  readonly elementBytes: number;
  readonly signed: boolean;
  /** Real value of one unit; one for each element where they differ. */
  readonly scales: readonly number[];
  /** Integers that inputs are limited to; every one of them has a proof. */
  readonly range: Extent | undefined;
}

export interface ReportInputs {
  readonly model: string;
  readonly opset: number;
  readonly candidate: Candidate;
  readonly ranges: Ranges;
  readonly accuracy: Accuracy;
  readonly samples: CompileReport["samples"];
  /** Samples the candidate was judged on. */
  readonly judgedCount: number;
}

export function makeReport(inputs: ReportInputs): CompileReport {
  const { candidate, accuracy, ranges } = inputs;
  const { circuit, bounds, program, precision } = candidate;
  const products = circuit.segments.flatMap((segment) => segment.products);
  const terms = [
    ...circuit.segments.flatMap((segment) => segment.linear),
    ...products.flatMap(({ left, right }) => [...left, ...right]),
  ];
  const accumulators = [...bounds.accumulators.values()];
  return {
    model: inputs.model,
    opset: inputs.opset,
    ...accuracy,
    samples: inputs.samples,
    ...precision,
    relativeError: candidate.error,
    expectedFlips: candidate.flips,
    batch: circuit.batch ?? 1,
    logRows: circuit.logRows,
    maskRows: circuit.maskRows,
    inputRows: circuit.constrainedStart - circuit.maskRows,
    constrainedRows: circuit.constrainedEnd - circuit.constrainedStart,
    tableRows: circuit.tables.reduce((sum, { lo, hi }) => sum + hi - lo + 1, 2 ** circuit.shiftBits),
    weights: circuit.weights,
    fixedCells: circuit.fixedLength,
    fixedColumns: Math.ceil(circuit.fixedLength / circuit.fixedColumnLength),
    blocksPerColumn: circuit.blocksPerColumn,
    products: products.length,
    terms: terms.length,
    largestAccumulator: accumulators.reduce((most, { lo, hi }) => Math.max(most, -lo, hi), 0),
    inputs: boundaryReports(circuit.inputs, program),
    outputs: boundaryReports(circuit.outputs, program),
    layers: program.steps.map((step) => layerReport(step, inputs, ranges)),
  };
}

function boundaryReports(tensors: Circuit["inputs"], { inputs, scales }: IntegerProgram): BoundaryReport[] {
  return tensors.map(({ name, visibility, shape, elementBytes, signed }) => {
    const input = inputs.find((item) => item.name === name);
    return {
      name,
      visibility,
      shape,
      elementBytes,
      signed,
      scales: input?.scales ?? [scales.get(name) ?? 1],
      range: input && { lo: input.lo, hi: input.hi },
    };
  });
}

function layerReport(step: IntegerProgram["steps"][number], inputs: ReportInputs, ranges: Ranges): LayerReport {
  const { circuit, bounds, program } = inputs.candidate;
  const size = step.shape.reduce((n, axis) => n * axis, 1);
  const isLinear = step.kind === "linear";
  return {
    name: step.out,
    kind: isLinear ? step.parts.map((part) => part.kind).join(" + ") : step.kind,
    nodes: step.nodes,
    shape: step.shape,
    range: ranges.tensors.get(step.out),
    scale: program.scales.get(step.out),
    rows: circuit.segments.reduce(
      (rows, { name, count }) => (name === step.out || name.startsWith(`${step.out} `) ? rows + count : rows),
      0,
    ),
    constants: isLinear ? constantsOf(step) : 0,
    table: isLinear ? tableKey(step.table) : undefined,
    accumulator: bounds.accumulators.get(step.out),
    quotient: bounds.quotients.get(step.out),
    saturated: isLinear
      ? { count: inputs.candidate.saturated.get(step.out) ?? 0, of: size * inputs.judgedCount }
      : undefined,
  };
}

function constantsOf({ parts, bias }: Extract<IntegerProgram["steps"][number], { kind: "linear" }>): number {
  return parts.reduce((sum, part) => {
    if (part.kind === "conv" || part.kind === "contract") return sum + part.weights.length;
    if (part.kind === "trees") return sum + part.forest.threshold.length + part.forest.weights.length;
    return sum + (part.kind === "scale" ? part.factors.length : 1);
  }, bias.data.length);
}
