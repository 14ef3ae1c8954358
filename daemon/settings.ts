/** What follows from the configuration and the chain together. */
import { availableParallelism, hostname } from "node:os";
import type { Rpc } from "./chain/rpc.ts";
import type { Signer } from "./chain/signer.ts";
import { ChainMismatchError, ConfigError } from "./errors.ts";
import type { DaemonConfig } from "./options.ts";
import type { DaemonStatus } from "./status.ts";
import type { Hex } from "./store/requests.ts";

/** Chains of one machine, whose blocks come only with transactions: nothing is gained by waiting for more of them. */
export const DEVELOPMENT_CHAIN_IDS: readonly number[] = [1337, 31337];

/** Daemons of this process so far. */
let started = 0;

export interface Settings {
  readonly chainId: number;
  /** Who is paid; undefined when the daemon can neither prove nor send. */
  readonly prover: Hex | undefined;
  readonly confirmations: number;
  readonly settlementConfirmations: number;
  readonly threads: number;
  /** Names this daemon in leases. */
  readonly holder: string;
  readonly maxHeadAgeMs: number;
  readonly isOurs: (prover: string) => boolean;
  readonly identity: Pick<DaemonStatus, "chainId" | "market" | "sender" | "prover" | "mode">;
}

export async function resolveSettings(config: DaemonConfig, signer: Signer | undefined, rpc: Rpc): Promise<Settings> {
  const chainId = await rpc.client.getChainId();
  if (config.chainId !== undefined && config.chainId !== chainId) {
    throw new ChainMismatchError("the endpoints serve another chain", {
      expected: `chain ${config.chainId}`,
      got: `chain ${chainId}`,
      remedy: "correct `rpcUrls` or `chainId`",
    });
  }
  const code = await rpc.client.getCode({ address: config.market });
  if (code === undefined || code === "0x") {
    throw new ConfigError("there is no contract at the market's address", {
      got: `${config.market} on chain ${chainId}`,
      remedy: "correct `market`",
    });
  }
  if (signer === undefined && !config.watchOnly && !config.dryRun) {
    throw new ConfigError("there is no key to send with", {
      expected: "`keystoreFile`, `keyFile` or GAVEL_PRIVATE_KEY",
      remedy: "set one, or run with --watch-only or --dry-run",
    });
  }
  const prover = config.prover ?? signer?.address;
  const development = DEVELOPMENT_CHAIN_IDS.includes(chainId);
  return {
    chainId,
    prover,
    confirmations: config.confirmations ?? (development ? 0 : 2),
    settlementConfirmations: config.settlementConfirmations ?? (development ? 0 : 12),
    threads: config.threads ?? Math.max(1, availableParallelism() - 1),
    holder: `${hostname()}:${process.pid}:${started++}`,
    // Long enough for one time-out and a retry.
    maxHeadAgeMs: 10 * config.pollMs + 3 * config.rpcTimeoutMs,
    isOurs: (address) => prover !== undefined && address.toLowerCase() === prover.toLowerCase(),
    identity: {
      chainId,
      market: config.market,
      sender: signer?.address ?? null,
      prover: prover ?? null,
      mode: config.watchOnly ? "watch-only" : config.dryRun ? "dry-run" : "normal",
    },
  };
}
