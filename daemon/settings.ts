/** What follows from the configuration and the chain together. */
import { availableParallelism, hostname } from "node:os";
import {
  AbiDecodingDataSizeTooSmallError,
  BaseError,
  ContractFunctionRevertedError,
  ContractFunctionZeroDataError,
  zeroHash,
} from "viem";
import { statusOf } from "./chain/market.ts";
import type { Rpc } from "./chain/rpc.ts";
import { ChainMismatchError, ConfigError } from "./errors.ts";
import { type DaemonConfig, ROLES, type Role } from "./options.ts";
import type { Signer } from "./sending/signer.ts";
import type { DaemonStatus } from "./status.ts";
import type { Hex } from "./store/requests.ts";

/** Chains of one machine, whose blocks come only with transactions: nothing is gained by waiting for more of them. */
export const DEVELOPMENT_CHAIN_IDS: readonly number[] = [1337, 31337];

/** Daemons of this process so far. */
let started = 0;

export interface Settings {
  readonly chainId: number;
  readonly roles: ReadonlySet<Role>;
  /** Who is paid; undefined when the daemon can neither prove nor send. */
  readonly prover: Hex | undefined;
  /** Whether collateral can be staked: a lock is held by the account that sends, and serves the account that is paid. */
  readonly canLock: boolean;
  readonly confirmations: number;
  readonly settlementConfirmations: number;
  readonly threads: number;
  /** Names this daemon in leases. */
  readonly holder: string;
  readonly maxHeadAgeMs: number;
  readonly isOurs: (prover: string) => boolean;
  readonly identity: Pick<DaemonStatus, "chainId" | "market" | "sender" | "prover" | "mode" | "roles">;
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
  await requireMarket(config.market, rpc);
  const sender = signer?.address ?? config.signerAddress;
  const prover = config.prover ?? sender;
  checkRoles(config, signer, prover);
  const development = DEVELOPMENT_CHAIN_IDS.includes(chainId);
  return {
    chainId,
    roles: new Set(config.role),
    prover,
    canLock: !config.dryRun && sender !== undefined && sender.toLowerCase() === prover?.toLowerCase(),
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
      sender: sender ?? null,
      prover: prover ?? null,
      mode: config.watchOnly ? "watch-only" : config.dryRun ? "dry-run" : "normal",
      roles: config.role,
    },
  };
}

/** Only what the contract itself answers counts: an endpoint in trouble may serve the market later. */
async function requireMarket(market: Hex, { client }: Rpc): Promise<void> {
  try {
    await statusOf(client, market, zeroHash);
  } catch (cause) {
    if (!isAnswerOfContract(cause)) throw cause;
    throw new ConfigError("the contract at the market's address is no request market", {
      expected: "a contract that gives the status of a request",
      got: market,
      remedy: "correct `market`",
      cause,
    });
  }
}

function isAnswerOfContract(error: unknown): boolean {
  const isAnswer = (at: unknown): boolean =>
    at instanceof ContractFunctionRevertedError ||
    at instanceof ContractFunctionZeroDataError ||
    at instanceof AbiDecodingDataSizeTooSmallError;
  return error instanceof BaseError && error.walk(isAnswer) !== null;
}

function checkRoles(config: DaemonConfig, signer: Signer | undefined, prover: Hex | undefined): void {
  if (config.watchOnly) return;
  if (signer === undefined && config.role.includes("send") && !config.dryRun) {
    throw new ConfigError("there is no key to send with", {
      expected: "`keystoreFile`, `keyFile`, `signerUrl` or GAVEL_PRIVATE_KEY",
      remedy: "set one, or run with --watch-only or --dry-run",
    });
  }
  if (ROLES.every((role) => config.role.includes(role))) return;
  if (prover === undefined && !config.dryRun) {
    throw new ConfigError("this process does not know who is paid", {
      expected: "`prover` or `signerAddress`, as its proofs name the prover and its watcher tells rivals apart",
      remedy: "set one of them to the address the sending process is paid at",
    });
  }
  if (!/^postgres/.test(config.database)) {
    throw new ConfigError("roles in processes of their own need a database they can share", {
      expected: "`database` with a postgres:// address",
      got: config.database,
      remedy: "use PostgreSQL, or give this process every role",
    });
  }
}
