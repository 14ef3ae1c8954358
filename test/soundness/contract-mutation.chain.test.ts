/** Removing or inverting a check of a generated contract is noticed: a fixed sample of `scripts/mutate-contract.ts`. */
import { expect, test } from "vitest";
import { mutateContract } from "../../scripts/mutate-contract.ts";
import { contractMutants } from "../../scripts/mutation/contract-mutants.ts";
import { LONG } from "./support/report.ts";

const SAMPLE = 24;
/** Mutants hang now and then until their own time is over. */
const TIMEOUT_MS = 900_000;

test.skipIf(LONG)(
  `${SAMPLE} mutants are killed or explained`,
  async () => {
    const { mutants, survivors } = await mutateContract({ sample: SAMPLE });
    expect(mutants).toBe(SAMPLE);
    expect(survivors.filter(({ why }) => why === "")).toEqual([]);
  },
  TIMEOUT_MS,
);

test("each check is removed, inverted and left out of its conjunction", () => {
  const source = [
    "if iszero(eq(proof.length, PROOF_BYTES)) { fail(0x1c35f1c8) /* ProofLength() */ }",
    "canonical := and(canonical, lt(p0, r))",
    "mstore(ALPHA_MPTR, and(state, CHALLENGE_MASK))",
    "let z := mload(Z_MPTR)",
    "if (block.chainid != 1 && block.chainid != 2) revert DevelopmentSrs();",
    "// if iszero(eq(1, 1)) { fail(0) }",
    "if iszero(staticcall(gas(), 6, 0x00, 0x80, 0x00, 0x40)) { fail(0x84e81692) /* PrecompileFailed() */ }",
    "if second { continue }",
    "checkScalars(canonical)",
    "if (!holds(pairs)) return false;",
    "uint256 scalar = i == 0 ? 1 : 2;",
    "pairs[2] = 3;",
  ].join("\n");
  const found = contractMutants(source).map(({ line, change }) => `${line} ${change}`);
  expect(found).toEqual([
    "1 check removed",
    "1 check inverted",
    "1 eq inverted",
    "2 comparison with r removed",
    "2 lt to gt",
    "2 and to or",
    "2 statement removed",
    "3 challenge not masked",
    "3 statement removed",
    "4 value zeroed",
    "5 check removed",
    "5 check inverted",
    "5 && to ||",
    "7 check removed",
    "7 check inverted",
    "7 result ignored",
    "8 branch always taken",
    "8 branch never taken",
    "9 statement removed",
    "10 check removed",
    "10 check inverted",
    "11 == to !=",
    "12 statement removed",
  ]);
});
