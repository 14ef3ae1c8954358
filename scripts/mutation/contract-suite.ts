/** What a generated verifier must answer: honest and altered proofs, too little gas at every step, deployment on a public chain. */
import type { Hex } from "viem";
import type { Statement } from "../../core/statement.ts";
import { createEngine } from "../../prover/engine.ts";
import { withHint } from "../../test/soundness/support/hint.ts";
import { type Fixture, provenPair, provenWith, SEED } from "../../test/soundness/support/proven.ts";
import {
  lengthTampers,
  nameOf,
  proofTampers,
  shapeTampers,
  statementTampers,
} from "../../test/soundness/support/tampers.ts";
import { createVerifierChain, type VerifierChain } from "../../test/verifier-gen/chain.ts";
import { generateVerifier } from "../../verifier-gen/generate.ts";

interface Case {
  readonly name: string;
  readonly statement: Statement;
  readonly proof: Uint8Array;
  readonly gas?: bigint;
}

export interface ContractSuite {
  readonly source: string;
  /** Takes the answers of the contract as it is for the expected ones; throws when they are not right. */
  calibrate(bytecode: Hex): Promise<void>;
  /** The first case that is answered otherwise, undefined when none is. */
  killedBy(bytecode: Hex): Promise<string | undefined>;
  close(): Promise<void>;
}

/**
 * A challenge left unmasked differs from the masked one in seven of eight proofs: ten seeds would have to be unlucky together. What
 * they are is the same in every run.
 */
const FURTHER_PROOFS = 8;

/** Calls with this much less gas than a proof needs, down to none for the curve operations. */
const MISSING_GAS = Array.from({ length: 90 }, (_, i) => BigInt(200 + 1500 * i));

export async function createContractSuite(fixture: Fixture): Promise<ContractSuite> {
  const engine = await createEngine({ threads: 1 });
  const { key, proven, other } = provenPair(engine, fixture);
  const further = Array.from({ length: FURTHER_PROOFS }, (_, i) => provenWith(key, fixture, SEED + 3 + i));
  await engine.close();
  const chain = await createVerifierChain();
  const publicChain = await createVerifierChain(1);
  const altered = proofTampers(proven, other.proof);
  const repaired = altered.filter(({ target, way }) => !target.startsWith("tail/") && !/^(not canon|x is 2)/.test(way));
  const context = lengthTampers(proven).filter(({ target }) => target !== "context");
  const tampers = [...shapeTampers(proven), ...context, ...altered, ...repaired.map(withHint)];
  const statements = [...statementTampers(proven), ...statementTampers(proven).map(withHint)];
  let cases: Case[] = [
    { name: "honest", ...proven },
    { name: "honest 1", ...other },
    ...further.map((one, i) => ({ name: `honest ${i + 2}`, ...one })),
    ...[...tampers, ...statements].map((tamper) => ({ ...tamper, name: nameOf(tamper) })),
  ];
  const expected = new Map<string, string>();

  return {
    source: generateVerifier(proven.key).source,
    async calibrate(bytecode) {
      const address = await chain.deploy(bytecode);
      const needed = await leastGas((gas) => answer(chain, address, { name: "gas", ...proven, gas }));
      cases = [
        ...cases,
        ...MISSING_GAS.map((missing) => ({ name: `gas ${missing} short`, ...proven, gas: needed - missing })),
      ];
      for (const item of cases) expected.set(item.name, await answer(chain, address, item));
      const wrong = cases.filter(({ name }) => (expected.get(name) === "accepted") !== name.startsWith("honest"));
      if (wrong.length > 0) throw new Error(`wrongly answered: ${wrong.map(({ name }) => name)}`);
      if ((await deployment(publicChain, bytecode)) !== "refused") throw new Error("deploys on a public chain");
    },
    async killedBy(bytecode) {
      if ((await deployment(publicChain, bytecode)) !== "refused") return "deploys on a public chain";
      if ((await deployment(chain, bytecode)) !== "deployed") return "does not deploy";
      const address = await chain.deploy(bytecode);
      for (const [index, item] of cases.entries()) {
        const result = await answer(chain, address, item);
        if (result === expected.get(item.name)) continue;
        // What killed once is likely to kill again.
        if (index > 2) cases.splice(2, 0, ...cases.splice(index, 1));
        return `${item.name}: ${result} instead of ${expected.get(item.name)}`;
      }
      return undefined;
    },
    async close() {
      await chain.close();
      await publicChain.close();
    },
  };
}

async function answer(chain: VerifierChain, address: Hex, { statement, proof, gas }: Case): Promise<string> {
  try {
    return await chain.outcome(address, statement, proof, gas);
  } catch {
    return "another error";
  }
}

async function deployment(chain: VerifierChain, bytecode: Hex): Promise<"deployed" | "refused"> {
  try {
    await chain.deploy(bytecode);
    return "deployed";
  } catch {
    return "refused";
  }
}

/** Least gas with which the call is accepted. */
async function leastGas(call: (gas: bigint) => Promise<string>): Promise<bigint> {
  let [low, high] = [50_000n, 2_000_000n];
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if ((await call(middle)) === "accepted") high = middle;
    else low = middle;
  }
  return high;
}
