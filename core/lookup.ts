/**
 * The lookup argument: every activation pair and every remainder stands in the table.
 *
 * Statement   for rows i >= maskRows: (q_i, y_i) is a pair of the row's table, and 0 <= rem_i < 2^shiftBits.
 * Columns     phi1_i = alpha + q_i + beta·y_i + beta^2·tag_i      tag_i = 1 + index of the row's table
 *             phi2_i = alpha + rem_i
 *             phiT_i = alpha + key_i + beta·value_i + beta^2·tableTag_i
 *             h_i    = 1/phi1_i + 1/phi2_i - m_i/phiT_i
 * Table rows  from maskRows on: the range 0..2^shiftBits-1 with value 0 and tag 0, then each activation table in turn with its own
 *             tag. The value of a memory row is a witness cell. Rows above the last table repeat (0, 0, tag 0), a member of the
 *             range. Rows below maskRows continue the range downwards: they are left out of the sum, and distinct keys there let m
 *             hide h (docs/protocol.md, section 7).
 * Checks      h·phi1·phi2·phiT = phi2·phiT + phi1·phiT - m·phi1·phi2 on every row (zero-check);
 *             sum_{i >= maskRows} h_i = 0 (linear claim on the helper column).
 *             Masked rows satisfy the first by the choice of h and are left out of the second.
 * Values      value_i = piecewise part + sent evaluation's part: fixed cells, memory cells and, with memory, a mask on row 0. All of
 *             them are cells of committed columns, so the value column at u is a linear claim on them (`core/claims.ts`).
 * Soundness   alpha, beta are drawn after all looked-up cells and m. Where no phi is zero, h is what its definition says, and the sum
 *             of h is a fraction whose numerator has degree below 6N in alpha and beta together, and is zero for equal multisets only
 *             (Haboeck, LogUp, ePrint 2022/1530, Lemma 5): a mismatch survives with probability at most 6N/2^253 (Schwartz-Zippel).
 *             Some phi is zero with probability at most 3N/2^253. 2N < r, so multiplicities cannot wrap.
 */
import type { Break, Circuit } from "./circuit.ts";
import { add, mul, sub } from "./field.ts";
import { piecewiseExtension } from "./piecewise.ts";

export interface TablePlacement {
  /** Row of the table's first entry. */
  readonly row: number;
  readonly size: number;
  readonly tag: number;
}

export const RANGE_TAG = 0;

/** Table row whose value is the mask of the value column, where tables read memory. */
export const VALUE_MASK_TABLE_ROW = 0;

/** True when some table's values are cells of a committed column. */
export function hasCommittedValues({ tables }: Pick<Circuit, "tables">): boolean {
  return tables.some(({ fixedBase, memory }) => fixedBase !== undefined || memory !== undefined);
}

/** Row of remainder 0. */
export function rangePlacement(circuit: Circuit): TablePlacement {
  return { row: circuit.maskRows, size: 2 ** circuit.shiftBits, tag: RANGE_TAG };
}

/** Placement of each activation table, in order. */
export function tablePlacements(circuit: Circuit): TablePlacement[] {
  let row = circuit.maskRows + 2 ** circuit.shiftBits;
  return circuit.tables.map((table, index) => {
    const placement = { row, size: table.hi - table.lo + 1, tag: index + 1 };
    row += placement.size;
    return placement;
  });
}

/** Key, value and tag of the table rows as piecewise linear functions of the row; `value` leaves committed values at 0. */
export interface TableFunctions {
  readonly key: Break[];
  readonly value: Break[];
  readonly tag: Break[];
}

export function tableFunctions(circuit: Circuit): TableFunctions {
  const range = rangePlacement(circuit);
  const key: Break[] = [
    { at: 0, level: -range.row, slope: 1 },
    { at: range.row + range.size, level: -range.size, slope: -1 },
  ];
  const value: Break[] = [];
  const tag: Break[] = [];
  tablePlacements(circuit).forEach(({ row, size, tag: tableTag }, index) => {
    const table = circuit.tables[index];
    key.push({ at: row, level: table.lo, slope: 1 }, { at: row + size, level: -(table.hi + 1), slope: -1 });
    tag.push({ at: row, level: tableTag, slope: 0 }, { at: row + size, level: -tableTag, slope: 0 });
    if (table.breaks) value.push(...placedBreaks(table.breaks, table.lo, row, size));
  });
  return { key: merged(key), value: merged(value), tag: merged(tag) };
}

