/**
 * The table of figures in README.md, from what the benchmark wrote.
 *
 *     gavel bench families scale --json bench.json && node scripts/readme-figures.ts bench.json
 *
 * Single inferences, two threads, zero knowledge on, the layout of `gavel compile`: the first such row of each model.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { accuracyText } from "../cli/bench/accuracy.ts";
import { expandSets } from "../cli/bench/models.ts";
import type { BenchRow } from "../cli/bench/run.ts";
import { GavelError } from "../core/errors.ts";

/** What the table is a run of. */
const SETS = ["families", "scale"];
const THREADS = 2;

export class FiguresError extends GavelError {
  override readonly name = "Scripts.FiguresError";
}

export type FiguresRow = Pick<
  BenchRow,
  | "model"
  | "batch"
  | "zk"
  | "threads"
  | "params"
  | "macs"
  | "accuracy"
  | "proveMs"
  | "peakRssMb"
  | "proofBytes"
  | "gasUsed"
  | "verifierBytes"
>;

interface Column {
  readonly title: string;
  readonly cell: (row: FiguresRow) => string;
  /** What a cell looks like. */
  readonly form: RegExp;
}

const count = (value: number): string => value.toLocaleString("en-US");
const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 9995 ? 2 : 1)} s`;
const COUNT = /^\d{1,3}(,\d{3})*$/;
const BYTES = /^\d{1,3}(,\d{3})* B$/;

const COLUMNS: readonly Column[] = [
  { title: "model", cell: ({ model }) => model, form: /^\w+$/ },
  { title: "weights", cell: ({ params }) => count(params), form: COUNT },
  { title: "multiply-adds", cell: ({ macs }) => count(macs), form: COUNT },
  {
    title: "accuracy, float → integer",
    cell: ({ accuracy }) => accuracyText(accuracy),
    form: /^(|\d+\.\d\d → \d+\.\d\d %|R2 -?\d\.\d{4} → -?\d\.\d{4})$/,
  },
  { title: "prove", cell: ({ proveMs }) => seconds(proveMs), form: /^(\d\.\d\d|\d{2,}\.\d) s$/ },
  { title: "peak memory", cell: ({ peakRssMb }) => `${count(peakRssMb)} MB`, form: /^\d{1,3}(,\d{3})* MB$/ },
  { title: "proof", cell: ({ proofBytes }) => `${count(proofBytes)} B`, form: BYTES },
  { title: "gas of the settlement", cell: ({ gasUsed }) => count(gasUsed), form: COUNT },
  { title: "verifier code or key", cell: ({ verifierBytes }) => `${count(verifierBytes)} B`, form: BYTES },
];

const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`.replaceAll("|  |", "| |");
const HEAD = [
  line(COLUMNS.map(({ title }) => title)),
  `|---|${COLUMNS.slice(1)
    .map(() => "---:|")
    .join("")}`,
];

/** One line for each model of the sets, in their order; throws `FiguresError` when one has no row. */
export function figuresTable(rows: readonly FiguresRow[]): string[] {
  const lines = expandSets(SETS).map((name) => {
    const row = rows.find(
      ({ model, batch, zk, threads }) => model === name && batch === 1 && zk && threads === THREADS,
    );
    if (row !== undefined) return line(COLUMNS.map(({ cell }) => cell(row)));
    throw new FiguresError(`there is no row of ${name}`, {
      expected: `single inferences of all models, ${THREADS} threads, zero knowledge on`,
      got: `rows of ${[...new Set(rows.map(({ model }) => model))].join(", ")}`,
      remedy: `make the file with \`gavel bench ${SETS.join(" ")} --json FILE\``,
    });
  });
  return [...HEAD, ...lines];
}

/** What in the table of `readme` is not as this script writes it, figures aside; empty when nothing is. */
export function brokenTable(readme: string): string[] {
  const { start, end, lines } = findTable(readme);
  const [head, rule, ...rows] = lines.slice(start, end);
  const cells = rows.map((row) =>
    row
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim()),
  );
  const broken = [head, rule].flatMap((found, i) => (found === HEAD[i] ? [] : [`head: ${found}`]));
  const [named, expected] = [cells.map(([model]) => model).join(" "), expandSets(SETS).join(" ")];
  if (named !== expected) broken.push(`models: ${named}, not ${expected}`);
  for (const row of cells) {
    if (row.length !== COLUMNS.length) broken.push(`${row[0]}: ${row.length} cells`);
    else
      COLUMNS.forEach(({ title, form }, i) => {
        if (!form.test(row[i])) broken.push(`${row[0]}, ${title}: ${row[i]}`);
      });
  }
  return broken;
}

export function withFigures(readme: string, rows: readonly FiguresRow[]): string {
  const { start, end, lines } = findTable(readme);
  return [...lines.slice(0, start), ...figuresTable(rows), ...lines.slice(end)].join("\n");
}

function findTable(readme: string): { start: number; end: number; lines: string[] } {
  const lines = readme.split("\n");
  const start = lines.findIndex((text) => text.startsWith("| model | weights |"));
  if (start < 0) {
    throw new FiguresError("README.md has no table of figures", {
      expected: HEAD[0],
      remedy: "write its first line where the table belongs",
    });
  }
  const length = lines.slice(start).findIndex((text) => !text.startsWith("|"));
  return { start, end: length < 0 ? lines.length : start + length, lines };
}

if (import.meta.main) {
  const readme = join(import.meta.dirname, "..", "README.md");
  const rows = JSON.parse(readFileSync(process.argv[2], "utf8")) as FiguresRow[];
  writeFileSync(readme, withFigures(readFileSync(readme, "utf8"), rows));
}
