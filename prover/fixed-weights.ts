/** How the weights of the fixed columns are opened, known from the circuit alone. */
import type { Circuit } from "../core/circuit.ts";
import { circuitProducts, fixedCell } from "../core/layout.ts";
import { linearTerms } from "../core/stack.ts";
import { groupByInner } from "./weight-factors.ts";
import { endOf, type ScaledTerm } from "./weights.ts";

export interface FixedWeights {
  /** Fixed columns whose weights are never written out. */
  readonly factored: ReadonlySet<number>;
  /** By group of factored columns: how many, how many times shorter their outer factors are, cells of the inner factor. */
  readonly groups: readonly { readonly columns: number; readonly unit: number; readonly innerLength: number }[];
}

export function fixedWeights(circuit: Circuit): FixedWeights {
  const { fixedLength, fixedColumnLength: length } = circuit;
  const columns = Array.from({ length: Math.ceil(fixedLength / length) }, () => ({
    length,
    terms: [] as ScaledTerm[],
  }));
  const terms = [...linearTerms(circuit), ...circuitProducts(circuit).flatMap(({ right }) => right)];
  for (const { source, base, rowBase, axes } of terms) {
    if (source !== "fixed") continue;
    const { column: index, offset } = fixedCell(circuit, base);
    const term = { column: { kind: "fixed", index } as const, offset, coef: 1n, tauPower: rowBase, axes };
    columns[index].terms.push({ term, scale: 1n });
  }
  const groups = groupByInner(columns);
  return {
    factored: new Set(groups.flatMap((group) => [...group.columns.keys()].map((column) => columns.indexOf(column)))),
    groups: groups.map(({ columns: members, unit, inner }) => {
      return { columns: members.size, unit, innerLength: endOf(inner) };
    }),
  };
}
