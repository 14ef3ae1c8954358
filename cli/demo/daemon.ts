/** The daemon as the demo runs it: on the local chain, with one model, keeping its store in the workspace. */
import { type Address, decodeFunctionData, type Hex, size } from "viem";
import { requestMarketAbi } from "../../contracts/abi/request-market.gen.ts";
import { startDaemon } from "../../daemon/main.ts";
import { parseConfig } from "../../daemon/options.ts";
import type { LocalChain } from "../local-chain.ts";

export interface DemoDaemonOptions {
  readonly chain: LocalChain;
  readonly market: Address;
  readonly artifactFolder: string;
  /** Folder of the database and the proofs. */
  readonly store: string;
  /** Account of the chain that settles and is paid. */
  readonly proverIndex: number;
}

export interface DemoDaemon {
  /** How long the proof of a settled request took, and its size in the settlement transaction. */
  proofFigures(requestId: Hex, transactionHash: Hex): Promise<{ proveMs: number; proofBytes: number }>;
  stop(): Promise<void>;
}

export async function runDaemon(options: DemoDaemonOptions): Promise<DemoDaemon> {
  const { chain, market, artifactFolder, store, proverIndex } = options;
  const config = parseConfig({
    rpcUrls: [chain.url],
    market,
    models: [artifactFolder],
    database: `pglite:${store}/db`,
    proofDir: `${store}/proofs`,
    port: 0,
    pollMs: 50,
    threads: 2,
    logLevel: "warn",
  });
  const daemon = await startDaemon(config, { signer: chain.account(proverIndex) });
  await daemon.ready;
  return {
    async proofFigures(requestId, transactionHash) {
      const response = await fetch(`${daemon.url}/requests/${requestId}`);
      const { proveMs } = (await response.json()) as { proveMs: number };
      const { input } = await chain.publicClient.getTransaction({ hash: transactionHash });
      const call = decodeFunctionData({ abi: requestMarketAbi, data: input });
      if (call.functionName !== "settle") throw new Error(`the daemon settled by ${call.functionName}`);
      return { proveMs, proofBytes: size(call.args[0].proof) };
    },
    stop: () => daemon.stop(),
  };
}
