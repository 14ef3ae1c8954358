/** Asks a contract for all it must answer, wherever it stands, and finds the first answer that differs from those of the original. */
import type { Hex } from "viem";
import { errorName, type VerifierChain } from "../../test/verifier-gen/chain.ts";

export interface Case {
  readonly name: string;
  readonly calldata: Hex;
  /** Whether the contract as it is answers with a value other than zero; everything else is a refusal. */
  readonly isAccepted: boolean;
  readonly gas?: bigint;
}

/** One deployment of the contract, and what it is asked there. */
export interface Stand {
  readonly title: string;
  readonly chain: VerifierChain;
  /** The contract alone, or with what calls it: the address to ask. */
  deploy(bytecode: Hex): Promise<Hex>;
  /** The creation code must be refused: there are no cases. */
  readonly refuses?: boolean;
  readonly cases: readonly Case[];
  /** Asks the first case with less gas than it needs as well. */
  readonly withMissingGas?: boolean;
  /** Asks the first case with exactly the gas it needs: what costs more is noticed. */
  readonly withExactGas?: boolean;
}

export interface ContractSuite {
  /** Takes the answers of the contract as it is for the expected ones; throws when they are not right. */
  calibrate(bytecode: Hex): Promise<void>;
  /** The first case that is answered otherwise, undefined when none is. */
  killedBy(bytecode: Hex): Promise<string | undefined>;
}

interface Question {
  readonly stand: Stand;
  readonly item: Case | "deployment";
  readonly name: string;
  expected: string;
}

/** Calls with this much less gas than a proof needs, down to none for the curve operations. */
const MISSING_GAS = Array.from({ length: 140 }, (_, i) => BigInt(200 + 1500 * i));

export function createContractSuite(stands: readonly Stand[]): ContractSuite {
  const questions: Question[] = [];

  async function ask(stand: Stand, item: Case | "deployment", addressOf: (stand: Stand) => Promise<Hex>) {
    try {
      const address = await addressOf(stand);
      if (item === "deployment") return "deployed";
      return await answer(stand.chain, address, item);
    } catch {
      return "does not deploy";
    }
  }

  /** Deploys where it is asked first. */
  function deployments(bytecode: Hex): (stand: Stand) => Promise<Hex> {
    const addresses = new Map<Stand, Promise<Hex>>();
    return (stand) => {
      const known = addresses.get(stand) ?? stand.deploy(bytecode);
      addresses.set(stand, known);
      return known;
    };
  }

  return {
    async calibrate(bytecode) {
      const addressOf = deployments(bytecode);
      const gasCases = async (stand: Stand): Promise<Case[]> => {
        if (!stand.withMissingGas && !stand.withExactGas) return [];
        const [first] = stand.cases;
        const address = await addressOf(stand);
        const needed = await leastGas((gas) => answer(stand.chain, address, { ...first, gas }));
        const missing = stand.withMissingGas ? MISSING_GAS : [];
        return [
          ...missing.map((less) => ({ ...first, name: `gas ${less} short`, isAccepted: false, gas: needed - less })),
          ...(stand.withExactGas ? [{ ...first, name: "exact gas", gas: needed }] : []),
        ];
      };
      for (const stand of stands) {
        const items = [...(stand.refuses ? (["deployment"] as const) : []), ...stand.cases, ...(await gasCases(stand))];
        for (const item of items) {
          const name = `${stand.title}: ${item === "deployment" ? item : item.name}`;
          const expected = await ask(stand, item, addressOf);
          const isRight =
            item === "deployment" ? expected === "does not deploy" : isAccepted(expected) === item.isAccepted;
          if (!isRight) throw new Error(`wrongly answered: ${name}: ${expected}`);
          questions.push({ stand, item, name, expected });
        }
      }
    },
    async killedBy(bytecode) {
      const addressOf = deployments(bytecode);
      for (const [index, { stand, item, name, expected }] of questions.entries()) {
        const result = await ask(stand, item, addressOf);
        if (result === expected) continue;
        // What killed once is likely to kill again.
        if (index > 2) questions.splice(2, 0, ...questions.splice(index, 1));
        return `${name}: ${result} instead of ${expected}`;
      }
      return undefined;
    },
  };
}

const isAccepted = (answered: string): boolean => answered.startsWith("0x") && /[1-9a-f]/.test(answered.slice(2));

/** Returned data, or the name of the error. */
async function answer(
  chain: VerifierChain,
  address: Hex,
  { calldata, gas }: Omit<Case, "isAccepted">,
): Promise<string> {
  try {
    return await chain.call(address, calldata, gas);
  } catch (error) {
    try {
      return errorName(error);
    } catch {
      return "another error";
    }
  }
}

/** Least gas with which the call is accepted. */
async function leastGas(call: (gas: bigint) => Promise<string>): Promise<bigint> {
  let [low, high] = [50_000n, 4_000_000n];
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (isAccepted(await call(middle))) high = middle;
    else low = middle;
  }
  return high;
}
