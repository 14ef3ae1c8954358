/** Many requests at once. On PostgreSQL (GAVEL_TEST_POSTGRES) by several daemons that share database and account. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bytesToHex } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { audit, countsOf, report } from "./support/audit.ts";
import { fetchFresh } from "./support/daemon-client.ts";
import { type DaemonProcess, startedDaemon } from "./support/daemon-process.ts";
import { FEE_WEI, PROVER, SERVER, startMarket, type TestMarket } from "./support/market.ts";
import { until } from "./support/until.ts";

const DAEMONS = SERVER === undefined ? 1 : Number(process.env["GAVEL_TEST_PROCESSES"] ?? 2);
const REQUESTS = Number(process.env["GAVEL_TEST_REQUESTS"] ?? 12);
/** What a daemon may grow by while the last nine tenths are worked on; garbage that is not collected yet is part of it. */
const GROWTH_MB = 250;

let market: TestMarket;
let database: string;
const daemons: DaemonProcess[] = [];

beforeAll(async () => {
  market = await startMarket();
  database = await market.database();
  const home = await market.folder();
  const configFile = join(home, "config.json");
  const config = {
    rpcUrls: [market.chain.url],
    market: market.market,
    models: [market.artifact],
    database,
    proofDir: join(home, "proofs"),
    pollMs: 50,
    threads: 1,
    port: 0,
    profitCheck: false,
  };
  await writeFile(configFile, JSON.stringify(config));
  const key = bytesToHex(market.chain.account(PROVER).getHdKey().privateKey!);
  for (let i = 0; i < DAEMONS; i++) daemons.push(await startedDaemon(configFile, key, "DAEMON-READY"));
});
afterAll(async () => {
  for (const daemon of daemons) await daemon.kill();
  await market?.close();
});

/** Of the largest daemon. */
async function memoryMb(): Promise<number> {
  const sizes = await Promise.all(
    daemons.map(async ({ lines }) => {
      const { url } = lines.find(({ code }) => code === "DAEMON-START")!;
      const metrics = await (await fetchFresh(`${url}/metrics`)).text();
      return Number(/^process_resident_memory_bytes (\S+)$/m.exec(metrics)![1]) / 2 ** 20;
    }),
  );
  return Math.round(Math.max(...sizes));
}

test("all are settled once and paid once, in memory that does not grow with their number", async () => {
  for (let seed = 0; seed < REQUESTS; seed++) await market.request(seed);
  const paid = async (part: number) => (await market.balanceOf(PROVER)) >= FEE_WEI * BigInt(part);
  const patienceMs = 240_000 + 5_000 * REQUESTS;
  await until("a tenth is paid", () => paid(Math.ceil(REQUESTS / 10)), patienceMs);
  const earlyMb = await memoryMb();
  await until("all are paid", () => paid(REQUESTS), patienceMs);
  const lateMb = await memoryMb();
  const confirmed = async () => {
    const url = daemons[0]!.lines.find(({ code }) => code === "DAEMON-START")!.url!;
    const { requests } = (await (await fetchFresh(`${url}/status`)).json()) as { requests: Record<string, number> };
    return requests["confirmed"] === REQUESTS;
  };
  await until("all are confirmed", confirmed);
  for (const daemon of daemons) await daemon.kill();
  const found = await audit(market, database, market.chain.account(PROVER).address);
  report({ ...countsOf(found), load: { requests: REQUESTS, daemons: DAEMONS, earlyMb, lateMb } });
  expect(found).toEqual({ requests: REQUESTS, lost: [], settledTwice: [], paidTwice: [] });
  expect(await market.balanceOf(PROVER)).toBe(FEE_WEI * BigInt(REQUESTS));
  expect(lateMb - earlyMb).toBeLessThan(GROWTH_MB);
}, 10_000_000);
