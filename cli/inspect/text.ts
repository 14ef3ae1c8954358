/** The reports of `gavel inspect` for people. */
import { columns, short } from "../columns.ts";
import { qualityLines } from "../quality-text.ts";
import type { ArtifactReport, BoundaryTensorReport } from "./artifact.ts";
import type { ModelReport, Refusal, ValueReport } from "./model.ts";
import { MOST_NODES_DRAWN, pictureOf } from "./picture/groups.ts";
import { treeLines } from "./picture/tree.ts";
import type { Prediction, predictCost } from "./predict.ts";

/** With the cost predicted for a model, or why there is none. */
export function modelText(report: ModelReport, { prediction, reason }: ReturnType<typeof predictCost> = {}): string {
  const count = (status: string): number => report.nodes.filter((node) => node.status === status).length;
  const nodes = report.nodes.map(({ name, op, status, shape }) => [name, op, status, shape ? `[${shape}]` : "?"]);
  const refused = report.nodes.flatMap(({ name, op, refusal }) => refusalLines(`${name} (${op})`, refusal));
  return [
    `${report.model || "model"}: operator set ${report.opset ?? "?"}, ${report.params} parameters` +
      (report.macs === undefined ? "" : `, ${report.macs} multiply-accumulates`),
    ...report.inputs.map((value) => `input  ${valueText(value)}`),
    ...report.outputs.map((value) => `output ${valueText(value)}`),
    "",
    ...columns([["node", "operator", "status", "shape"], ...nodes]),
    "",
    ...(report.nodes.length > MOST_NODES_DRAWN
      ? [`no picture: ${report.nodes.length} nodes, at most ${MOST_NODES_DRAWN} are drawn`]
      : treeLines(pictureOf(report, prediction))),
    "",
    ...report.refusals.flatMap((refusal) => refusalLines("model", refusal)),
    ...refused,
    report.supported
      ? "supported: every node has an integer form"
      : `not supported: ${count("refused")} nodes refused, ${count("unknown")} not checked because of them`,
    ...(prediction ? [predictionText(prediction)] : []),
    ...(report.supported && reason !== undefined ? [`cost not predicted: ${reason}; compile the model to see it`] : []),
  ].join("\n");
}

function predictionText({ activationBits, rows, logRows, cells, proveMs, gasUsed, peakMemoryMb }: Prediction): string {
  return (
    `predicted with ${activationBits} bits: ${rows} rows in 2^${logRows}, ${cells} committed cells, ` +
    `${proveMs} ms to prove, ${gasUsed} gas to settle, ${peakMemoryMb} MB`
  );
}

export function artifactText(report: ArtifactReport): string {
  const { estimated } = report;
  const layers = report.layers.map(({ name, kind, shape, range, scale, rows, constants, table }) => [
    name,
    kind,
    `[${shape}]`,
    range ? `${short(range.lo)} .. ${short(range.hi)}` : "",
    scale === undefined ? "" : short(scale),
    String(rows),
    String(constants),
    table ?? "",
  ]);
  return [
    `${report.model}:${report.batch > 1 ? ` batch of ${report.batch},` : ""} ${report.rows} rows in 2^${report.logRows}, ${report.cells} committed cells, ${report.fixedCells} fixed`,
    ...report.inputs.map((tensor) => `input  ${boundaryText(tensor)}`),
    ...report.outputs.map((tensor) => `output ${boundaryText(tensor)}`),
    `weights ${report.weights}`,
    `input ${report.inputBytes} bytes, output ${report.outputBytes} bytes, proof ${report.proofBytes} bytes`,
    `accuracy ${report.accuracyFloat ?? "?"} float, ${report.accuracyInteger ?? "?"} integer`,
    `soundness ${report.soundnessBits} bits; SRS ${report.insecureSrs ? "for development only" : "from a ceremony"}`,
    `estimated: ${estimated.proveMs} ms to prove, ${estimated.gasUsed} gas to settle, ${estimated.peakMemoryMb} MB`,
    "",
    ...layoutLines(report),
    ...(report.quality ? [...qualityLines(report.quality), ""] : []),
    ...columns([["layer", "kind", "shape", "range", "scale", "rows", "constants", "table"], ...layers]),
    "",
    ...columns([["table", "lo", "hi"], ...report.tables.map(({ name, lo, hi }) => [name, String(lo), String(hi)])]),
  ].join("\n");
}

/** Layouts by gas: the chosen one, and those that no other beats in both gas and time. */
function layoutLines({ layouts }: ArtifactReport): string[] {
  if (layouts.length === 0) return [];
  const rows = layouts.map(({ isChosen, onCurve, estimated, ...layout }) => [
    isChosen ? "chosen" : onCurve ? "on the curve" : "beaten",
    `2^${layout.logRows}`,
    String(layout.lookupDepth),
    layout.copiesSums ? "copied" : "read",
    String(layout.blocksPerColumn),
    String(layout.fixedColumnLength),
    `${layout.witnessColumns} + 1 + ${layout.fixedColumns}`,
    String(estimated.gasUsed),
    String(estimated.proveMs),
    String(estimated.peakMemoryMb),
    String(layout.srsPoints),
  ]);
  const head = [
    "layout",
    "rows",
    "lookups",
    "sums",
    "blocks per column",
    "weight column",
    "columns",
    "gas",
    "prove ms",
    "memory MB",
    "SRS points",
  ];
  return [...columns([head, ...rows]), ""];
}

function boundaryText({ name, shape, visibility }: BoundaryTensorReport): string {
  return `${name} [${shape}]: ${visibility}`;
}

function valueText({ name, dtype, shape }: ValueReport): string {
  return `${name}: ${dtype ?? "?"} [${shape?.map((n) => n ?? "?").join(", ") ?? "?"}]`;
}

function refusalLines(place: string, refusal: Refusal | undefined): string[] {
  if (refusal === undefined) return [];
  return [`${place}: ${refusal.reason}`, ...(refusal.remedy === undefined ? [] : [`  remedy: ${refusal.remedy}`])];
}
