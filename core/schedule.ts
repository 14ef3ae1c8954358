/**
 * The messages of a proof and its challenges, in order. Prover, verifier and generated Solidity all follow this list, and the
 * proof is its messages one after another (`core/proof.ts`).
 *
 * n = logRows, b = productBits. Variables are bound from the highest to the lowest: round `variable` n-1 comes first.
 */
import type { Circuit } from "./circuit.ts";
import { circuitProducts, layoutOf, operandCount, PRODUCT_DEGREE, ZERO_CHECK_DEGREE } from "./layout.ts";
import { hasCommittedValues } from "./lookup.ts";

/** `count` curve points (two words each, below q) or scalars (one word each, below r). */
export interface Part {
  readonly name: string;
  readonly kind: "point" | "scalar";
  readonly count: number;
}

export interface Absorb {
  readonly kind: "absorb";
  readonly name: string;
  readonly parts: readonly Part[];
}

export interface Squeeze {
  readonly kind: "squeeze";
  readonly name: string;
}

export type Step = Absorb | Squeeze;

export function wordCount(step: { readonly parts: readonly Part[] }): number {
  return step.parts.reduce((sum, part) => sum + partWords(part), 0);
}

export function partWords(part: Part): number {
  return part.kind === "point" ? 2 * part.count : part.count;
}

export const roundName = (variable: number): string => `round ${variable}`;
export const pointName = (variable: number): string => `u${variable}`;

const point = (name: string, count = 1): Part => ({ name, kind: "point", count });
const scalar = (name: string, count = 1): Part => ({ name, kind: "scalar", count });
const absorb = (name: string, ...parts: Part[]): Step => ({
  kind: "absorb",
  name,
  parts: parts.filter((part) => part.count > 0),
});
const squeeze = (name: string): Step => ({ kind: "squeeze", name });

/** The steps of a proof for a circuit; they depend on its shape alone. */
export function scheduleOf(circuit: Circuit): Step[] {
  const layout = layoutOf(circuit);
  const rounds: Step[] = [];
  for (let variable = layout.logRows - 1; variable >= 0; variable--) {
    const productWords = variable < layout.productBits ? PRODUCT_DEGREE : 0;
    rounds.push(
      absorb(roundName(variable), scalar("zero-check", ZERO_CHECK_DEGREE), scalar("product", productWords)),
      squeeze(pointName(variable)),
    );
  }
  return [
    absorb("witness", point("columns", layout.witnessColumns)),
    squeeze("alpha"),
    squeeze("beta"),
    squeeze("tau"),
    absorb("helper", point("column"), scalar("sum")),
    squeeze("omega"),
    ...rounds,
    absorb(
      "evaluations",
      scalar("q"),
      scalar("y"),
      scalar("rem"),
      scalar("m"),
      scalar("h"),
      scalar("table", hasCommittedValues(circuit) ? 1 : 0),
      scalar("operands", operandCount(circuitProducts(circuit))),
    ),
    squeeze("gamma"),
    absorb("laurent", point("quotient")),
    squeeze("z"),
    absorb("openings", scalar("atZ"), scalar("atInverse"), scalar("quotientAtZ")),
    squeeze("delta"),
    absorb("batch", point("quotient")),
    squeeze("zeta"),
  ];
}

/** What follows the last challenge and is therefore not absorbed: 1/(z(z^2-1)), unique, and the opening proof. */
export const TAIL_PARTS: readonly Part[] = [scalar("inverse"), point("opening")];
