/** Mutants of a generated contract that no proof can tell from it, and why. */
import type { ContractMutant } from "./contract-mutants.ts";

interface Explanation {
  readonly source: RegExp;
  readonly change: RegExp;
  readonly why: string;
}

const EXPLAINED: readonly Explanation[] = [
  {
    source: /^if gt\(mload\(0x40\), STATEMENT_MPTR\)/,
    change: /^(check removed|gt to lt)$/,
    why: "the compiler's free memory starts at STATEMENT_MPTR; the check guards against a compiler that reserves more",
  },
  {
    source: /^mstore\((add\(COLUMN_SCALARS_MPTR, \w+\)|COLUMN_SCALARS_MPTR), 0\)$/,
    change: /^statement removed$/,
    why: "memory that was not written is zero; the statement guards against a layout in which it was",
  },
  {
    source: /^uint256 private constant PROOF_WORD_BYTES = /,
    change: /^length plus one$/,
    why: "copies one byte more of the calldata to where the first challenge is written later",
  },
  {
    source: /^if iszero\(staticcall\(gas\(\), [67], /,
    change: /^result ignored$/,
    why: "what failed leaves a point off the curve where it is, which the next addition refuses too; where gas ran out, less is left than that costs",
  },
  {
    source: /^mstore\(0x00, 0\)$/,
    change: /^statement removed$/,
    why: "the precompile writes its answer whenever it succeeds, and that it succeeds is checked",
  },
];

export function explanationOf({ source, change }: Pick<ContractMutant, "source" | "change">): string | undefined {
  return EXPLAINED.find((item) => item.source.test(source) && item.change.test(change))?.why;
}
