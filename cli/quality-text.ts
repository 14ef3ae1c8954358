/** How good the integers of every tensor are, and what they cost, for people. */
import { REMAINDERS, type TensorCost } from "../api/tensor-costs.ts";
import type { CompileReport } from "../compiler/report.ts";
import { columns, percent, short } from "./columns.ts";

const HEAD = [
  "tensor",
  "kind",
  "bits",
  "mean square error",
  "largest error",
  "signal to noise",
  "limited",
  "rows",
  "table rows",
  "cells",
  "time",
  "gas",
];

/** More lines than these are for report.json. */
const MOST_LINES = 40;

export type QualityReport = Pick<CompileReport, "inputs" | "layers"> & { readonly costs: readonly TensorCost[] };

/** Inputs and layers in the order of the program; of many, those that take the most time. */
export function qualityLines({ inputs, layers, costs }: QualityReport): string[] {
  const costOf = new Map(costs.map((cost) => [cost.tensor, cost]));
  const tensors = [
    ...inputs.map((input) => ({ ...input, kind: "input" })),
    ...layers,
    { name: REMAINDERS, kind: "table", bits: undefined, error: undefined },
  ];
  const timeOf = (name: string): number => costOf.get(name)?.proveShare ?? 0;
  const least = tensors.map(({ name }) => timeOf(name)).sort((a, b) => b - a)[MOST_LINES - 1] ?? 0;
  const shown = tensors.filter(({ name }) => timeOf(name) >= least).slice(0, MOST_LINES);
  const rows = shown.map(({ name, kind, bits, error }) => {
    const cost = costOf.get(name);
    return [
      name,
      kind,
      bits === undefined ? "" : String(bits),
      error ? short(error.meanSquare) : "",
      error ? short(error.largest) : "",
      error ? (error.signalToNoiseDb === undefined ? "exact" : `${error.signalToNoiseDb.toFixed(1)} dB`) : "",
      error ? `${error.saturated} of ${error.of}` : "",
      ...(cost
        ? [
            String(cost.rows),
            String(cost.tableRows),
            String(cost.cells),
            percent(cost.proveShare),
            percent(cost.gasShare),
          ]
        : ["", "", "", "", ""]),
    ];
  });
  const hidden = tensors.length - shown.length;
  return [
    ...columns([HEAD, ...rows]),
    ...(hidden > 0 ? [`and ${hidden} that take less time: report.json has all`] : []),
  ];
}
