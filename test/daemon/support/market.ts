/** A chain of its own with a market, one model with its generated verifier, and accounts that ask and prove. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { type Address, bytesToHex, type Hex, keccak256, parseEventLogs, zeroAddress, zeroHash } from "viem";
import { loadArtifact, saveArtifact } from "../../../api/artifact.ts";
import { type OpenRequest, registerModel, requestInference } from "../../../api/client.ts";
import { buildVerifier } from "../../../api/verifier.ts";
import { type LocalChain, startLocalChain } from "../../../cli/local-chain.ts";
import { requestMarketAbi } from "../../../contracts/abi/request-market.gen.ts";
import { layoutOf } from "../../../core/layout.ts";
import { packedLength } from "../../../core/packing.ts";
import { type DaemonConfig, type DaemonConfigInput, parseConfig } from "../../../daemon/options.ts";
import type { OfferOptions } from "../../../daemon/store/requests.ts";
import { createEngine } from "../../../prover/engine.ts";
import { setup } from "../../../prover/setup.ts";
import { createDevelopmentSrs } from "../../../srs/development.ts";
import { mixedCircuit, numbers } from "../../support/circuits.ts";
import { root } from "../../support/source-tree.ts";

export const DEPLOYER = 0;
export const REQUESTER = 1;
export const PROVER = 2;
export const RIVAL = 3;

export interface TestMarket {
  readonly chain: LocalChain;
  readonly market: Address;
  readonly registry: Address;
  readonly modelId: Hex;
  /** Artifact folder. */
  readonly artifact: string;
  /** An empty folder of its own for each caller. */
  folder(): Promise<string>;
  /** Address of a new database: a PGlite folder, or one of the server that GAVEL_TEST_POSTGRES names. */
  database(): Promise<string>;
  config(options?: Partial<DaemonConfigInput>): Promise<DaemonConfig>;
  /** Asks for the inference of the `seed`-th input. */
  request(seed: number, options?: { feeWei?: bigint; deadline?: number }): Promise<OpenRequest & { input: Hex }>;
  /** As `request`, with options: FEE_WEI in ETH, for anyone, without lock, unless `changed` says otherwise. */
  offer(seed: number, changed?: Partial<OfferOptions>, more?: OfferExtras): Promise<OpenOffer>;
  status(requestId: Hex): Promise<number>;
  /** Of an account in the market; in ETH unless a token is named. */
  balanceOf(account: number, token?: Address): Promise<bigint>;
  rpc<T>(method: string, ...params: unknown[]): Promise<T>;
  mine(blocks?: number): Promise<void>;
  /** Seconds since 1970 that a block mined now would have: the newest one may be long ago. */
  now(): Promise<number>;
  close(): Promise<void>;
}

/** `postgres://user@host:port`, without a database. */
export const SERVER = process.env["GAVEL_TEST_POSTGRES"];

/** More than a daemon reads by hash. */
const REAL_BLOCKS = 40;

export const FEE_WEI = 10n ** 17n;

/** With this for `deadlineMarginSeconds` a daemon skips requests whose deadline is far enough away for the slowest test to make them. */
export const WIDE_MARGIN_SECONDS = 1800;

export type OpenOffer = OpenRequest & { readonly input: Hex; readonly options: OfferOptions };

export interface OfferExtras {
  readonly deadline?: number;
  readonly refundee?: Address;
  /** Keeps the input out of the event: only its hash is given, and this address. */
  readonly inputUri?: string;
}

