/** Compiles one generated verifier with the pinned solc of the npm package, offline. */
import { createRequire } from "node:module";
import { CompileError } from "./errors.ts";

export interface CompiledVerifier {
  readonly bytecode: `0x${string}`;
  readonly runtimeBytes: number;
  // biome-ignore lint/suspicious/noExplicitAny: an ABI is JSON; viem's types check it where it is used
  readonly abi: any;
}

/**
 * Legacy code generation: the expressions are scheduled when the source is written, and viaIR gains nothing on them (docs/gas.md). A
 * high `runs` keeps constants as PUSH32.
 */
export const SOLC_SETTINGS = {
  evmVersion: "osaka",
  viaIR: false,
  optimizer: { enabled: true, runs: 1_000_000 },
} as const;

/** About 5% less code for 1% more gas. */
export const SMALL_SETTINGS = { ...SOLC_SETTINGS, optimizer: { enabled: true, runs: 1 } } as const;

interface SolcOutput {
  readonly errors?: readonly {
    readonly severity: string;
    readonly errorCode?: string;
    readonly formattedMessage: string;
  }[];
  readonly contracts?: Record<
    string,
    Record<string, { abi: unknown; evm: { bytecode: { object: string }; deployedBytecode: { object: string } } }>
  >;
}

const FILE = "Verifier.sol";

/** Runtime code and creation code above the limits of a contract: whoever deploys looks at `runtimeBytes`. */
const SIZE_WARNINGS = ["5574", "3860"];

export async function compileVerifier(
  source: string,
  contractName?: string,
  settings: object = SOLC_SETTINGS,
): Promise<CompiledVerifier> {
  const solc = createRequire(import.meta.url)("solc") as { compile(input: string): string };
  const input = {
    language: "Solidity",
    sources: { [FILE]: { content: source } },
    settings: {
      ...settings,
      outputSelection: { [FILE]: { "*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"] } },
    },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input))) as SolcOutput;
  const problems = (output.errors ?? []).filter(
    ({ severity, errorCode }) => severity !== "info" && !SIZE_WARNINGS.includes(errorCode ?? ""),
  );
  const contracts = Object.entries(output.contracts?.[FILE] ?? {});
  const found = contractName === undefined ? contracts[0] : contracts.find(([name]) => name === contractName);
  if (problems.length > 0 || found === undefined) {
    throw new CompileError("solc refused the generated verifier", {
      expected: "no errors and no warnings",
      got: problems.map((problem) => problem.formattedMessage).join("\n") || "no contract",
      remedy: "report this with the circuit that caused it",
    });
  }
  const { abi, evm } = found[1];
  return { abi, bytecode: `0x${evm.bytecode.object}`, runtimeBytes: evm.deployedBytecode.object.length / 2 };
}
