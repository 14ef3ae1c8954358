/** ABI and bytecode of the contracts in contracts/: built by Hardhat when needed in a clone, written down in the package. */
import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SolidityBuildSystem } from "hardhat/types/solidity";
import type { Abi, Hex } from "viem";
import { GavelError } from "../core/errors.ts";

/** Folder of the package with one file for each contract that `gavel deploy` knows. */
export const COMPILED_FOLDER = "contracts/compiled";

export class NoCloneError extends GavelError {
  override readonly name = "Cli.NoCloneError";
}

/** The published package has neither example models nor tests. */
export async function requireClone(projectRoot: string, command: string): Promise<void> {
  try {
    await access(join(projectRoot, "hardhat.config.ts"));
  } catch {
    throw new NoCloneError(`gavel ${command} needs a clone of the repository`, {
      expected: "hardhat.config.ts, examples/ and test/ beside the command",
      got: projectRoot,
      remedy: `clone the repository and run ./gavel ${command} there`,
    });
  }
}

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
    if (!(await isBuilt(hre.solidity))) {
      await withLogOnStderr(() => hre.tasks.getTask("build").run({ quiet: true }));
    }
    return hre;
  } finally {
    process.chdir(callerDirectory);
  }
}

/** A quiet build still prints a line, where stdout is for the command's answer alone. */
async function withLogOnStderr(work: () => Promise<unknown>): Promise<void> {
  const { log } = console;
  console.log = (text = "") => void process.stderr.write(`${text}\n`);
  try {
    await work();
  } finally {
    console.log = log;
  }
}

/** A build writes its cache anew although nothing has changed, and fails when another process does so at the same time. */
async function isBuilt(solidity: SolidityBuildSystem): Promise<boolean> {
  const jobs = await solidity.getCompilationJobs(await solidity.getRootFilePaths(), { quiet: true });
  return jobs.success && jobs.compilationJobsPerFile.size === 0;
}

export async function contractCode(projectRoot: string, contractName: string): Promise<ContractCode> {
  const compiled = await readFile(join(projectRoot, COMPILED_FOLDER, `${contractName}.json`), "utf8").catch(() => null);
  if (compiled !== null) return JSON.parse(compiled) as ContractCode;
  const hre = await importHardhat(projectRoot);
  const { abi, bytecode } = await hre.artifacts.readArtifact(contractName);
  return { abi: abi as Abi, bytecode: bytecode as Hex };
}
