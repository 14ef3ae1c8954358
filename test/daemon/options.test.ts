import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { computeAddress, encryptKeystoreJsonSync } from "ethers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ConfigError } from "../../daemon/errors.ts";
import {
  environmentNameOf,
  flagOf,
  loadConfig,
  OPTION_NAMES,
  parseConfig,
  readKeySource,
} from "../../daemon/options.ts";
import { configuredSigner } from "../../daemon/sending/configured-signer.ts";

const MARKET = `0x${"ab".repeat(20)}`;
const KEY = `0x${"01".repeat(32)}`;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gavel-options-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

async function fileWith(text: string): Promise<string> {
  const file = join(folder, "file");
  await writeFile(file, text);
  return file;
}

test("a time that is none is refused before anything starts", () => {
  const required = { rpcUrls: ["http://a"], market: MARKET };
  expect(() => parseConfig({ ...required, reconcileCron: "every minute" })).toThrow(/reconcileCron.*cron/);
  expect(parseConfig({ ...required, refundCron: "0 */2 * * *" }).refundCron).toBe("0 */2 * * *");
});

describe("sources", () => {
  test("flags win over the environment, that over the file", async () => {
    const file = await fileWith(
      JSON.stringify({ rpcUrls: ["http://a"], market: MARKET, pollMs: 11, port: 1, maxInFlight: 2 }),
    );
    vi.stubEnv("GAVEL_POLL_MS", "22");
    vi.stubEnv("GAVEL_PORT", "2");
    const config = loadConfig({ port: "3" }, file);
    expect([config.maxInFlight, config.pollMs, config.port]).toEqual([2, 22, 3]);
  });

  test("lists, switches and amounts are read from text", () => {
    const config = parseConfig({
      rpcUrls: "http://a, http://b",
      market: MARKET,
      dryRun: "true",
      minFeeWei: "1000000000000000000000",
    });
    expect(config.rpcUrls).toEqual(["http://a", "http://b"]);
    expect(config.dryRun).toBe(true);
    expect(config.minFeeWei).toBe(10n ** 21n);
  });

  test("an option nobody knows is refused", () => {
    expect(() => parseConfig({ rpcUrls: ["http://a"], market: MARKET, polMs: 5 })).toThrow(ConfigError);
  });

  test("names follow from the option's", () => {
    expect(flagOf("maxFeePerGasWei")).toBe("--max-fee-per-gas-wei");
    expect(environmentNameOf("maxFeePerGasWei")).toBe("GAVEL_MAX_FEE_PER_GAS_WEI");
  });
});

describe("keys", () => {
  const base = { rpcUrls: ["http://a"], market: MARKET };

  test("no option takes a key itself", () => {
    expect(OPTION_NAMES.filter((name) => /key|password|secret/i.test(name) && !name.endsWith("File"))).toEqual([]);
  });

  test("come from a file or the environment", async () => {
    vi.stubEnv("GAVEL_PRIVATE_KEY", KEY);
    expect(readKeySource(parseConfig(base))).toEqual({ privateKey: KEY });
    const file = await fileWith(`0x${"02".repeat(32)}\n`);
    expect(readKeySource(parseConfig({ ...base, keyFile: file }))).toEqual({ privateKey: `0x${"02".repeat(32)}` });
  });

  test("come from an encrypted keystore", async () => {
    const account = { address: computeAddress(KEY), privateKey: KEY };
    const keystoreFile = await fileWith(encryptKeystoreJsonSync(account, "secret", { scrypt: { N: 2, p: 1, r: 8 } }));
    const keystorePasswordFile = join(folder, "password");
    await writeFile(keystorePasswordFile, "secret\n");
    const config = parseConfig({ ...base, keystoreFile, keystorePasswordFile });
    expect((await configuredSigner(config))?.address).toBe(account.address);
    await writeFile(keystorePasswordFile, "wrong");
    await expect(configuredSigner(config)).rejects.toThrow(ConfigError);
  });

  test("that are malformed are refused without being shown", async () => {
    const file = await fileWith("0x1234");
    const read = () => readKeySource(parseConfig({ ...base, keyFile: file }));
    expect(read).toThrow(ConfigError);
    expect(read).not.toThrow("1234");
  });
});
