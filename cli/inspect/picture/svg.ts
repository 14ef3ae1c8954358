/** A picture of a model as an SVG file: boxes with the operators they stand for, shaded by their share of the proving time. */
import { percent } from "../../columns.ts";
import type { Box, Picture } from "./groups.ts";
import { placeBoxes } from "./place.ts";

const WIDTH = 270;
const HEIGHT = 56;
const GAP_X = 40;
const GAP_Y = 30;
const MARGIN = 20;
const HEADER = 50;
/** Room on the right for edges that go around boxes. */
const DETOUR = 60;
/** Characters of 13 px that fit in a box. */
const TITLE_LENGTH = 31;

const CHARACTER_WIDTH = 8.5;

const COLOURS: Readonly<Record<Box["status"], string>> = {
  supported: "#ffffff",
  boundary: "#e8eef7",
  constant: "#f2f2f2",
  refused: "#f8c9c4",
  unknown: "#f3ead2",
};

/** `headings` stand above the boxes, a line each. */
export function svgOf(picture: Picture, headings: readonly string[]): string {
  const places = placeBoxes(picture);
  const columns = places.map(({ row }) => places.filter((place) => place.row === row).length);
  const most = Math.max(1, ...columns);
  const longest = Math.max(0, ...headings.map((line) => line.length));
  const width = 2 * MARGIN + Math.max(most * (WIDTH + GAP_X) - GAP_X + DETOUR, CHARACTER_WIDTH * longest);
  const rows = 1 + Math.max(0, ...places.map(({ row }) => row));
  const height = 2 * MARGIN + HEADER + rows * (HEIGHT + GAP_Y) - GAP_Y;
  const leftOf = (box: number): number =>
    MARGIN + ((most - columns[box]) * (WIDTH + GAP_X)) / 2 + places[box].column * (WIDTH + GAP_X);
  const topOf = (box: number): number => MARGIN + HEADER + places[box].row * (HEIGHT + GAP_Y);
  const largest = Math.max(1e-9, ...picture.boxes.map(({ proveShare }) => proveShare));
  const edges = picture.edges.map(([from, to]) => {
    const [x1, y1] = [leftOf(from) + WIDTH / 2, topOf(from) + HEIGHT];
    const [x2, y2] = [leftOf(to) + WIDTH / 2, topOf(to)];
    const bend = Math.max(GAP_Y / 2, (y2 - y1) / 2);
    // An edge past other rows goes around the boxes between them.
    const isFar = y2 - y1 > GAP_Y;
    const aside = Math.max(x1, x2) + WIDTH / 2 + DETOUR / 2;
    const path = isFar
      ? `M${x1} ${y1} C${x1} ${y1 + GAP_Y} ${aside} ${y1} ${aside} ${y1 + GAP_Y + HEIGHT / 2} L${aside} ${y2 - GAP_Y - HEIGHT / 2} C${aside} ${y2} ${x2} ${y2 - GAP_Y} ${x2} ${y2}`
      : `M${x1} ${y1} C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`;
    return `<path d="${path}" fill="none" stroke="#8a94a6" marker-end="url(#arrow)"/>`;
  });
  const boxes = picture.boxes.flatMap((box, index) =>
    boxLines(box, leftOf(index), topOf(index), box.proveShare / largest),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13">`,
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="#8a94a6"/></marker></defs>',
    `<rect width="${width}" height="${height}" fill="#fbfbfd"/>`,
    ...headings.map((line, index) => text(MARGIN, MARGIN + 10 + 18 * index, line, 'font-weight="bold"')),
    ...edges,
    ...boxes,
    "</svg>",
    "",
  ].join("\n");
}

function boxLines(box: Box, left: number, top: number, share: number): string[] {
  const bar = Math.round((WIDTH - 2) * share);
  const cost = box.rows > 0 ? `${box.rows} rows, ${percent(box.proveShare)} time, ${percent(box.gasShare)} gas` : "";
  return [
    `<g><title>${escapeText(box.reason ?? box.title)}</title>`,
    `<rect x="${left}" y="${top}" width="${WIDTH}" height="${HEIGHT}" rx="5" fill="${COLOURS[box.status]}" stroke="#5b6678"/>`,
    ...(bar > 0 ? [`<rect x="${left + 1}" y="${top + HEIGHT - 7}" width="${bar}" height="6" fill="#e08a3c"/>`] : []),
    text(left + 8, top + 18, shorten(box.title), 'font-weight="bold"'),
    text(left + 8, top + 33, shorten(box.reason ?? `[${box.shape}]`), 'fill="#333"'),
    text(left + 8, top + 46, cost, 'font-size="11" fill="#555"'),
    "</g>",
  ];
}

function shorten(line: string): string {
  return line.length > TITLE_LENGTH ? `${line.slice(0, TITLE_LENGTH - 1)}…` : line;
}

function text(x: number, y: number, content: string, attributes: string): string {
  return content === "" ? "" : `<text x="${x}" y="${y}" ${attributes}>${escapeText(content)}</text>`;
}

function escapeText(content: string): string {
  // Control characters, which names in a file may hold, are not allowed in XML.
  const printable = Array.from(content, (character) => ((character.codePointAt(0) ?? 0) < 32 ? " " : character)).join(
    "",
  );
  return printable.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
