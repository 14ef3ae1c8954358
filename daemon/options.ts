/**
 * The daemon's configuration: one table from which flags, environment names, the configuration file's keys and docs/daemon.md follow.
 *
 * An option `logLevel` is `--log-level`, GAVEL_LOG_LEVEL and "logLevel" in the file. Flags win over the environment, that over the
 * file. A private key comes from a file or from GAVEL_PRIVATE_KEY, never from a flag: the process list shows flags to everyone.
 */
import { readFileSync } from "node:fs";
import { validate } from "node-cron";
import { z } from "zod";
import { ConfigError } from "./errors.ts";

const list = (item: z.ZodType) =>
  z.preprocess(
    (value) => (typeof value === "string" ? value.split(",").map((part) => part.trim()) : value),
    z.array(item),
  );
const flag = z.preprocess(
  (value) => (value === "true" || value === "1" ? true : value === "false" || value === "0" ? false : value),
  z.boolean(),
);
const integer = (min: number, max = Number.MAX_SAFE_INTEGER) => z.coerce.number().int().min(min).max(max);
const wei = z.union([z.string(), z.number(), z.bigint()]).transform((value, issues) => {
  try {
    return BigInt(value);
  } catch {
    issues.addIssue({ code: "custom", message: "expected a whole number of wei" });
    return z.NEVER;
  }
});
const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, "expected an address")
  .transform((value) => value as `0x${string}`);
