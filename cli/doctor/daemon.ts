/** What a daemon with this configuration would find when it starts, without starting it. */
import { constants } from "node:fs";
import { access, mkdir, statfs } from "node:fs/promises";
import { createServer } from "node:net";
import { type Connection, followNewHeads } from "../../daemon/chain/new-heads.ts";
import { createRpc, type Rpc } from "../../daemon/chain/rpc.ts";
import { loadModels } from "../../daemon/jobs/models.ts";
import { createLogger } from "../../daemon/logger.ts";
import { type DaemonConfig, readSecret } from "../../daemon/options.ts";
import { configuredSigner } from "../../daemon/sending/configured-signer.ts";
import { DEVELOPMENT_CHAIN_IDS, resolveSettings } from "../../daemon/settings.ts";
import { openDatabase } from "../../daemon/store/database.ts";
import { check, type Finding, failed, ok, skipped, type Verdict, warning } from "./check.ts";

/** Proofs and the database of some ten thousand requests. */
const MIN_DISK_MB = 1024;
const MAX_CLOCK_SKEW_SECONDS = 60;
/** A chain whose newest block is older than this is not producing any, or the endpoint is far behind. */
const MAX_BLOCK_AGE_SECONDS = 600;
const WEI_PER_ETHER = 1e18;

export async function checkDaemon(config: DaemonConfig): Promise<Finding[]> {
  const rpc = createRpc(config.rpcUrls, { timeoutMs: config.rpcTimeoutMs, logger: createLogger("silent") });
  const chain = await checkChain(config, rpc);
  return [...chain, ...(await checkSurroundings(config))];
}

async function checkChain(config: DaemonConfig, rpc: Rpc): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const url of config.rpcUrls) {
    const one = createRpc([url], { timeoutMs: config.rpcTimeoutMs, logger: createLogger("silent") });
    // The address may hold an access key.
    findings.push(await check(`endpoint ${new URL(url).host}`, () => checkEndpoint(one, config)));
  }
  for (const url of config.wsUrls)
    findings.push(await check(`websocket ${new URL(url).host}`, () => checkSocket(url, config, rpc)));
  const signer = await configuredSigner(config).catch((error: Error) => error);
  if (signer instanceof Error) {
    return [...findings, await check("account", () => Promise.reject(signer)), skipped("market", "needs the account")];
  }
  findings.push(
    await check("market", async () => {
      const settings = await resolveSettings(config, signer, rpc);
      return ok(`${config.market} on chain ${settings.chainId}`);
    }),
    await check("account", async () => {
      if (signer === undefined) return ok("none: nothing is sent");
      const balance = await rpc.client.getBalance({ address: signer.address });
      const found = `${signer.address} has ${Number(balance) / WEI_PER_ETHER} ETH`;
      return balance >= config.minBalanceWei ? ok(found) : warning(found, "send it ether, or lower `minBalanceWei`");
    }),
  );
  return findings;
}

async function checkEndpoint(rpc: Rpc, { chainId }: DaemonConfig): Promise<Verdict> {
  const startMs = performance.now();
  const served = await rpc.client.getChainId();
  const elapsedMs = Math.round(performance.now() - startMs);
  if (chainId !== undefined && served !== chainId) {
    return failed(`serves chain ${served}`, `use an endpoint of chain ${chainId}, or correct \`chainId\``);
  }
  const { number, timestamp } = await rpc.client.getBlock();
  const ageSeconds = Math.round(Date.now() / 1000) - Number(timestamp);
  const found = `chain ${served}, block ${number}, ${ageSeconds} s old, answers in ${elapsedMs} ms`;
  // Blocks of a development chain come only with transactions, with whatever time a test gave them.
  if (DEVELOPMENT_CHAIN_IDS.includes(served)) return ok(found);
  if (ageSeconds < -MAX_CLOCK_SKEW_SECONDS) return warning(found, "this machine's clock is behind: synchronize it");
  if (ageSeconds > MAX_BLOCK_AGE_SECONDS) {
    return warning(found, "the endpoint is behind, or this machine's clock is ahead: compare both");
  }
  return ok(found);
}

/** Nothing but a warning: the daemon polls. */
async function checkSocket(url: string, config: DaemonConfig, rpc: Rpc): Promise<Verdict> {
  const chainId = config.chainId ?? (await rpc.client.getChainId());
  const { promise, resolve } = Promise.withResolvers<Connection>();
  const logger = createLogger("silent");
  const options = { chainId, logger, checkMs: config.rpcTimeoutMs, onBlock: () => undefined, onConnection: resolve };
  const newHeads = followNewHeads([url], options);
  const { isConnected, reason } = await promise;
  await newHeads.stop();
  return isConnected ? ok("announces new blocks") : warning(`${reason}`, "correct `wsUrls`, or leave it out");
}

async function checkModels(config: DaemonConfig): Promise<Verdict> {
  if (config.models.length === 0) return warning("none", "name artifact folders in `models`, or nothing is proven");
  const { supported } = await loadModels(config.models, config.market);
  return ok(supported.map(({ name, vkDigest }) => `${name} (${vkDigest.slice(0, 10)}…)`).join(", "));
}

async function checkSurroundings(config: DaemonConfig): Promise<Finding[]> {
  return [
    await check("models", () => checkModels(config)),
    await check("database", async () => {
      await (await openDatabase(config.database)).close();
      return ok(config.database.replace(/\/\/[^@/]*@/, "//…@"));
    }),
    await check("proof folder", async () => {
      await mkdir(config.proofDir, { recursive: true });
      await access(config.proofDir, constants.W_OK);
      const { bavail, bsize } = await statfs(config.proofDir);
      const freeMb = Math.floor((bavail * bsize) / 2 ** 20);
      const found = `${config.proofDir}, ${freeMb} MB free`;
      return freeMb >= MIN_DISK_MB ? ok(found) : warning(found, "make room, or lower `retentionDays`");
    }),
    await check("port", () => checkPort(config)),
    await check("access", () => {
      const isLocal = ["127.0.0.1", "localhost", "::1"].includes(config.host);
      if (config.apiTokenFile !== undefined) readSecret(config.apiTokenFile);
      else if (!isLocal) {
        return warning(`anyone who reaches ${config.host} may ask for proofs`, "set `apiTokenFile`");
      }
      return ok(config.apiTokenFile === undefined ? "this machine only" : "with the token");
    }),
  ];
}

function checkPort({ host, port }: DaemonConfig): Promise<Verdict> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error) =>
      resolve(failed(`${host}:${port}: ${error.message}`, "stop what listens there, or set `port`")),
    );
    server.listen(port, host, () => server.close(() => resolve(ok(`${host}:${port} is free`))));
  });
}
