/**
 * Lookups in two stages. A table covers the worst case of its rows, which is far wider than where its function changes: behind some
 * limits a clamp, a sigmoid or a decay is constant. Where many functions are, their worst cases are paid for once: a first lookup, in
 * one table for all, limits q to an interval that holds their limits, and a second one applies the function in a narrow table.
 *
 *     first     y1 = limit(q)                rows of the segment as it was
 *     second    q2 = y1, y = T(q2)           as many rows more; y = T(q), since T is constant outside the limits
 *
 * Rows grow and tables shrink, so it pays where tables decide the size of the circuit, and no single domain does.
 */
import type { Extent } from "../3-quantize/bounds.ts";
import { powerOfTwo, powerOfTwoAtLeast } from "../math.ts";
import { type ClampTable, evaluateTable, type MapTable, tableKey } from "../table-function.ts";
import { mergeAxes, plain } from "./axes.ts";
import type { Cells, Draft, DraftSegment, DraftTerm, TableRequest } from "./draft.ts";
import type { Output } from "./public-tensors.ts";
import { assignTables, domainSize } from "./tables.ts";
import type { View } from "./view.ts";

export interface DraftProgram {
  readonly draft: Draft;
  readonly outputs: readonly Output[];
}

/** The same function in the smallest circuit that some limits give; `given` itself where no table reaches past any. */
export function limitLookups(given: DraftProgram): DraftProgram {
  const bands = given.draft.segments.map(({ request }) => bandOf(request));
  const widest = bands.reduce((most, band) => Math.max(most, band ? Math.max(-band.lo, band.hi + 1) : 0), 1);
  let best: (DraftProgram & Size) | undefined;
  for (let reach = powerOfTwoAtLeast(widest); reach >= 1; reach /= 2) {
    const within = bands.filter((band) => band !== undefined && -band.lo <= reach && band.hi < reach) as Band[];
    if (within.length === 0) break;
    const lo = within.reduce((least, band) => Math.min(least, band.lo), 0);
    const limit: ClampTable = { kind: "clamp", lo, hi: within.reduce((most, band) => Math.max(most, band.hi), lo) };
    const isSplit = given.draft.segments.map(({ request }, index) => {
      const isOther = isFunction(request.table) && tableKey(request.table) !== tableKey(limit);
      return isOther && isInside(bands[index], limit) && !isInside(request, limit);
    });
    if (!isSplit.includes(true)) continue;
    const program = splitSegments(given, isSplit, limit);
    const size = sizeOf(program.draft);
    const isSmaller = best === undefined || size.logRows < best.logRows;
    if (isSmaller || (size.logRows === best?.logRows && size.rows < best.rows)) best = { ...program, ...size };
  }
  return best ?? given;
}

type Band = Extent;

function isInside(inner: Extent | undefined, outer: Extent): boolean {
  return inner !== undefined && inner.lo >= outer.lo && inner.hi <= outer.hi;
}

interface Size {
  readonly logRows: number;
  readonly rows: number;
}

/** Without the rows kept for masks. */
function sizeOf(draft: Draft): Size {
  const rows = [...draft.inputs, ...draft.segments].reduce((sum, { count }) => sum + count, 0);
  const tables = assignTables(draft).tables.reduce((sum, table) => sum + domainSize(table), 2 ** draft.shiftBits);
  return { logRows: Math.ceil(Math.log2(Math.max(rows, tables))), rows };
}

function isFunction(table: TableRequest["table"]): table is ClampTable | MapTable {
  return table.kind === "clamp" || table.kind === "map";
}

/** The function is constant from lo down and from hi up; undefined where the table is no function of any integer. */
function bandOf({ table, lo, hi }: TableRequest): Band | undefined {
  if (!isFunction(table)) return undefined;
  const valueAt = (q: number): number => evaluateTable(table, q);
  const [first, last] = [valueAt(lo), valueAt(hi)];
  let [from, to] = [lo, hi];
  while (from < hi && valueAt(from + 1) === first) from++;
  while (to > from && valueAt(to - 1) === last) to--;
  return { lo: from, hi: to };
}

/** Chosen segments become two, the limit and the function of it; readers of their y read the second. */
function splitSegments({ draft, outputs }: DraftProgram, isSplit: readonly boolean[], limit: ClampTable): DraftProgram {
  const { inputs } = draft;
  const owners: number[] = inputs.map((_, owner) => owner);
  let end = inputs.length;
  for (const split of isSplit) {
    owners.push(end);
    end += split ? 2 : 1;
  }
  const moved = ({ owner, block }: Cells): Cells => {
    const readsSecond = block === "y" && isSplit[owner - inputs.length] === true;
    return { owner: owners[owner] + (readsSecond ? 1 : 0), block };
  };
  const movedTerm = (term: DraftTerm): DraftTerm =>
    "blob" in term.source ? term : { ...term, source: moved(term.source) };
  const movedTable = ({ table, ...extent }: TableRequest): TableRequest => ({
    ...extent,
    table: table.kind === "memory" ? { ...table, cells: moved(table.cells) } : table,
  });
  const movedView = (view: View): View => ({
    ...view,
    terms: view.terms.map((term) => ({ ...term, cells: moved(term.cells) })),
  });
  const segments = draft.segments.flatMap((segment, index): DraftSegment[] => {
    const own: DraftSegment = {
      ...segment,
      request: movedTable(segment.request),
      linear: segment.linear.map(movedTerm),
      products: segment.products.map(({ bits, left, right }) => ({
        bits,
        left: left.map(movedTerm),
        right: right.map(movedTerm),
      })),
    };
    return isSplit[index] ? stagesOf(own, owners[inputs.length + index], limit, draft.shiftBits) : [own];
  });
  return {
    draft: { ...draft, segments },
    outputs: outputs.map((output) => ({ ...output, view: movedView(output.view) })),
  };
}

function stagesOf(segment: DraftSegment, owner: number, limit: ClampTable, shiftBits: number): DraftSegment[] {
  const { name, count, request } = segment;
  const { table, lo, hi } = request;
  const limited: DraftTerm = {
    source: { owner, block: "y" },
    base: 0,
    rowBase: 0,
    coef: powerOfTwo(shiftBits),
    axes: mergeAxes([plain(count, 1, 1)]),
  };
  return [
    { ...segment, request: { table: limit, lo, hi } },
    {
      name,
      count,
      request: { table, lo: Math.max(lo, limit.lo), hi: Math.min(hi, limit.hi) },
      constant: 0,
      linear: [limited],
      products: [],
    },
  ];
}