/** Breaks over q moved to rows, with a last break that returns the function to 0 behind the table. */
function placedBreaks(breaks: readonly Break[], lo: number, row: number, size: number): Break[] {
  const end = row + size;
  const inside = breaks.filter(({ at }) => at < lo + size);
  const placed = inside.map(({ at, level, slope }) => {
    const from = Math.max(at, lo);
    return { at: row + from - lo, level: level + slope * (from - at), slope };
  });
  const level = placed.reduce((sum, item) => sum + item.level + item.slope * (end - item.at), 0);
  const slope = placed.reduce((sum, item) => sum + item.slope, 0);
  return [...placed, { at: end, level: -level, slope: -slope }];
}

/** One break per position, positions ascending, vanishing breaks dropped. */
function merged(breaks: readonly Break[]): Break[] {
  const byPosition = new Map<number, Break>();
  for (const { at, level, slope } of breaks) {
    const seen = byPosition.get(at);
    byPosition.set(at, { at, level: (seen?.level ?? 0) + level, slope: (seen?.slope ?? 0) + slope });
  }
  return [...byPosition.values()].filter((item) => item.level !== 0 || item.slope !== 0).sort((a, b) => a.at - b.at);
}

/** Table index of every row, as a step function: inputs first, then segments by row; padding keeps the last table. */
export function rowTags(circuit: Circuit): Break[] {
  const spans = [
    ...circuit.inputs.map((input) => ({ start: input.start, table: input.table })),
    ...circuit.segments.map((segment) => ({ start: segment.start, table: segment.table })),
  ].sort((a, b) => a.start - b.start);
  const breaks: Break[] = [];
  let current = 0;
  for (const { start, table } of spans) {
    const tag = table + 1;
    if (tag !== current) breaks.push({ at: breaks.length === 0 ? 0 : start, level: tag - current, slope: 0 });
    current = tag;
  }
  return breaks;
}

export interface LookupEvaluations {
  readonly q: bigint;
  readonly y: bigint;
  readonly rem: bigint;
  readonly m: bigint;
  readonly h: bigint;
  /** Extension of the committed values; 0 when there are none. */
  readonly table: bigint;
}

/** phi1·phi2·(h·phiT + m) - phiT·(phi1 + phi2) at the zero-check point u. */
export function lookupConstraintAt(
  circuit: Circuit,
  at: LookupEvaluations,
  u: readonly bigint[],
  alpha: bigint,
  beta: bigint,
): bigint {
  const betaSquared = mul(beta, beta);
  const functions = tableFunctions(circuit);
  const extension = (breaks: readonly Break[]): bigint => piecewiseExtension(breaks, u);
  const phi1 = add(add(alpha, at.q), add(mul(beta, at.y), mul(betaSquared, extension(rowTags(circuit)))));
  const phi2 = add(alpha, at.rem);
  const tableValue = add(extension(functions.value), at.table);
  const phiT = add(
    add(alpha, extension(functions.key)),
    add(mul(beta, tableValue), mul(betaSquared, extension(functions.tag))),
  );
  return sub(mul(mul(phi1, phi2), add(mul(at.h, phiT), at.m)), mul(phiT, add(phi1, phi2)));
}

/** y = T(q) for every integer of the table's domain; zeros for a table that reads memory. */
export function tableValues(circuit: Circuit, index: number): Int32Array {
  const { lo, hi, breaks, fixedBase } = circuit.tables[index];
  if (fixedBase !== undefined) return circuit.fixed.slice(fixedBase, fixedBase + hi - lo + 1);
  const values = new Int32Array(hi - lo + 1);
  for (let x = lo; x <= hi; x++) {
    let value = 0;
    for (const item of breaks ?? []) if (x >= item.at) value += item.level + item.slope * (x - item.at);
    values[x - lo] = value;
  }
  return values;
}
