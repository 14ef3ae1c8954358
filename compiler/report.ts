/** What the compiler found out about a model, as plain data. */
import type { Circuit, Visibility, WeightVisibility } from "../core/circuit.ts";
import type { Extent } from "./3-quantize/bounds.ts";
import type { Ranges } from "./3-quantize/calibrate.ts";
import { type Candidate, tableRowsOf } from "./3-quantize/candidate.ts";
import type { QuantizeOptions } from "./3-quantize/options.ts";
import type { Accuracy } from "./accuracy.ts";
import type { LayerError } from "./layer-errors.ts";
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
  /** Bits of the integers of this tensor and of those that share its scale, where they were chosen. */
  readonly bits: number | undefined;
  /** Integer against real values, over the samples; absent for indices. */
  readonly error: LayerError | undefined;
}

export interface SearchAccuracy extends Accuracy {
  readonly samples: number;
}

export interface CompileReport extends Accuracy {
  readonly model: string;
  readonly opset: number;
  /** What accuracy was measured on. */
  readonly samples: { readonly source: "samples" | "calibration"; readonly count: number };
  readonly activationBits: number;
  readonly fineBits: number;
  readonly shiftBits: number;
  readonly calibrationMethod: NonNullable<QuantizeOptions["calibrationMethod"]>;
  readonly quantization: NonNullable<QuantizeOptions["quantization"]>;
  readonly biasCorrection: boolean;
  /** Points that the accuracy was allowed to drop, where a goal was given. */
  readonly maxAccuracyDrop: number | undefined;
  /** What the search for the goal reached on the samples that it used; the accuracy above is that of the others. */
  readonly search: SearchAccuracy | undefined;
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
  /** Bits of the integers, where they were chosen. */
  readonly bits: number | undefined;
  /** Integer against real values, over the samples; absent for indices. */
  readonly error: LayerError | undefined;
}

export interface ReportInputs {
  readonly model: string;
  readonly opset: number;
  readonly candidate: Candidate;
  readonly ranges: Ranges;
  readonly accuracy: Accuracy;
  readonly quantize: QuantizeOptions;
  readonly goal: number | undefined;
  readonly search: SearchAccuracy | undefined;
  readonly errors: ReadonlyMap<string, LayerError>;
  readonly samples: CompileReport["samples"];
}

export function makeReport(inputs: ReportInputs): CompileReport {
  const { candidate, accuracy, ranges, quantize } = inputs;
  const { circuit, bounds, program, precision } = candidate;
  const products = circuit.segments.flatMap((segment) => segment.products);
  const terms = [
    ...circuit.segments.flatMap((segment) => segment.linear),
    ...products.flatMap(({ left, right }) => [...left, ...right]),
  ];
  const accumulators = [...bounds.accumulators.values()];
  const rows = rowsByLayer(
    circuit,
    program.steps.map(({ out }) => out),
  );
  return {
    model: inputs.model,
    opset: inputs.opset,
    ...accuracy,
    samples: inputs.samples,
    activationBits: precision.activationBits,
    fineBits: precision.fineBits,
    shiftBits: precision.shiftBits,
    calibrationMethod: quantize.calibrationMethod ?? "min-max",
    quantization: quantize.quantization ?? "symmetric",
    biasCorrection: quantize.biasCorrection ?? false,
    maxAccuracyDrop: inputs.goal,
    search: inputs.search,
    relativeError: candidate.error,
    expectedFlips: candidate.flips,
    batch: circuit.batch ?? 1,
    logRows: circuit.logRows,
    maskRows: circuit.maskRows,
    inputRows: circuit.constrainedStart - circuit.maskRows,
    constrainedRows: circuit.constrainedEnd - circuit.constrainedStart,
    tableRows: tableRowsOf(circuit),
    weights: circuit.weights,
    fixedCells: circuit.fixedLength,
    fixedColumns: Math.ceil(circuit.fixedLength / circuit.fixedColumnLength),
    blocksPerColumn: circuit.blocksPerColumn,
    products: products.length,
    terms: terms.length,
    largestAccumulator: accumulators.reduce((most, { lo, hi }) => Math.max(most, -lo, hi), 0),
    inputs: boundaryReports(circuit.inputs, inputs),
    outputs: boundaryReports(circuit.outputs, inputs),
    layers: program.steps.map((step) => layerReport(step, { ...inputs, rows }, ranges)),
  };
}

function boundaryReports(tensors: Circuit["inputs"], { candidate, errors }: ReportInputs): BoundaryReport[] {
  const { inputs, scales } = candidate.program;
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
      bits: candidate.scales.bitsOf(name),
      error: errors.get(name),
    };
  });
}

/** The layer that a segment is of, which has the layer's name, or that and what it is for: the longest that fits. */
export function layerOfSegment(layers: readonly string[], segment: string): string | undefined {
  const fitting = layers.filter((name) => segment === name || segment.startsWith(`${name} `));
  return fitting.sort((a, b) => b.length - a.length)[0];
}

function rowsByLayer({ segments }: Circuit, layers: readonly string[]): Map<string, number> {
  const rows = new Map<string, number>();
  for (const { name, count } of segments) {
    const layer = layerOfSegment(layers, name);
    if (layer !== undefined) rows.set(layer, (rows.get(layer) ?? 0) + count);
  }
  return rows;
}

function layerReport(
  step: IntegerProgram["steps"][number],
  inputs: ReportInputs & { readonly rows: ReadonlyMap<string, number> },
  ranges: Ranges,
): LayerReport {
  const { bounds, program } = inputs.candidate;
  const isLinear = step.kind === "linear";
  return {
    name: step.out,
    kind: isLinear ? step.parts.map((part) => part.kind).join(" + ") : step.kind,
    nodes: step.nodes,
    shape: step.shape,
    range: ranges.tensors.get(step.out),
    scale: program.scales.get(step.out),
    rows: inputs.rows.get(step.out) ?? 0,
    constants: isLinear ? constantsOf(step) : 0,
    table: isLinear ? tableKey(step.table) : undefined,
    accumulator: bounds.accumulators.get(step.out),
    quotient: bounds.quotients.get(step.out),
    bits: inputs.candidate.scales.bitsOf(step.out),
    error: inputs.errors.get(step.out),
  };
}

function constantsOf({ parts, bias }: Extract<IntegerProgram["steps"][number], { kind: "linear" }>): number {
  return parts.reduce((sum, part) => {
    if (part.kind === "conv" || part.kind === "contract") return sum + part.weights.length;
    if (part.kind === "trees") return sum + part.forest.threshold.length + part.forest.weights.length;
    return sum + (part.kind === "scale" ? part.factors.length : 1);
  }, bias.data.length);
}
