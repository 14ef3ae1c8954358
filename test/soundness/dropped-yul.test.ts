/** Everything that a generated contract computes goes into a check: read from the syntax tree of its assembly. */
import { describe, expect, test } from "vitest";
import { generateVerifier } from "../../verifier-gen/generate.ts";
import { readText } from "../support/source-tree.ts";
import { formulaKey } from "../verifier-gen/circuits.ts";
import { droppedInContract } from "./support/dropped-yul.ts";
import { FIXTURES } from "./support/proven.ts";

/** Challenges are drawn in turns of a loop, which gives the state to the next turn; behind the last there is none. */
const LAST_STATE = /^dead variable: state := transcript\(/;

test.each(FIXTURES)("the contract of $title drops nothing", ({ circuit }) => {
  expect(droppedInContract(generateVerifier(formulaKey(circuit)).source)).toEqual([]);
});

test("the universal verifier drops nothing but the state behind the last challenge", () => {
  const [memory, ...dropped] = droppedInContract(readText("contracts/generated/UniversalVerifier.sol"));
  expect(memory).toBe("memory is not followed");
  expect(dropped.map((item) => LAST_STATE.test(item))).toEqual([true]);
});

describe("a contract that drops a value is found out", () => {
  const tiny = readText("contracts/generated/TinyVerifier.sol");
  const cases: [what: string, from: string, to: string, found: string][] = [
    ["a message of a round", "mload(add(ROUNDS_MPTR, 0x3e0))", "mload(add(ROUNDS_MPTR, 0x3c0))", "unconsumed word: 36"],
    [
      "a commitment",
      "mcopy(SCRATCH_MPTR, LAURENT_MPTR, 0x40)",
      "mcopy(SCRATCH_MPTR, BATCH_MPTR, 0x40)",
      "unconsumed word: 43",
    ],
    ["the last claim of a sumcheck", "mload(ZERO_CHECK_CLAIM_MPTR)", "1", "unread word: 0xbe0"],
    ["a challenge", "mload(GAMMA_MPTR)", "1", "unread word: 0x980"],
    [
      "the result of a precompile",
      "if iszero(staticcall(gas(), 8, SCRATCH_MPTR, 0x180, 0x00, 0x20)) { fail(0x84e81692) /* PrecompileFailed() */ }",
      "pop(staticcall(gas(), 8, SCRATCH_MPTR, 0x180, 0x00, 0x20))",
      "ignored result: pop(",
    ],
    [
      "the verdict of a precompile",
      "if iszero(staticcall(gas(), 8, SCRATCH_MPTR, 0x180, 0x00, 0x20)) {",
      "let success := staticcall(gas(), 8, SCRATCH_MPTR, 0x180, 0x00, 0x20) if 0 {",
      "dead variable: success",
    ],
    ["a comparison", "if iszero(canonical) {", "if 0 {", "dead variable: canonical"],
    ["what the pairing answers", "if iszero(eq(mload(0x00), 1)) {", "if 0 {", "unread word: 0x0"],
    ["a public value", "mstore(PUBLIC_MPTR, mod(value, r))", "", "dead variable: value"],
  ];
  test.each(cases)("%s", (_what, from, to, found) => {
    expect(tiny).toContain(from);
    expect(droppedInContract(tiny.replaceAll(from, to)).filter((item) => item.startsWith(found))).not.toEqual([]);
  });
});