const url = z.string().regex(/^https?:\/\//, "expected an http or https address");
const cronTime = z.string().refine(validate, "expected a time as cron writes it, seconds first");
const socketUrl = z.string().regex(/^wss?:\/\//, "expected a ws or wss address");

/** Parts of the daemon that may run in processes of their own. */
export const ROLES = ["watch", "prove", "send"] as const;
export type Role = (typeof ROLES)[number];

export const OPTIONS = {
  rpcUrls: list(url).pipe(z.array(z.string()).min(1)).describe("JSON-RPC endpoints; the first healthy one is used"),
  wsUrls: list(socketUrl)
    .pipe(z.array(z.string()))
    .default([])
    .describe(
      "websocket endpoints that announce new blocks, to look at the chain before `pollMs` is over; never needed",
    ),
  chainId: integer(1).optional().describe("refuse to run on another chain"),
  market: address.describe("address of the request market"),
  models: list(z.string()).pipe(z.array(z.string())).default([]).describe("artifact folders of the models to prove"),
  database: z.string().default("pglite:./gavel-daemon/db").describe("`pglite:<folder>` or `postgres://…`"),
  proofDir: z.string().default("./gavel-daemon/proofs").describe("folder of finished proofs"),
  prover: address.optional().describe("address that is paid; the sending account's by default"),
  role: list(z.enum(ROLES))
    .pipe(z.array(z.enum(ROLES)).min(1))
    .default([...ROLES])
    .describe("what this process does: `watch`, `prove`, `send`; fewer than all needs PostgreSQL and other processes"),
  signerUrl: url
    .optional()
    .describe("JSON-RPC address of a remote signer that knows eth_signTransaction, such as web3signer"),
  signerAddress: address
    .optional()
    .describe("the sending account, when its key is with a remote signer or another process"),
  signerTokenFile: z
    .string()
    .optional()
    .describe("file with a token that the remote signer asks for as `authorization: Bearer`"),
  keyFile: z.string().optional().describe("file with the private key of the sending account, in hex"),
  keystoreFile: z.string().optional().describe("encrypted JSON keystore of the sending account"),
  keystorePasswordFile: z.string().optional().describe("file with the keystore's password"),
  startBlock: integer(0).default(0).describe("first block to read; set it to the block of the market's deployment"),
  confirmations: integer(0, 1000)
    .optional()
    .describe("blocks on top of a request before work starts; 0 on development chains, else 2"),
  settlementConfirmations: integer(0, 1000)
    .optional()
    .describe("blocks on top of a settlement before it is confirmed; 0 on development chains, else 12"),
  pollMs: integer(10, 600_000).default(1000).describe("pause between looks at the chain"),
  rpcTimeoutMs: integer(100, 600_000).default(10_000).describe("time limit of one JSON-RPC call"),
  maxLogRange: integer(1, 1_000_000)
    .default(5000)
    .describe("largest block range of one log query; smaller ones are found as needed"),
  minFeeWei: wei.default(0n).describe("smallest fee of a request that is taken"),
  minProfitWei: wei.default(0n).describe("what must be left of the fee after gas and proving"),
  provingCostWei: wei.default(0n).describe("what one proof costs the operator"),
  profitCheck: flag.default(true).describe("skip requests whose fee does not cover their cost"),
  tokenRates: list(z.string().regex(/^0x[0-9a-fA-F]{40}=\d+$/, "expected address=wei"))
    .pipe(z.array(z.string()))
    .default([])
    .describe("`address=wei`: tokens taken as fees, and what 10^18 of a token's smallest units are worth in wei"),
  proverLists: list(z.string())
    .pipe(z.array(z.string()))
    .default([])
    .describe("JSON files, each an array of addresses: lists of provers that requests name by their Merkle root"),
  maxCollateralWei: wei
    .default(0n)
    .describe("collateral staked at the same time to lock requests, by its worth in wei; 0 for no locks"),
  maxBatch: integer(1, 64).default(16).describe("settlements in one transaction at most; 1 for no batches"),
  settleGas: integer(100_000)
    .default(700_000)
    .describe("gas of a settlement without callback, for estimates before the proof exists"),
  maxCallbackGas: integer(0).default(2_000_000).describe("largest callback gas limit that is taken"),
  deadlineMarginSeconds: integer(0).default(30).describe("time a request must have left when work on it starts"),
  allowRequesters: list(address)
    .pipe(z.array(z.string()))
    .default([])
    .describe("take requests of these accounts only; empty for all"),
  denyRequesters: list(address).pipe(z.array(z.string())).default([]).describe("take no requests of these accounts"),
  inputSources: list(url)
    .pipe(z.array(z.string()))
    .default([])
    .describe(
      "where inputs known by their hash are looked for besides the request's own address; `{hash}` stands for the hash",
    ),
  ipfsGateway: url.optional().describe("gateway for inputs with `ipfs://` addresses"),
  inputTimeoutMs: integer(100, 600_000).default(15_000).describe("time limit of fetching one input"),
  maxInputBytes: integer(1).default(4_194_304).describe("largest input that is fetched"),
  inputAllowLoopback: flag.default(false).describe("fetch inputs from this machine too; for tests"),
  threads: integer(1, 256).optional().describe("threads of the prover; by default one per processor core, less one"),
  provingTimeoutMs: integer(1000).default(600_000).describe("time limit of one proof"),
  provingMemoryMb: integer(64).default(4096).describe("memory limit of the prover process"),
  modelCacheSize: integer(1, 1000).default(4).describe("models whose proving keys are kept in memory"),
  maxAttempts: integer(1, 100).default(3).describe("tries to prove one request"),
  maxFeePerGasWei: wei.default(500_000_000_000n).describe("no transaction offers more per gas"),
  bumpAfterMs: integer(100)
    .default(60_000)
    .describe("time without being mined after which a transaction's fees are raised"),
  maxInFlight: integer(1, 64).default(4).describe("transactions waiting to be mined at the same time"),
  breakerFailures: integer(1).default(5).describe("failures in a row after which no new work is taken"),
  breakerCooldownMs: integer(100).default(300_000).describe("how long that lasts"),
  minBalanceWei: wei.default(10_000_000_000_000_000n).describe("warn when the sending account has less"),
  retentionDays: integer(1, 3650).default(90).describe("finished requests and their proofs are kept this long"),
  reconcileCron: cronTime
    .default("*/30 * * * * *")
    .describe("when rows are compared with the chain (seconds field first)"),
  refundSweep: z
    .enum(["none", "own", "all"])
    .default("own")
    .describe("which expired requests are refunded: those whose fee comes back to this daemon, or all"),
  refundCron: cronTime.default("50 */10 * * * *").describe("when expired requests are refunded"),
  host: z.string().default("127.0.0.1").describe("address the HTTP interface listens on"),
  port: integer(0, 65_535).default(8571).describe("port of the HTTP interface; 0 for any free one"),
  apiTokenFile: z
    .string()
    .optional()
    .describe("file with a token that POST requests must carry as `authorization: Bearer`"),
  dashboard: flag.default(true).describe("serve the web page at /"),
  dryRun: flag.default(false).describe("do everything but send transactions"),
  watchOnly: flag.default(false).describe("read the chain, prove and send nothing"),
  stopGraceMs: integer(0).default(10_000).describe("time for work to end after SIGTERM"),
  logLevel: z
    .enum(["debug", "info", "warn", "error", "silent"])
    .default("info")
    .describe("least severe messages that are logged"),
} as const;

export type OptionName = keyof typeof OPTIONS;
const schema = z.strictObject(OPTIONS);
export type DaemonConfig = z.infer<typeof schema>;
export type DaemonConfigInput = z.input<typeof schema>;

export const OPTION_NAMES = Object.keys(OPTIONS) as OptionName[];
/** Taken as switches by the command line. */
export const SWITCHES: readonly OptionName[] = [
  "profitCheck",
  "inputAllowLoopback",
  "dashboard",
  "dryRun",
  "watchOnly",
];

const words = (name: string, separator: string): string =>
  name.replace(/[A-Z]/g, (letter) => `${separator}${letter.toLowerCase()}`);
export const flagOf = (name: OptionName): string => `--${words(name, "-")}`;
export const environmentNameOf = (name: OptionName): string => `GAVEL_${words(name, "_").toUpperCase()}`;

/** The configuration from its three sources. `flags` has the options given on the command line. */
export function loadConfig(flags: Readonly<Record<string, unknown>>, file?: string): DaemonConfig {
  const environment = Object.fromEntries(
    OPTION_NAMES.flatMap((name) => {
      const value = process.env[environmentNameOf(name)];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return parseConfig({ ...(file === undefined ? {} : readConfigFile(file)), ...environment, ...flags });
}

export function parseConfig(values: unknown): DaemonConfig {
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "configuration"}: ${message}`);
  throw new ConfigError("the configuration is not valid", {
    got: faults.join("; "),
    remedy: "docs/daemon.md lists every option with its flag and environment name",
  });
}

function readConfigFile(file: string): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new ConfigError("the configuration file cannot be read", {
      expected: "a JSON object",
      got: (cause as Error).message,
      remedy: `check ${file}`,
      cause,
    });
  }
}

/** The lists of provers, each as in its file. */
export function readProverLists(config: DaemonConfig): readonly (readonly `0x${string}`[])[] {
  return config.proverLists.map((file) => {
    const parsed = z.array(address).safeParse(readConfigFile(file));
    if (parsed.success) return parsed.data;
    throw new ConfigError("a list of provers is not valid", {
      expected: "a JSON array of addresses",
      got: z.prettifyError(parsed.error),
      remedy: `check ${file}`,
    });
  });
}

export interface KeySource {
  readonly privateKey?: `0x${string}`;
  readonly keystore?: { readonly json: string; readonly password: string };
}

/** Where the sending account's key is, read; undefined when none is configured. */
export function readKeySource(config: DaemonConfig): KeySource | undefined {
  if (config.keystoreFile !== undefined) {
    if (config.keystorePasswordFile === undefined) {
      throw new ConfigError("the keystore's password is missing", { remedy: "set `keystorePasswordFile`" });
    }
    const password = readSecret(config.keystorePasswordFile);
    return { keystore: { json: readSecret(config.keystoreFile), password } };
  }
  const hex = config.keyFile === undefined ? process.env["GAVEL_PRIVATE_KEY"] : readSecret(config.keyFile);
  if (hex === undefined) return undefined;
  if (!/^0x[0-9a-fA-F]{64}$/.test(hex)) {
    throw new ConfigError("the private key is not one", {
      expected: "0x and 64 hex digits",
      remedy: "check the key file",
    });
  }
  return { privateKey: hex as `0x${string}` };
}

export function readSecret(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw new ConfigError("a secret cannot be read", { got: (cause as Error).message, remedy: `check ${file}`, cause });
  }
}
