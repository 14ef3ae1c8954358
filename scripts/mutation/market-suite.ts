/**
 * Runs the Solidity suites of the market on changed contracts, in this process.
 *
 * The suites are compiled once, with `new RequestMarket(..)` and `new ModelRegistry()` replaced by deployments of whatever creation code
 * stands at two addresses; a mutant is then one compilation of the two contracts. Suites of a library take its code into their own, so
 * those that import a changed file are compiled again.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { listSourceFiles } from "../lib/source-files.ts";
import type { AstNode } from "./solidity-mutants.ts";

const root = join(import.meta.dirname, "../..");
const require = createRequire(import.meta.url);
const solc = require("solc") as { compile(input: string): string };
const VERSION = "0.8.37";

const MARKET = {
  file: "contracts/RequestMarket.sol",
  name: "RequestMarket",
  at: "000000000000000000000000000000000000c0de",
};
const REGISTRY = {
  file: "contracts/ModelRegistry.sol",
  name: "ModelRegistry",
  at: "000000000000000000000000000000000000c0d1",
};
const DEPLOYED = [MARKET, REGISTRY];

const STANDING = "test/contracts/Standing.sol";
const STANDING_SOURCE = `
library Standing {
    function make(uint160 at, bytes memory arguments) internal returns (address made) {
        bytes memory code = bytes.concat(address(at).code, arguments);
        assembly ("memory-safe") { made := create(0, add(code, 0x20), mload(code)) }
        require(made != address(0), "the constructor reverts");
    }
}`;

/** Their subjects are not changed. */
const LEFT_OUT = /(PackedOutput|PairingBatch|Consumer)\.t\.sol$/;

/** A mutant that does not end runs out of this. */
const TEST_GAS = 1n << 30n;

/** Cheap suites first; what is left of the suites comes at the end. */
const STAGES: readonly RegExp[] = [/./, /SharedPairing|Invariant/];

type Sources = Readonly<Record<string, string>>;

interface SolcOutput {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[];
  readonly sources: Record<string, { ast: AstNode }>;
  readonly contracts: Record<
    string,
    Record<
      string,
      { abi: readonly { name?: string }[]; evm: { bytecode: { object: string }; deployedBytecode: { object: string } } }
    >
  >;
}

interface ArtifactId {
  readonly name: string;
  readonly source: string;
  readonly solcVersion: string;
}

interface Artifact {
  readonly id: ArtifactId;
  readonly contract: { abi: string; bytecode: string; deployedBytecode: string };
}

interface SuiteResult {
  readonly id: ArtifactId;
  readonly testResults: readonly { name: string; status: string; reason?: string }[];
}

/** What of Hardhat's engine is used; the engine is the one that Hardhat itself runs Solidity tests with. */
interface Engine {
  readonly EdrContext: new () => EngineContext;
  readonly L1_CHAIN_TYPE: string;
  readonly OSAKA: string;
  l1SolidityTestRunnerFactory(): unknown;
  l1GenesisState(hardfork: unknown): unknown[];
  l1HardforkFromString(name: string): unknown;
}

interface EngineContext {
  registerSolidityTestRunnerFactory(chain: string, factory: unknown): Promise<void>;
  runSolidityTests(
    chain: string,
    artifacts: readonly Artifact[],
    suites: readonly ArtifactId[],
    config: unknown,
    tracing: unknown,
    onSuite: (result: SuiteResult) => void,
  ): Promise<unknown>;
}

const engine = createRequire(require.resolve("hardhat"))("@nomicfoundation/edr") as Engine;

export interface MarketSuite {
  /** Syntax trees of the contracts as they are, by file. */
  readonly asts: ReadonlyMap<string, AstNode>;
  /** The first test that fails with `text` in place of `file`, or why it is no program; undefined when all tests pass. */
  killedBy(file: string, text: string): Promise<string | undefined>;
}

export class NotSolidity extends Error {}

