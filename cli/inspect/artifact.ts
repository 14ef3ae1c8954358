/** What an artifact folder holds: sizes, layers, and what proving and settling it will cost. */
import type { Artifact } from "../../api/artifact.ts";
import { type CostEstimate, estimateCost } from "../../api/estimate.ts";
import type { CompileReport } from "../../compiler/report.ts";
import { layoutOf } from "../../core/layout.ts";
import { packedLength } from "../../core/packing.ts";
import { proofWordCount } from "../../core/proof.ts";
import { soundnessBits } from "../../core/security.ts";

export interface TableReport {
  readonly name: string;
  readonly lo: number;
  readonly hi: number;
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
  readonly inputBytes: number;
  readonly outputBytes: number;
  readonly proofBytes: number;
  readonly soundnessBits: number;
  readonly insecureSrs: boolean;
  readonly accuracyFloat: number | undefined;
  readonly accuracyInteger: number | undefined;
  readonly estimated: CostEstimate;
  readonly layers: CompileReport["layers"];
}

export function inspectArtifact({ circuit, verifyingKey, report }: Artifact): ArtifactReport {
  const layout = layoutOf(circuit);
  const { accuracyFloat, accuracyInteger, layers = [] } = report as Partial<CompileReport>;
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
    inputBytes: packedLength(circuit.inputs),
    outputBytes: packedLength(circuit.outputs),
    proofBytes: 32 * proofWordCount(circuit),
    soundnessBits: Math.floor(soundnessBits(circuit)),
    insecureSrs: verifyingKey.insecureSrs,
    accuracyFloat,
    accuracyInteger,
    estimated: estimateCost(circuit),
    layers,
  };
}
