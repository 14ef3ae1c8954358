/** Each thing that would stop a daemon is found before it is started. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Finding } from "../../cli/doctor/check.ts";
import { checkDaemon } from "../../cli/doctor/daemon.ts";
import { checkMachine } from "../../cli/doctor/machine.ts";
import type { DaemonConfigInput } from "../../daemon/options.ts";
import { openDatabase } from "../../daemon/store/database.ts";
import { startMarket, type TestMarket } from "../daemon/support/market.ts";

// Of the local chain's first account, which everybody knows.
const KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
let market: TestMarket;
let keyFile: string;

beforeAll(async () => {
  market = await startMarket();
  keyFile = join(await market.folder(), "key");
  await writeFile(keyFile, `${KEY}\n`);
});
afterAll(() => market?.close());

async function look(options: Partial<DaemonConfigInput> = {}): Promise<Map<string, Finding>> {
  const findings = await checkDaemon(await market.config({ keyFile, rpcTimeoutMs: 240_000, ...options }));
  return new Map(findings.map((finding) => [finding.name.replace(/ 127\.0\.0\.1:.*/, ""), finding]));
}

test("the machine can prove", async () => {
  expect((await checkMachine()).filter(({ outcome }) => outcome === "failed")).toEqual([]);
});

test("a good configuration is found good", async () => {
  const findings = await look({ wsUrls: [market.chain.url.replace("http", "ws")] });
  expect([...findings.values()].filter(({ outcome }) => outcome !== "ok")).toEqual([]);
  expect([...findings.keys()].sort()).toEqual(
    ["access", "account", "database", "endpoint", "market", "models", "port", "proof folder", "websocket"].sort(),
  );
});

describe("it finds", () => {
  test.each<[string, Partial<DaemonConfigInput>, Record<string, [Finding["outcome"], RegExp]>]>([
    [
      "another chain, a poor account, no models, an open interface",
      { chainId: 1, minBalanceWei: 10n ** 30n, models: [], host: "0.0.0.0" },
      {
        endpoint: ["failed", /serves chain 31337/],
        market: ["failed", /another chain/],
        account: ["warning", /ETH/],
        models: ["warning", /none/],
        access: ["warning", /anyone/],
      },
    ],
    [
      "an endpoint that is down, an artifact and a token file that are missing",
      { rpcUrls: ["http://127.0.0.1:1"], models: ["/nowhere"], apiTokenFile: "/nowhere" },
      {
        endpoint: ["failed", /./],
        market: ["failed", /./],
        models: ["failed", /./],
        access: ["failed", /ENOENT/],
      },
    ],
    [
      "no contract at the market's address",
      { market: `0x${"11".repeat(20)}` },
      { market: ["failed", /no contract/], endpoint: ["ok", /./] },
    ],
    [
      "websockets that nothing serves",
      { wsUrls: ["ws://127.0.0.1:1"] },
      { websocket: ["warning", /./], endpoint: ["ok", /./] },
    ],
    [
      "a key file that is missing",
      { keyFile: "/nowhere" },
      { account: ["failed", /ENOENT/], market: ["skipped", /account/] },
    ],
  ])("%s", async (_what, options, expected) => {
    const findings = await look(options);
    for (const [name, [outcome, found]] of Object.entries(expected)) {
      const finding = findings.get(name)!;
      expect(finding).toMatchObject({ outcome, found: expect.stringMatching(found) });
      expect(finding.outcome === "ok" || finding.outcome === "skipped" || Boolean(finding.remedy)).toBe(true);
    }
  });

  test("a contract that is no market", async () => {
    const found = (await look({ market: market.registry })).get("market");
    expect(found).toMatchObject({ outcome: "failed", found: expect.stringMatching(/no request market/) });
  });

  test("a port that is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    expect((await look({ port })).get("port")).toMatchObject({ outcome: "failed" });
    await new Promise((resolve) => server.close(resolve));
  });

  test("a database that another daemon has open", async () => {
    const database = `pglite:${join(await market.folder(), "db")}`;
    const other = await openDatabase(database);
    expect((await look({ database })).get("database")).toMatchObject({ outcome: "failed" });
    await other.close();
    expect((await look({ database })).get("database")).toMatchObject({ outcome: "ok" });
  });

  test("a proof folder that cannot be one", async () => {
    const proofDir = join(await market.folder(), "file");
    await writeFile(proofDir, "");
    expect((await look({ proofDir })).get("proof folder")).toMatchObject({ outcome: "failed" });
    await rm(proofDir);
    await mkdir(proofDir);
    expect((await look({ proofDir })).get("proof folder")).toMatchObject({ outcome: "ok" });
  });
});
