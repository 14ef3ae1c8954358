/** A picture of a model as lines of text: a box to a line, its lane on the left, its share of the proving time as a bar. */
import { columns, percent } from "../../columns.ts";
import type { Picture } from "./groups.ts";

const BAR = 12;

/** A box goes on in the lane of the first box it reads that has no other reader in its lane yet; merges name the other lanes' boxes. */
export function treeLines({ boxes, edges }: Picture): string[] {
  const lanes: (number | undefined)[] = [];
  const left = new Map(boxes.map((_, box) => [box, edges.filter(([from]) => from === box).length]));
  const largest = Math.max(1e-9, ...boxes.map(({ proveShare }) => proveShare));
  const rows = boxes.map((box, index) => {
    const sources = edges.flatMap(([from, to]) => (to === index ? [from] : []));
    for (const source of sources) left.set(source, (left.get(source) ?? 0) - 1);
    const ended = sources.filter((source) => left.get(source) === 0).map((source) => lanes.indexOf(source));
    const [own = firstFree(lanes)] = ended.filter((lane) => lane >= 0).sort((a, b) => a - b);
    for (const lane of ended) if (lane >= 0) lanes[lane] = undefined;
    lanes[own] = index;
    const drawn = Array.from(lanes, (holder, lane) => (lane === own ? "●" : holder === undefined ? " " : "│")).join(
      " ",
    );
    if (left.get(index) === 0) lanes[own] = undefined;
    const others = sources.slice(1).map((source) => `#${source}`);
    const reads = sources.length > 1 ? `reads #${sources[0]}, ${others.join(", ")}` : "";
    const status = box.status === "supported" || box.status === "boundary" ? "" : box.status;
    return [
      `${drawn} #${index}`,
      box.title,
      `[${box.shape}]`,
      box.rows > 0 ? `${box.rows} rows` : "",
      box.rows > 0 ? percent(box.proveShare) : "",
      "█".repeat(Math.round((BAR * box.proveShare) / largest)),
      [status, reads].filter((part) => part !== "").join(", "),
    ];
  });
  return rows.length === 0 ? [] : columns(rows);
}

function firstFree(lanes: readonly (number | undefined)[]): number {
  const free = lanes.indexOf(undefined);
  return free < 0 ? lanes.length : free;
}
