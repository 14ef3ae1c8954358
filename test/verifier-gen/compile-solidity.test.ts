import { expect, test } from "vitest";
import { MAX_CODE_BYTES } from "../../verifier-gen/code-size.ts";
import { compileVerifier } from "../../verifier-gen/compile-solidity.ts";
import { CompileError } from "../../verifier-gen/errors.ts";

const contract = (body: string): string =>
  `// SPDX-License-Identifier: MIT\npragma solidity ^0.8.0;\ncontract C { ${body} }`;
const data = (bytes: number): string =>
  Array.from({ length: bytes }, (_, i) => (i % 251).toString(16).padStart(2, "0")).join("");

test("code above the limit of a contract is compiled, and its size reported", async () => {
  const bytes = MAX_CODE_BYTES + 1000;
  const { runtimeBytes } = await compileVerifier(
    contract(`function f() external pure returns (bytes memory) { return hex"${data(bytes)}"; }`),
  );
  expect(runtimeBytes).toBeGreaterThan(bytes);
});

test("any other warning is refused", async () => {
  const unused = contract("function f() external pure { uint256 unused; }");
  await expect(compileVerifier(unused)).rejects.toThrow(CompileError);
});
