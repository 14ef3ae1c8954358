/** What an artifact folder holds: sizes, layers, and what proving and settling it will cost. */
import type { Artifact } from "../../api/artifact.ts";
import type { CompileSummary } from "../../api/compile.ts";
import { type CostEstimate, estimateCost } from "../../api/estimate.ts";
import type { CompileReport } from "../../compiler/report.ts";
import type { BoundaryTensor, Visibility, WeightVisibility } from "../../core/circuit.ts";
import { layoutOf } from "../../core/layout.ts";
import { proofLength } from "../../core/proof.ts";
import { soundnessBits } from "../../core/security.ts";
import { statementLength } from "../../core/statement.ts";
import type { QualityReport } from "../quality-text.ts";

export interface TableReport {
  readonly name: string;
  readonly lo: number;
  readonly hi: number;
}

export interface BoundaryTensorReport {
  readonly name: string;
  readonly shape: readonly number[];
  readonly visibility: Visibility;
}

export interface ArtifactReport {
  readonly model: string;
  /** Inferences in one proof. */
  readonly batch: number;
  readonly rows: number;
  readonly logRows: number;
  readonly maskRows: number;
  /** Witness, helper and fixed cells that are committed. */
  readonly cells: number;
  readonly fixedCells: number;
  readonly srsPoints: number;
  readonly shiftBits: number;
  readonly tables: readonly TableReport[];
  readonly weights: WeightVisibility;
  readonly inputs: readonly BoundaryTensorReport[];
  readonly outputs: readonly BoundaryTensorReport[];
  /** What a request and a settlement carry of them. */
  readonly inputBytes: number;
  readonly outputBytes: number;
  readonly proofBytes: number;
  readonly soundnessBits: number;
  readonly insecureSrs: boolean;
  readonly accuracyFloat: number | undefined;
  readonly accuracyInteger: number | undefined;
  readonly estimated: CostEstimate;
  /** Layouts that were weighed when compiling, by gas; empty for artifacts compiled without. */
  readonly layouts: CompileSummary["layouts"];
  readonly layers: CompileReport["layers"];
  /** Errors and costs by tensor; absent for artifacts compiled without. */
  readonly quality: QualityReport | undefined;
}

export function inspectArtifact({ circuit, verifyingKey, report }: Artifact): ArtifactReport {
  const layout = layoutOf(circuit);
  const {
    accuracyFloat,
    accuracyInteger,
    layers = [],
    layouts = [],
    inputs,
    costs,
  } = report as Partial<CompileSummary>;
  return {
    model: circuit.name,
    batch: circuit.batch ?? 1,
    rows: circuit.constrainedEnd - circuit.constrainedStart,
    logRows: circuit.logRows,
    maskRows: circuit.maskRows,
    cells:
      layout.witnessColumns * layout.witnessColumnLength + layout.rows + layout.fixedColumns * layout.fixedColumnLength,
    fixedCells: circuit.fixedLength,
    srsPoints: layout.srsCount,
    shiftBits: circuit.shiftBits,
    tables: circuit.tables.map(({ name, lo, hi }) => ({ name, lo, hi })),
    weights: circuit.weights,
    inputs: circuit.inputs.map(boundaryReport),
    outputs: circuit.outputs.map(boundaryReport),
    inputBytes: statementLength(circuit.inputs),
    outputBytes: statementLength(circuit.outputs),
    proofBytes: proofLength(circuit),
    soundnessBits: Math.floor(soundnessBits(circuit)),
    insecureSrs: verifyingKey.insecureSrs,
    accuracyFloat,
    accuracyInteger,
    estimated: estimateCost(circuit),
    layouts,
    layers,
    quality: inputs && costs ? { inputs, layers, costs } : undefined,
  };
}

function boundaryReport({ name, shape, visibility }: BoundaryTensor): BoundaryTensorReport {
  return { name, shape, visibility };
}
