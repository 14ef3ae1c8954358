/** What masks add to a verifier: their weights, the only words and operations that a protocol without zero knowledge would not have. */
import type { Circuit } from "../../core/circuit.ts";
import { LOOKUP_MASK_ROWS } from "../../core/layout.ts";
import { openedColumns, sameColumn } from "../../core/opening.ts";
import { type SymbolicClaims, symbolicClaims } from "../../verifier-gen/emit/claims.ts";
import { openingRoots } from "../../verifier-gen/emit/opening.ts";
import { type SymbolicTerm, termSum } from "../../verifier-gen/emit/terms.ts";
import { predictGas } from "../../verifier-gen/gas-model.ts";
import { expressionGas } from "../../verifier-gen/graph/cost.ts";
import { defineMonomials } from "../../verifier-gen/graph/monomials.ts";
import { wordAt } from "../../verifier-gen/layout.ts";
import { createSymbols } from "../../verifier-gen/symbols.ts";

export interface MaskGas {
  /** Terms of the claims that weigh a mask. */
  readonly terms: number;
  /** Gas of `verify` in the standalone form, predicted, with masks less without. */
  readonly gas: number;
  /** Predicted execution of `verify`. */
  readonly executionGas: number;
}

export function maskGas(circuit: Circuit): MaskGas {
  const isMask = ({ column, point }: SymbolicTerm): boolean => {
    const row = point % 2 ** circuit.logRows;
    return column.kind === "witness" && row >= LOOKUP_MASK_ROWS && row < circuit.maskRows;
  };
  const all = verifierGas(circuit, () => true);
  const bare = verifierGas(circuit, (term) => !isMask(term));
  return {
    terms: all.terms - bare.terms,
    gas: Math.round(all.gas - bare.gas),
    executionGas: predictGas(circuit).executionGas,
  };
}

function verifierGas(circuit: Circuit, keep: (term: SymbolicTerm) => boolean): { terms: number; gas: number } {
  const symbols = createSymbols(circuit);
  const claims: SymbolicClaims = symbolicClaims(symbols);
  const terms = claims.terms.filter(keep);
  const fixed = openingRoots(symbols, claims).map(({ node }) => node);
  const weights = openedColumns(circuit).map((column) =>
    symbols.graph.multiply(
      termSum(
        symbols,
        terms.filter((term) => sameColumn(term.column, column)),
      ),
      symbols.graph.load("POINT_MPTR", true),
    ),
  );
  defineMonomials(symbols.graph, {
    power: (k) => wordAt("POWERS_MPTR", k),
    inversePower: (k) => wordAt("INVERSE_POWERS_MPTR", k),
    tau: "TAU_MPTR",
  });
  const gas = expressionGas(fixed, weights);
  return { terms: terms.length, gas: gas.fixed + 2 * gas.varying };
}