export async function createMarketSuite(): Promise<MarketSuite> {
  const all = listSourceFiles(root).filter((file) => file.endsWith(".sol"));
  const read = (file: string): readonly [string, string] => [file, readFileSync(join(root, file), "utf8")];
  const contracts: Sources = Object.fromEntries(
    all.filter((file) => /^contracts\/(?!generated|consumers)/.test(file)).map(read),
  );
  const consumers: Sources = Object.fromEntries(all.filter((file) => /^contracts\/consumers/.test(file)).map(read));
  const suites = all.filter((file) => /^test\/contracts\//.test(file) && !LEFT_OUT.test(file));
  const tests: Sources = { [STANDING]: STANDING_SOURCE, ...Object.fromEntries(suites.map(read).map(onStanding)) };

  const context = new engine.EdrContext();
  await context.registerSolidityTestRunnerFactory(engine.L1_CHAIN_TYPE, engine.l1SolidityTestRunnerFactory());
  const genesis = engine.l1GenesisState(engine.l1HardforkFromString(engine.OSAKA));

  async function failureOf(artifacts: readonly Artifact[], chosen: readonly ArtifactId[], codes: readonly string[]) {
    const failures: string[] = [];
    const ended = Promise.withResolvers<void>();
    let left = chosen.length;
    await context.runSolidityTests(
      engine.L1_CHAIN_TYPE,
      artifacts,
      chosen,
      {
        projectRoot: root,
        hardfork: engine.OSAKA,
        localPredeploys: [
          ...genesis,
          ...DEPLOYED.map(({ at }, i) => ({ address: Buffer.from(at, "hex"), code: Buffer.from(codes[i], "hex") })),
        ],
        fuzz: { runs: 16, seed: "0x7" },
        invariant: { runs: 4, depth: 32 },
        disableBlockGasLimit: true,
        gasLimit: TEST_GAS,
        disableTransactionGasCap: true,
        testSourcePaths: {},
      },
      { buildInfos: [] },
      ({ id, testResults }) => {
        for (const { name, status, reason } of testResults)
          if (status === "Failure") failures.push(`${id.name}.${name}: ${reason ?? "reverted"}`);
        if (--left === 0) ended.resolve();
      },
    );
    // The last results may come after the run.
    await ended.promise;
    return failures.at(0);
  }

  const compiled = compile({ ...contracts, ...consumers, ...tests }, false);
  const artifacts = artifactsOf(compiled);
  const ids = artifacts.filter(isSuite).map(({ id }) => id);
  const stages = STAGES.map((stage, i) =>
    ids.filter(({ name }) => stage.test(name) && !STAGES.slice(i + 1).some((next) => next.test(name))),
  );
  const originals = DEPLOYED.map((item) => codeOf(compiled, item));

  async function killedBy(file: string, text: string): Promise<string | undefined> {
    const changed = { ...contracts, [file]: text };
    // Compiling takes most of a mutant's time, and base/ is the market's alone.
    const subjects = DEPLOYED.filter((item) => item === MARKET || !file.startsWith("contracts/base/"));
    const made = compile(
      changed,
      false,
      subjects.map((item) => item.file),
    );
    const codes = DEPLOYED.map((item, i) => (subjects.includes(item) ? codeOf(made, item) : originals[i]));
    for (const stage of stages) {
      const failure = await failureOf(artifacts, stage, codes);
      if (failure !== undefined) return failure;
    }
    const own = suites.filter((suite) => suite.endsWith(".t.sol") && tests[suite].includes(`"../../${file}"`));
    if (own.length === 0) return undefined;
    const again = artifactsOf(compile({ ...changed, ...consumers, ...tests }, true, own));
    return failureOf(
      again,
      again.filter(isSuite).map(({ id }) => id),
      codes,
    );
  }

  const [file, text] = Object.entries(contracts)[0];
  const wrong = await killedBy(file, text);
  if (wrong !== undefined) throw new Error(`a test fails without a mutation: ${wrong}`);
  return { asts: new Map(Object.entries(compiled.sources).map(([name, { ast }]) => [name, ast])), killedBy };
}

const codeOf = ({ contracts }: SolcOutput, { file, name }: (typeof DEPLOYED)[number]): string =>
  contracts[file][name].evm.bytecode.object;

/** Mutants are compiled without the optimizer, whose code saves less by sharing. */
const SAVED_GAS = ["2 * 80_000", "2 * 75_000"] as const;

function onStanding([file, text]: readonly [string, string]): readonly [string, string] {
  const changed = text
    .replace(...SAVED_GAS)
    .replace(/new RequestMarket\((.*)\);/g, `RequestMarket(Standing.make(0x${MARKET.at.slice(-4)}, abi.encode($1)));`)
    .replace(/new ModelRegistry\(\)/g, `ModelRegistry(Standing.make(0x${REGISTRY.at.slice(-4)}, ""))`);
  const folder = file.startsWith("test/contracts/support/") ? "../" : "./";
  return [file, changed === text ? text : `${changed}\nimport {Standing} from "${folder}Standing.sol";\n`];
}

const isSuite = ({ id, contract }: Artifact): boolean =>
  id.source.endsWith(".t.sol") && contract.bytecode !== "0x" && /"name":"(test|invariant)/.test(contract.abi);

function artifactsOf({ contracts }: SolcOutput): Artifact[] {
  return Object.entries(contracts).flatMap(([source, made]) =>
    Object.entries(made).map(([name, { abi, evm }]) => ({
      id: { name, source, solcVersion: VERSION },
      contract: {
        abi: JSON.stringify(abi),
        bytecode: `0x${evm.bytecode.object}`,
        deployedBytecode: `0x${evm.deployedBytecode.object}`,
      },
    })),
  );
}

/** The optimizer changes gas and not meaning, and takes most of the time of a mutant. With `files`, only their contracts. */
function compile(sources: Sources, optimize: boolean, files: readonly string[] = ["*"]): SolcOutput {
  const contents = {
    "*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"],
    ...(files[0] === "*" && { "": ["ast"] }),
  };
  const input = {
    language: "Solidity",
    sources: Object.fromEntries(Object.entries(sources).map(([file, content]) => [file, { content }])),
    settings: {
      evmVersion: "osaka",
      optimizer: { enabled: optimize, runs: 200 },
      outputSelection: Object.fromEntries(files.map((file) => [file, contents])),
    },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input))) as SolcOutput;
  const errors = output.errors?.filter(({ severity }) => severity === "error") ?? [];
  if (errors.length > 0) throw new NotSolidity(errors.map(({ formattedMessage }) => formattedMessage).join("\n"));
  return output;
}
