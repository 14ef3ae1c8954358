/** The contracts under mutation, and the proofs, keys and calls that their answers are compared on. */
import { bytesToHex, encodeFunctionData, type Hex, hexToBytes, parseAbi } from "viem";
import { deployVerifier } from "../../api/verifier.ts";
import { createVerifyingKey } from "../../core/verifying-key.ts";
import { createEngine } from "../../prover/engine.ts";
import { withHint } from "../../test/soundness/support/hint.ts";
import { FIXTURES, type Fixture, provenPair, provenWith, SEED } from "../../test/soundness/support/proven.ts";
import {
  lengthTampers,
  nameOf,
  type Proven,
  preimageTampers,
  proofTampers,
  shapeTampers,
  statementTampers,
} from "../../test/soundness/support/tampers.ts";
import { createVerifierChain, type VerifierChain, verifyCalldata } from "../../test/verifier-gen/chain.ts";
import { compileVerifier } from "../../verifier-gen/compile-solidity.ts";
import { generateVerifier } from "../../verifier-gen/generate.ts";
import { universalSource } from "../../verifier-gen/universal/contract.ts";
import { creationCode, universalKey } from "../../verifier-gen/universal/pages.ts";
import type { Case, Stand } from "./contract-suite.ts";

export interface Subject {
  readonly title: string;
  readonly source: string;
  /** A contract behind the source that is deployed in its place and not mutated. */
  readonly caller?: { readonly name: string; readonly source: string };
  readonly stands: readonly Stand[];
  close(): Promise<void>;
}

/**
 * A challenge left unmasked differs from the masked one in seven of eight proofs: ten seeds would have to be unlucky together. What
 * they are is the same in every run.
 */
const FURTHER_PROOFS = 8;

const PUBLIC_CHAIN = 1;

const VK_DIGEST = encodeFunctionData({ abi: parseAbi(["function vkDigest() view returns (bytes32)"]) });

interface Proofs {
  readonly proven: Proven;
  readonly cases: readonly Case[];
}

/** Everything a deployed verifier is asked about one key. */
async function proofsOf(fixture: Fixture): Promise<Proofs> {
  const engine = await createEngine({ threads: 1 });
  const { key, proven, other } = provenPair(engine, fixture);
  const further = Array.from({ length: FURTHER_PROOFS }, (_, i) => provenWith(key, fixture, SEED + 3 + i));
  await engine.close();
  const altered = proofTampers(proven, other.proof);
  const repaired = altered.filter(({ target, way }) => !target.startsWith("tail/") && !/^(not canon|x is 2)/.test(way));
  const context = lengthTampers(proven).filter(({ target }) => target !== "context");
  const statements = [...statementTampers(proven), ...preimageTampers(proven)];
  const tampers = [
    ...shapeTampers(proven),
    ...context,
    ...altered,
    ...repaired.map(withHint),
    ...statements,
    ...statements.map(withHint),
  ];
  return {
    proven,
    cases: [
      ...[proven, other, ...further].map((one, i) => ask(`honest ${i}`, one, true)),
      { name: "digest", calldata: VK_DIGEST, isAccepted: true },
      {
        name: "words of the pairing",
        calldata: verifyCalldata(proven.statement, proven.proof, "pairingInput"),
        isAccepted: true,
      },
      ...tampers.map((tamper) => ask(nameOf(tamper), tamper, false)),
    ],
  };
}

const ask = (name: string, { statement, proof }: Pick<Proven, "statement" | "proof">, isAccepted: boolean): Case => ({
  name,
  calldata: verifyCalldata(statement, proof),
  isAccepted,
});

/** A model's own contract. */
export async function standalone(fixture: Fixture): Promise<Subject> {
  const { proven, cases } = await proofsOf(fixture);
  const [chain, publicChain] = [await createVerifierChain(), await createVerifierChain(PUBLIC_CHAIN)];
  return {
    title: fixture.title,
    source: generateVerifier(proven.key).source,
    stands: [
      { title: "public chain", chain: publicChain, deploy: publicChain.deploy, refuses: true, cases: [] },
      { title: "development chain", chain, deploy: chain.deploy, cases, withMissingGas: true },
    ],
    async close() {
      await chain.close();
      await publicChain.close();
    },
  };
}

