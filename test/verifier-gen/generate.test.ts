/** What the generator refuses, and what a model's names may not do to its source. */
import { bn254 } from "@noble/curves/bn254.js";
import { expect, test } from "vitest";
import { batchableVerifierAbi } from "../../contracts/abi/batchable-verifier.gen.ts";
import type { Circuit } from "../../core/circuit.ts";
import { createVerifyingKey, type VerifyingKey } from "../../core/verifying-key.ts";
import { compileVerifier } from "../../verifier-gen/compile-solidity.ts";
import { CompileError, KeyError, NameError } from "../../verifier-gen/errors.ts";
import { generateVerifier } from "../../verifier-gen/generate.ts";
import { tinyCircuit } from "../support/circuits.ts";
import { formulaKey } from "./circuits.ts";

const key = formulaKey(tinyCircuit());
const generator = bn254.G2.Point.BASE.toAffine();

test.each<[string, Partial<VerifyingKey>]>([
  ["no commitment", { fixedCommitments: [] }],
  ["one commitment too many", { fixedCommitments: [...key.fixedCommitments, ...key.fixedCommitments] }],
  ["infinity as a commitment", { fixedCommitments: [{ x: 0n, y: 0n }] }],
  ["a commitment off the curve", { fixedCommitments: [{ x: 1n, y: 3n }] }],
  ["tau = 1", { tauG2: [generator.x.c1, generator.x.c0, generator.y.c1, generator.y.c0] }],
  ["tau = 0", { tauG2: [0n, 0n, 0n, 0n] }],
  ["a [tau]_2 off the curve", { tauG2: [1n, 2n, 3n, 4n] }],
])("%s is refused", (_name, change) => {
  expect(() => generateVerifier({ ...key, ...change })).toThrow(KeyError);
});

test("the same key gives the same source", () => {
  expect(generateVerifier(key).source).toBe(generateVerifier(formulaKey(tinyCircuit())).source);
});

test("the compiled contract has the interface's functions", async () => {
  const { source, contractName } = generateVerifier(key);
  const { abi } = await compileVerifier(source, contractName);
  const functions = (
    items: readonly { type: string; name?: string; inputs?: readonly { type: string }[]; stateMutability?: string }[],
  ) =>
    items
      .filter(({ type }) => type === "function")
      .map(({ name, inputs, stateMutability }) => `${name}(${inputs?.map(({ type }) => type)}) ${stateMutability}`)
      .sort();
  expect(functions(abi)).toEqual(functions(batchableVerifierAbi));
});

test.each([
  ["lenet5", "Lenet5Verifier"],
  ["digits-mlp_v2", "DigitsMlpV2Verifier"],
  ["8x8", "Model8x8Verifier"],
  ["日本", "ModelVerifier"],
])("a model named %s becomes %s", (name, contractName) => {
  expect(generateVerifier(renamed(name)).contractName).toBe(contractName);
});

test.each(["a b", "1st", "", "A{}contract B", "x;"])("the contract name %j is refused", (contractName) => {
  expect(() => generateVerifier(key, { contractName })).toThrow(NameError);
});

test("line breaks in names stay inside comments", async () => {
  const breaks = ["\n", "\r", "\u2028", "\u2029", "\u0085", "\v"].map((end) => `x${end}contract Evil { } //`);
  for (const name of breaks) {
    const plain = generateVerifier(renamed("x", "x")).source.split(/\n/);
    const { source } = generateVerifier(renamed(name, name), { contractName: "XVerifier" });
    expect(source.split(/[\n\r\u2028\u2029\u0085\v\f]/).length).toBe(plain.length);
  }
  const { source } = generateVerifier(renamed(breaks[0], breaks[0]), { contractName: "XVerifier" });
  await expect(compileVerifier(source, "Evil")).rejects.toThrow(CompileError);
});

function renamed(name: string, tensor = "x"): VerifyingKey {
  const circuit: Circuit = tinyCircuit();
  const inputs = circuit.inputs.map((input) => ({ ...input, name: tensor }));
  return createVerifyingKey({ ...circuit, name, inputs }, key.fixedCommitments, key.tauG2, key.insecureSrs);
}
