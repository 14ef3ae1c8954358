/** A market and the configuration of a daemon that reaches it through a proxy, as the tests that end daemons need them. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bytesToHex } from "viem";
import { expect } from "vitest";
import type { DaemonConfigInput } from "../../../daemon/options.ts";
import { audit, countsOf, report } from "./audit.ts";
import { type DaemonProcess, startedDaemon } from "./daemon-process.ts";
import { PROVER, startMarket, type TestMarket } from "./market.ts";
import { type RpcProxy, startRpcProxy } from "./rpc-proxy.ts";

export interface ProxiedDaemon {
  readonly market: TestMarket;
  readonly proxy: RpcProxy;
  readonly config: DaemonConfigInput;
  readonly configFile: string;
  /** Of the daemon's account. */
  readonly key: string;
  /** A new process, once it has logged `code`. */
  start(code: "DAEMON-READY" | "DAEMON-START"): Promise<DaemonProcess>;
  /** Closes market and proxy when no daemon runs, and requires that nothing was lost, settled twice or paid for twice. */
  close(faults: { kills: number; reorgs?: number }): Promise<void>;
}

export async function proxiedDaemon(more: Partial<DaemonConfigInput>): Promise<ProxiedDaemon> {
  const market = await startMarket();
  const proxy = await startRpcProxy(market.chain.url);
  const account = market.chain.account(PROVER);
  const key = bytesToHex(account.getHdKey().privateKey!);
  const home = await market.folder();
  const configFile = join(home, "config.json");
  const database = await market.database();
  const config: DaemonConfigInput = {
    rpcUrls: [proxy.url],
    market: market.market,
    models: [market.artifact],
    database,
    proofDir: join(home, "proofs"),
    pollMs: 50,
    rpcTimeoutMs: 5000,
    threads: 1,
    port: 0,
    profitCheck: false,
    ...more,
  };
  await writeFile(configFile, JSON.stringify(config));
  return {
    market,
    proxy,
    config,
    configFile,
    key,
    start: (code) => startedDaemon(configFile, key, code),
    async close(faults) {
      const found = await audit(market, database, account.address);
      report({ ...countsOf(found), ...faults, faults: proxy.faults });
      await proxy.close();
      await market.close();
      expect(found).toEqual({ requests: found.requests, lost: [], settledTwice: [], paidTwice: [] });
    },
  };
}
