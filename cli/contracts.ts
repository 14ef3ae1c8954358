/** ABI and bytecode of the contracts in contracts/, built by Hardhat when needed. */
import type { Abi, Hex } from "viem";

export interface ContractCode {
  readonly abi: Abi;
  readonly bytecode: Hex;
}

/** Hardhat reads its configuration from the working directory when first imported, so the directory is left for that time. */
export async function importHardhat(projectRoot: string) {
  const callerDirectory = process.cwd();
  process.chdir(projectRoot);
  try {
    const { default: hre } = await import("hardhat");
    await hre.tasks.getTask("build").run({ quiet: true });
    return hre;
  } finally {
    process.chdir(callerDirectory);
  }
}

export async function contractCode(projectRoot: string, contractName: string): Promise<ContractCode> {
  const hre = await importHardhat(projectRoot);
  const { abi, bytecode } = await hre.artifacts.readArtifact(contractName);
  return { abi: abi as Abi, bytecode: bytecode as Hex };
}
