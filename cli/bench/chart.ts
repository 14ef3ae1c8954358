/** The benchmark as one SVG picture: time and memory against size, and the phases within each proof. */
import { PHASES } from "../../prover/phases.ts";
import type { BenchRow } from "./run.ts";

const WIDTH = 900;
const PLOT = { left: 70, width: 340, top: 50, height: 240 };
const BAR = { height: 18, gap: 10, left: 230, width: 560 };
const POINT_COLOR = "#4c78a8";
const PHASE_COLORS = ["#9aa5b1", "#4c78a8", "#72b7b2", "#eeca3b", "#e45756"];

interface Series {
  readonly title: string;
  readonly unit: string;
  readonly value: (row: BenchRow) => number;
}

export function benchChart(rows: readonly BenchRow[]): string {
  const time = scatter(rows, { title: "proving time", unit: "ms", value: (row) => row.proveMs }, PLOT.left);
  const memory = scatter(
    rows,
    { title: "peak memory", unit: "MB", value: (row) => row.peakRssMb },
    PLOT.left + WIDTH / 2,
  );
  const barsTop = PLOT.top + PLOT.height + 90;
  const height = barsTop + rows.length * (BAR.height + BAR.gap) + 20;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="11">`,
    `<rect width="${WIDTH}" height="${height}" fill="white"/>`,
    ...time,
    ...memory,
    ...phaseBars(rows, barsTop),
    "</svg>",
    "",
  ].join("\n");
}

/** Both axes logarithmic, ticks at powers of ten; a point is hollow where zero knowledge is off. */
function scatter(rows: readonly BenchRow[], series: Series, left: number): string[] {
  const x = logAxis(rows.map((row) => row.params));
  const y = logAxis(rows.map(series.value));
  const toX = (value: number): number => left + x.at(value) * PLOT.width;
  const toY = (value: number): number => PLOT.top + (1 - y.at(value)) * PLOT.height;
  const bottom = PLOT.top + PLOT.height;
  return [
    text(left, PLOT.top - 20, `${series.title} (${series.unit}) against weights`, "start", 14),
    ...x.ticks.flatMap((tick) => [
      line(toX(tick), PLOT.top, toX(tick), bottom),
      text(toX(tick), bottom + 16, short(tick), "middle"),
    ]),
    ...y.ticks.flatMap((tick) => [
      line(left, toY(tick), left + PLOT.width, toY(tick)),
      text(left - 6, toY(tick) + 4, short(tick), "end"),
    ]),
    ...rows.map((row) => {
      const title = `<title>${escaped(label(row))}: ${series.value(row)} ${series.unit}</title>`;
      const filling = row.zk ? `fill="${POINT_COLOR}" fill-opacity="0.7"` : `fill="none" stroke="${POINT_COLOR}"`;
      return `<circle cx="${fixed(toX(row.params))}" cy="${fixed(toY(series.value(row)))}" r="4" ${filling}>${title}</circle>`;
    }),
    ...highestOfModels(rows, series).map((row) => {
      return text(toX(row.params) + 6, toY(series.value(row)) - 6, row.model, "start");
    }),
  ];
}

/** One row of each model, so that its name stands once. */
function highestOfModels(rows: readonly BenchRow[], { value }: Series): BenchRow[] {
  const highest = new Map<string, BenchRow>();
  for (const row of rows) {
    const known = highest.get(row.model);
    if (!known || value(row) > value(known)) highest.set(row.model, row);
  }
  return [...highest.values()];
}

function phaseBars(rows: readonly BenchRow[], top: number): string[] {
  const legend = PHASES.flatMap((phase, i) => [
    `<rect x="${BAR.left + 110 * i}" y="${top - 32}" width="10" height="10" fill="${PHASE_COLORS[i]}"/>`,
    text(BAR.left + 110 * i + 14, top - 23, phase, "start"),
  ]);
  const bars = rows.flatMap((row, index) => {
    const y = top + index * (BAR.height + BAR.gap);
    const total = PHASES.reduce((sum, phase) => sum + row.phasesMs[phase], 0);
    let x = BAR.left;
    const parts = PHASES.map((phase, i) => {
      const width = total > 0 ? (BAR.width * row.phasesMs[phase]) / total : 0;
      const part = `<rect x="${fixed(x)}" y="${y}" width="${fixed(width)}" height="${BAR.height}" fill="${PHASE_COLORS[i]}"><title>${phase}: ${row.phasesMs[phase]} ms</title></rect>`;
      x += width;
      return part;
    });
    return [
      text(BAR.left - 8, y + 13, label(row), "end"),
      ...parts,
      text(BAR.left + BAR.width + 8, y + 13, `${row.proveMs} ms`, "start"),
    ];
  });
  return [text(PLOT.left, top - 22, "phases of a proof", "start", 14), ...legend, ...bars];
}

interface LogAxis {
  readonly ticks: readonly number[];
  /** 0 at the first tick, 1 at the last. */
  readonly at: (value: number) => number;
}

function logAxis(values: readonly number[]): LogAxis {
  const positive = values.map((value) => Math.max(value, 1));
  const first = Math.floor(Math.log10(Math.min(...positive)));
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(...positive))));
  return {
    ticks: Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i)),
    at: (value) => (Math.log10(Math.max(value, 1)) - first) / (last - first),
  };
}

const label = ({ model, zk, threads }: BenchRow): string =>
  `${model}, ${threads} ${threads === 1 ? "thread" : "threads"}, zk ${zk ? "on" : "off"}`;
const fixed = (value: number): string => value.toFixed(1);
const short = (value: number): string =>
  value >= 1e6 ? `${value / 1e6}M` : value >= 1e3 ? `${value / 1e3}k` : String(value);
const escaped = (value: string): string => value.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);

function text(x: number, y: number, content: string, anchor: "start" | "middle" | "end", size = 11): string {
  return `<text x="${fixed(x)}" y="${fixed(y)}" text-anchor="${anchor}" font-size="${size}">${escaped(content)}</text>`;
}

function line(x1: number, y1: number, x2: number, y2: number): string {
  return `<line x1="${fixed(x1)}" y1="${fixed(y1)}" x2="${fixed(x2)}" y2="${fixed(y2)}" stroke="#dddddd"/>`;
}
