/**
 * That the numbers of a circuit mean the same as integers and modulo r.
 *
 * Statement   cells are 32-bit integers; |acc_i| < 2^250 for whatever such cells stand in a row; an accumulator whose quotient a table
 *             accepts is at most 2^52 + 2^shiftBits.
 * Soundness   both sides of (1) of `core/circuit.ts` then stay below r / 2, so that an equation modulo r is one of integers. Beyond, a
 *             circuit could have proofs for an input whose accumulator no table accepts, since some acc - k·r would be accepted.
 * Exactness   up to 2^53 the prover's doubles hold every integer, so that an honest proof exists.
 */
import type { Axis, Circuit, Segment, Table, Term } from "./circuit.ts";
import { requireCircuit } from "./circuit-error.ts";

/** Far below r / 2, and far above what any model needs. */
export const ACCUMULATOR_LIMIT = 2n ** 250n;
/** Largest quotient times 2^shiftBits. */
const DIVIDEND_LIMIT = 2 ** 52;

const INT32 = { lo: -(2 ** 31), hi: 2 ** 31 - 1 };
/** |cell| of 32 bits. */
const CELL_LIMIT = 2n ** 31n;
/** For readers of tensors; they enter no check. */
const REAL_NUMBERS = ["scale", "elementScales"];

export function validateNumbers(circuit: Circuit): void {
  const { fixed: _, ...program } = circuit;
  requireIntegers(program, "circuit");
  for (const table of circuit.tables) requireCells(circuit, table);
  const witness = witnessBound(circuit);
  const longest = Math.max(2 ** circuit.logRows, circuit.fixedLength);
  for (const segment of circuit.segments) {
    for (const term of termsOf(segment)) for (const axis of term.axes) requireAxis(segment, axis, longest);
    for (const { axes } of segment.linear) {
      const bound = axes.find(({ vars }) => vars !== undefined);
      requireCircuit(bound === undefined, `a linear term of ${segment.name} has variables`, "none", bound?.vars?.count);
    }
    const bound = accumulatorBound(segment, witness);
    const isBelow = bound < ACCUMULATOR_LIMIT;
    requireCircuit(isBelow, `an accumulator of ${segment.name} can wrap`, "less than 2^250", `up to ${bound}`);
  }
}

const termsOf = ({ linear, products }: Segment): readonly Term[] => [
  ...linear,
  ...products.flatMap(({ left, right }) => [...left, ...right]),
];

function requireIntegers(value: unknown, path: string): void {
  if (typeof value === "number")
    requireCircuit(Number.isSafeInteger(value), `${path} is no integer`, "an integer", value);
  if (value === null || typeof value !== "object") return;
  for (const [key, item] of Object.entries(value))
    if (!REAL_NUMBERS.includes(key)) requireIntegers(item, `${path}.${key}`);
}

/** Keys and values of a table are cells. */
function requireCells({ shiftBits }: Circuit, table: Table): void {
  const { name, lo, hi } = table;
  const isCell = (value: bigint): boolean => value >= INT32.lo && value <= INT32.hi;
  const range = `${INT32.lo}..${INT32.hi}`;
  requireCircuit(
    isCell(BigInt(lo)) && isCell(BigInt(hi)),
    `the domain of table ${name} is too wide`,
    range,
    `${lo}..${hi}`,
  );
  const reach = Math.max(-lo, hi) * 2 ** shiftBits;
  requireCircuit(
    reach <= DIVIDEND_LIMIT,
    `the domain of table ${name} is not exact`,
    "up to 2^52 / 2^shiftBits",
    `${lo}..${hi}`,
  );
  const [least, most] = valueRange(table);
  requireCircuit(isCell(least) && isCell(most), `a value of table ${name} is no cell`, range, `${least}..${most}`);
}

/** Of values that the circuit states; fixed cells and memory are cells already. Between two breaks values lie between their ends. */
function valueRange({ lo, hi, breaks = [] }: Table): readonly [least: bigint, most: bigint] {
  const valueAt = (x: number): bigint =>
    breaks
      .filter(({ at }) => at <= x)
      .reduce((sum, { at, level, slope }) => sum + BigInt(level) + BigInt(slope) * BigInt(x - at), 0n);
  const ends = [lo, hi, ...breaks.flatMap(({ at }) => [at - 1, at])].filter((x) => x >= lo && x <= hi);
  const values = ascending(ends.map(valueAt));
  return [values[0], values[values.length - 1]];
}

function requireAxis({ name }: Segment, axis: Axis, longest: number): void {
  const sizes = axis.kind === "plain" ? [axis.n] : [axis.outN, axis.kernelN, axis.inputN];
  const isSize = sizes.every((n) => n >= 1 && n <= longest);
  requireCircuit(isSize, `an axis of ${name} has no size`, `1 to ${longest}`, sizes);
}

/** At least |q| and |y| of every row, whatever its table accepts. */
export function witnessBound({ tables }: Circuit): bigint {
  // Fixed cells and memory are any cells.
  const isStated = tables.every(({ fixedBase, memory }) => fixedBase === undefined && memory === undefined);
  if (!isStated) return CELL_LIMIT;
  const reached = tables.flatMap((table) => {
    const [least, most] = valueRange(table);
    return [magnitude(table.lo), magnitude(table.hi), -least, most];
  });
  return ascending(reached).at(-1) ?? 0n;
}

/** At least |acc| of every row of the segment, for witness cells of at most `witness`. */
export function accumulatorBound({ constant, linear, products }: Segment, witness: bigint): bigint {
  const boundOf = ({ coef, axes, source }: Term): bigint =>
    axes.reduce((count, axis) => count * sizeOf(axis), magnitude(coef) * (source === "fixed" ? CELL_LIMIT : witness));
  const sum = (terms: readonly Term[]): bigint => terms.reduce((total, term) => total + boundOf(term), 0n);
  return products.reduce((total, { left, right }) => total + sum(left) * sum(right), magnitude(constant) + sum(linear));
}

const ascending = (values: readonly bigint[]): bigint[] => values.toSorted((a, b) => (a < b ? -1 : 1));
const magnitude = (value: number): bigint => BigInt(Math.abs(value));

const sizeOf = (axis: Axis): bigint =>
  axis.kind === "plain" ? BigInt(axis.n) : BigInt(axis.outN) * BigInt(axis.kernelN);
