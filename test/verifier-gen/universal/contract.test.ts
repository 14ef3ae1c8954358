/** The universal verifier on a chain: who may call it, keys over several contracts, models of different shapes behind one verifier. */
import { bytesToHex, type Hex, hexToBytes } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildUniversalVerifier, type ChosenVerifier, deployVerifier } from "../../../api/verifier.ts";
import type { VerifyingKey } from "../../../core/verifying-key.ts";
import { createEngine } from "../../../prover/engine.ts";
import { type Proof, prove } from "../../../prover/prove.ts";
import { compileVerifier } from "../../../verifier-gen/compile-solidity.ts";
import { creationCode, universalKey } from "../../../verifier-gen/universal/pages.ts";
import { mixedCircuit, numbers, tinyCircuit } from "../../support/circuits.ts";
import { testKey } from "../../support/proofs.ts";
import { createVerifierChain, VERIFY_ABI, type VerifierChain } from "../chain.ts";
import { formulaKey } from "../circuits.ts";

const SEED = 21;
const context = new Uint8Array(32).fill(7);

let chain: VerifierChain;
let universal: Hex;
let key: VerifyingKey;
let proof: Proof;
beforeAll(async () => {
  chain = await createVerifierChain();
  universal = await chain.deploy((await buildUniversalVerifier()).bytecode);
  const engine = await createEngine({ threads: 1 });
  const provingKey = testKey(engine, mixedCircuit({ seed: SEED }));
  key = provingKey.verifyingKey;
  const random = numbers(SEED);
  proof = prove(provingKey, [Array.from({ length: 25 }, () => random(0, 50))], context);
  await engine.close();
});
afterAll(() => chain.close());

function deployed(forKey: VerifyingKey, maxCodeBytes?: number): Promise<Hex> {
  const chosen: ChosenVerifier = { form: "universal", key: universalKey(forKey, maxCodeBytes), reason: "test" };
  return deployVerifier(chosen, chain.deploy, universal).then(({ address }) => address);
}

test.each([2048, 1024, 768])("a key in pages of %i bytes", async (maxCodeBytes) => {
  const { pages } = universalKey(key, maxCodeBytes);
  expect(pages.length).toBeGreaterThan(1);
  for (const page of pages) expect(page.length).toBeLessThanOrEqual(maxCodeBytes);
  const address = await deployed(key, maxCodeBytes);
  expect(await chain.outcome(address, proof, proof.proof)).toBe("accepted");
  const changed = proof.proof.map((byte, i) => (i === proof.proof.length - 1 ? byte ^ 1 : byte));
  expect(await chain.outcome(address, proof, changed)).toBe("PrecompileFailed");
});

test("keys of several models share one verifier", async () => {
  const addresses = [await deployed(formulaKey(tinyCircuit())), await deployed(key)];
  expect(await chain.outcome(addresses[0], proof, proof.proof)).toBe("ProofLength");
  expect(await chain.outcome(addresses[1], proof, proof.proof)).toBe("accepted");
});

describe("callers without a key", () => {
  test("the verifier itself", async () => {
    expect(await chain.outcome(universal, proof, proof.proof)).toBe("CallerHasNoKey");
  });

  test("a contract that forwards like a stub", async () => {
    const forwarder = await chain.deploy((await compileVerifier(forwarderSource(universal))).bytecode);
    expect(await chain.outcome(forwarder, proof, proof.proof)).toBe("CallerHasNoKey");
  });

  test("a stub that delegates", async () => {
    const code = universalKey(key).contractCode(hexToBytes(universal), []);
    code[code.indexOf(0xfa, 30)] = 0xf4;
    const address = await chain.deploy(bytesToHex(creationCode(code)));
    expect(await chain.outcome(address, proof, proof.proof)).toBe("CallerHasNoKey");
  });
});

/** Forwards as a stub does, from ordinary Solidity. */
function forwarderSource(target: Hex): string {
  const signature = VERIFY_ABI[0].inputs.map(
    ({ type, name }) => `${type}${type === "bytes" ? " calldata" : ""} ${name}`,
  );
  return `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;
contract Forwarder {
    function verify(${signature.join(", ")}) external view returns (uint256) {
        (bool ok, bytes memory data) = address(uint160(${BigInt(target)})).staticcall(msg.data);
        (proof, input, output, context);
        if (!ok) assembly { revert(add(data, 0x20), mload(data)) }
        return abi.decode(data, (uint256));
    }
}`;
}