export async function startMarket(): Promise<TestMarket> {
  const workspace = await mkdtemp(join(tmpdir(), "gavel-daemon-"));
  const artifact = join(workspace, "model");
  await makeArtifact(artifact);
  const chain = await startLocalChain(root);
  const { circuit, verifyingKey } = await loadArtifact(artifact);
  const { abi, bytecode } = await buildVerifier({ verifyingKey });
  const { address: verifier } = await chain.deployCode(abi, bytecode);
  const registry = await chain.deploy("ModelRegistry", []);
  const market = await chain.deploy("RequestMarket", [registry, chain.account(DEPLOYER).address]);
  const clients = (index: number) => ({ publicClient: chain.publicClient, wallet: chain.wallet(index) });
  const modelId = await registerModel(clients(DEPLOYER), {
    registry,
    verifier,
    vkDigest: bytesToHex(verifyingKey.digest),
    inputBytes: packedLength(circuit.inputs),
    outputBytes: packedLength(circuit.outputs),
  });
  const rpc = <T>(method: string, ...params: unknown[]): Promise<T> =>
    chain.publicClient.request({ method, params } as never) as Promise<T>;
  const now = async () => Number((await chain.publicClient.getBlock({ blockTag: "pending" })).timestamp);
  const folder = () => mkdtemp(join(workspace, "daemon-"));
  const database = async () => (SERVER === undefined ? `pglite:${join(await folder(), "db")}` : createDatabase(SERVER));
  return {
    chain,
    market,
    registry,
    modelId,
    artifact,
    folder,
    database,
    config: async (options = {}) => {
      return parseConfig({
        rpcUrls: [chain.url],
        market,
        models: [artifact],
        database: await database(),
        proofDir: join(await folder(), "proofs"),
        pollMs: 50,
        threads: 1,
        port: 0,
        profitCheck: false,
        logLevel: process.env["GAVEL_TEST_LOG"] ?? "silent",
        ...options,
      });
    },
    request: async (seed, { feeWei = FEE_WEI, ...options } = {}) => {
      const input = inputOf(seed);
      const deadline = options.deadline ?? (await now()) + 3600;
      return { ...(await requestInference(clients(REQUESTER), { market, modelId, input, feeWei, deadline })), input };
    },
    offer: async (seed, changed = {}, { refundee = zeroAddress, inputUri, ...extras } = {}) => {
      const input = inputOf(seed);
      const timestamp = await now();
      const deadline = extras.deadline ?? timestamp + 3600;
      const params = { modelId, refundee, callback: zeroAddress, callbackGasLimit: 0, deadline };
      const options: OfferOptions = {
        token: zeroAddress,
        startFee: FEE_WEI,
        endFee: FEE_WEI,
        priceFrom: timestamp,
        priceUntil: timestamp,
        provers: zeroHash,
        collateral: 0n,
        lockSeconds: 0,
        ...changed,
      };
      const fee = options.startFee > options.endFee ? options.startFee : options.endFee;
      const { publicClient, wallet } = clients(REQUESTER);
      const given = inputUri === undefined ? input : "0x";
      const transactionHash = await wallet.writeContract({
        address: market,
        abi: requestMarketAbi,
        functionName: "submitOffer",
        args: [{ params, options, inputHash: keccak256(input), input: given, inputURI: inputUri ?? "" }],
        value: options.token === zeroAddress ? fee : 0n,
      });
      const { logs, blockNumber, gasUsed } = await publicClient.waitForTransactionReceipt({ hash: transactionHash });
      const { requestId, request } = parseEventLogs({ abi: requestMarketAbi, logs, eventName: "OfferSubmitted" })[0]!
        .args;
      const terms = {
        ...request,
        callbackGasLimit: Number(request.callbackGasLimit),
        deadline: Number(request.deadline),
      };
      return { requestId, terms, transactionHash, blockNumber, gasUsed, input, options };
    },
    status: (requestId) =>
      chain.publicClient.readContract({
        address: market,
        abi: requestMarketAbi,
        functionName: "status",
        args: [requestId],
      }),
    balanceOf: (account, token = zeroAddress) =>
      chain.publicClient.readContract({
        address: market,
        abi: requestMarketAbi,
        functionName: "balanceOf",
        args: [token, chain.account(account).address],
      }),
    rpc,
    mine: async (blocks = 1) => {
      // The chain makes up the blocks of a long stretch when they are asked for by number; by hash it does not find them.
      const stretch = Math.max(0, blocks - REAL_BLOCKS);
      if (stretch > 0) await rpc("hardhat_mine", `0x${stretch.toString(16)}`);
      for (let block = stretch; block < blocks; block++) await rpc("hardhat_mine", "0x1");
    },
    now,
    close: async () => {
      await chain.close();
      await rm(workspace, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

export function inputOf(seed: number): Hex {
  const random = numbers(seed);
  return bytesToHex(Uint8Array.from({ length: 25 }, () => random(0, 50)));
}

let databases = 0;

async function createDatabase(server: string): Promise<string> {
  const name = `gavel_test_${process.pid}_${Date.now()}_${databases++}`;
  const client = new Client({ connectionString: `${server}/postgres` });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  return `${server}/${name}`;
}

async function makeArtifact(folder: string): Promise<void> {
  const circuit = mixedCircuit();
  const engine = await createEngine({ threads: 1 });
  try {
    const srs = createDevelopmentSrs(engine, layoutOf(circuit).srsCount);
    await saveArtifact(folder, setup(engine, circuit, srs).verifyingKey, srs, {});
  } finally {
    await engine.close();
  }
}
