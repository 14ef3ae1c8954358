/** The exact integer meaning of an activation: y = T(q). */
import { type Activation, evaluateActivation } from "./activation.ts";
import { roundHalfUp } from "./math.ts";

/** The step's value is q itself; y is not read. */
interface NoTable {
  readonly kind: "none";
}

/** y = q limited to lo..hi. */
export interface ClampTable {
  readonly kind: "clamp";
  readonly lo: number;
  readonly hi: number;
}

/** y = f(q·inputScale) / outputScale rounded half up, limited to lo..hi. */
export interface MapTable {
  readonly kind: "map";
  readonly activation: Activation;
  readonly inputScale: number;
  readonly outputScale: number;
  readonly lo: number;
  readonly hi: number;
}

export type TableFunction = NoTable | ClampTable | MapTable;

export function evaluateTable(table: TableFunction, q: number): number {
  if (table.kind === "none") return q;
  const value =
    table.kind === "clamp"
      ? q
      : roundHalfUp(evaluateActivation(table.activation, q * table.inputScale) / table.outputScale);
  return Math.max(table.lo, Math.min(table.hi, value));
}

/** Names the function: equal text, equal function. */
export function tableKey(table: TableFunction): string {
  if (table.kind === "none") return "none";
  if (table.kind === "clamp")
    return table.lo === Number.NEGATIVE_INFINITY ? "identity" : `clamp ${table.lo}..${table.hi}`;
  const { name, ...parameters } = table.activation;
  return [name, ...Object.values(parameters), table.inputScale, table.outputScale, `${table.lo}..${table.hi}`].join(
    " ",
  );
}

/**
 * Smallest and largest y over q in lo..hi, or bounds of them: activations are monotone, but leakyRelu with a negative slope and
 * functions, of which only the limits are known.
 */
export function tableRange(table: TableFunction, lo: number, hi: number): { lo: number; hi: number } {
  if (table.kind === "map" && table.activation.name === "function") return { lo: table.lo, hi: table.hi };
  const ends = [evaluateTable(table, lo), evaluateTable(table, hi)];
  if (lo <= 0 && hi >= 0) ends.push(evaluateTable(table, 0));
  return { lo: Math.min(...ends), hi: Math.max(...ends) };
}
