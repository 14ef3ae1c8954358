/** Many requests at once. On PostgreSQL (GAVEL_TEST_POSTGRES) by several daemons that share database and account. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningDaemon, startDaemon } from "../../daemon/main.ts";
import { settlements, transactionsOf } from "./support/daemon-client.ts";
import { FEE_WEI, PROVER, SERVER, startMarket, type TestMarket, until } from "./support/market.ts";

const DAEMONS = SERVER === undefined ? 1 : 2;
const REQUESTS = Number(process.env["GAVEL_TEST_REQUESTS"] ?? 12);

let market: TestMarket;
const daemons: RunningDaemon[] = [];

beforeAll(async () => {
  market = await startMarket();
  const config = await market.config();
  for (let i = 0; i < DAEMONS; i++) {
    daemons.push(await startDaemon(config, { signer: market.chain.account(PROVER) }));
    await daemons[i]!.ready;
  }
});
afterAll(async () => {
  for (const daemon of daemons) await daemon.stop();
  await market?.close();
});

test("all are settled once and paid once", async () => {
  const requests = [];
  for (let seed = 0; seed < REQUESTS; seed++) requests.push(await market.request(seed));
  const done = async () => (await market.balanceOf(PROVER)) >= FEE_WEI * BigInt(REQUESTS);
  await until("all are paid", done, 240_000 + 5_000 * REQUESTS);
  for (const { requestId } of requests) expect(await settlements(market, requestId)).toBe(1);
  expect(await market.balanceOf(PROVER)).toBe(FEE_WEI * BigInt(REQUESTS));
  expect(await transactionsOf(market, PROVER)).toBe(REQUESTS);
}, 10_000_000);