/** Small enough for a key to take several pages. */
const PAGE_BYTES = 1024;

/** The contract that reads the key of its caller: keys of several models, of a secure SRS, and callers without a key. */
export async function universal(): Promise<Subject> {
  const [tiny, mixed, veiled] = FIXTURES;
  const [chain, publicChain] = [await createVerifierChain(), await createVerifierChain(PUBLIC_CHAIN)];
  const withKey = (on: VerifierChain, { key }: Proven, maxCodeBytes?: number) => ({
    chain: on,
    async deploy(bytecode: Hex) {
      const chosen = { form: "universal", key: universalKey(key, maxCodeBytes), reason: "" } as const;
      return (await deployVerifier(chosen, on.deploy, await on.deploy(bytecode))).address;
    },
  });
  const [ofMixed, ofVeiled] = [await proofsOf(mixed), await proofsOf(veiled)];
  const [insecure, secure] = await provenWithEitherSrs(tiny);
  const keyless = [ask("proof", insecure, false), { name: "digest", calldata: VK_DIGEST, isAccepted: false }];
  const forwarder = async (target: Hex) => (await compileVerifier(forwarderSource(target))).bytecode;
  return {
    title: "universal",
    source: universalSource("scripts/mutate-contract.ts"),
    stands: [
      { title: "pages", ...withKey(chain, ofMixed.proven, PAGE_BYTES), cases: ofMixed.cases, withMissingGas: true },
      { title: "veiled key", ...withKey(chain, ofVeiled.proven), cases: ofVeiled.cases, withMissingGas: true },
      { title: "public chain", ...withKey(publicChain, insecure), cases: [ask("development SRS", insecure, false)] },
      { title: "public chain, ceremony", ...withKey(publicChain, secure), cases: [ask("honest", secure, true)] },
      { title: "no key", chain, deploy: chain.deploy, cases: keyless },
      {
        title: "forwarder",
        chain,
        deploy: async (bytecode) => chain.deploy(await forwarder(await chain.deploy(bytecode))),
        cases: keyless,
      },
      ...STUB_CHANGES.map(([title, change]) => ({
        title,
        chain,
        async deploy(bytecode: Hex) {
          const code = universalKey(insecure.key).contractCode(hexToBytes(await chain.deploy(bytecode)), []);
          change(code);
          return chain.deploy(bytesToHex(creationCode(code)));
        },
        cases: keyless,
      })),
    ],
    async close() {
      await chain.close();
      await publicChain.close();
    },
  };
}

async function provenWithEitherSrs(fixture: Fixture): Promise<readonly [insecure: Proven, secure: Proven]> {
  const engine = await createEngine({ threads: 1 });
  const { key, proven } = provenPair(engine, fixture);
  const { circuit, fixedCommitments, tauG2 } = key.verifyingKey;
  const verifyingKey = createVerifyingKey(circuit, fixedCommitments, tauG2, false);
  const secure = provenWith({ ...key, verifyingKey }, fixture, SEED);
  await engine.close();
  return [proven, secure];
}

/** Changes of a stub that leave what it does, or nearly: PUSH0 for another zero, in its head and in its tail; DELEGATECALL. */
const STUB_CHANGES: readonly (readonly [title: string, change: (code: Uint8Array) => void])[] = [
  ["another head", (code) => code.fill(0x5f, 1, 2)],
  ["another tail", (code) => code.fill(0x5f, 33, 34)],
  ["a stub that delegates", (code) => code.fill(0xf4, 31, 32)],
];

/** Forwards as a stub does, from ordinary Solidity. */
function forwarderSource(target: Hex): string {
  return `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;
contract Forwarder {
    fallback(bytes calldata call) external returns (bytes memory) {
        (bool ok, bytes memory data) = address(uint160(${BigInt(target)})).staticcall(call);
        if (!ok) assembly { revert(add(data, 0x20), mload(data)) }
        return data;
    }
}`;
}
