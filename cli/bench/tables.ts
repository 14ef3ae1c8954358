/** Rows of a benchmark as tables for people. */
import { ESTIMATED_THREADS } from "../../api/estimate.ts";
import { PHASES } from "../../prover/phases.ts";
import { accuracyText } from "./accuracy.ts";
import type { BenchRow } from "./run.ts";

const COLUMNS = [
  "model",
  "batch",
  "params",
  "macs",
  "accuracy",
  "zk",
  "threads",
  "compileMs",
  "setupMs",
  "witnessMs",
  "proveMs",
  "cpuMs",
  "verifyMs",
  "proofBytes",
  "gasUsed",
  "verifierBytes",
  "peakRssMb",
] as const;

export function table(rows: readonly BenchRow[]): string {
  return textTable(
    COLUMNS,
    rows.map((row) =>
      COLUMNS.map((column) => (column === "accuracy" ? accuracyText(row.accuracy) : String(row[column]))),
    ),
  );
}

/** Milliseconds of each phase, and what part of the proof it is. */
export function phaseTable(rows: readonly BenchRow[]): string {
  const share = (ms: number, { proveMs }: BenchRow): string => `${ms} (${Math.round((100 * ms) / proveMs)}%)`;
  return textTable(
    ["model", "zk", "threads", ...PHASES],
    rows.map((row) => [
      row.model,
      String(row.zk),
      String(row.threads),
      ...PHASES.map((phase) => share(row.phasesMs[phase], row)),
    ]),
  );
}

/** What was measured, and how many times that was predicted, of the rows with the threads and zero knowledge that predictions are for. */
export function estimateTable(rows: readonly BenchRow[]): string {
  const predicted = rows.filter(({ zk, threads }) => zk && threads === ESTIMATED_THREADS);
  if (predicted.length === 0) return `Predictions are for ${ESTIMATED_THREADS} threads with zero knowledge on.`;
  const beside = (measured: number, estimated: number): string => `${measured} (${(estimated / measured).toFixed(2)})`;
  return textTable(
    [
      "model",
      "layout",
      "zk",
      "threads",
      "cpuMs",
      "proveMs (estimated)",
      "peakRssMb (estimated)",
      "gasUsed (estimated)",
    ],
    predicted.map(({ model, layout, zk, threads, estimated, ...row }) => [
      model,
      layout,
      String(zk),
      String(threads),
      String(row.cpuMs),
      beside(row.proveMs, estimated.proveMs),
      beside(row.peakRssMb, estimated.peakMemoryMb),
      beside(row.gasUsed, estimated.gasUsed),
    ]),
  );
}

function textTable(head: readonly string[], cells: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(title.length, ...cells.map((row) => row[i].length)));
  const line = (row: readonly string[]): string => `| ${row.map((cell, i) => cell.padStart(widths[i])).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...cells.map(line)].join("\n");
}
