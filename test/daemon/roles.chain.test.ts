/** Roles in processes of their own. What shares a database needs a server (GAVEL_TEST_POSTGRES). */
import { afterAll, beforeAll, expect, test } from "vitest";
import { ConfigError } from "../../daemon/errors.ts";
import { type RunningDaemon, startDaemon } from "../../daemon/main.ts";
import { ROLES } from "../../daemon/options.ts";
import { settlements, transactionsOf, untilState } from "./support/daemon-client.ts";
import { PROVER, SERVER, startMarket, type TestMarket } from "./support/market.ts";

let market: TestMarket;
const daemons: RunningDaemon[] = [];

beforeAll(async () => {
  market = await startMarket();
});
afterAll(async () => {
  for (const daemon of daemons) await daemon.stop();
  await market?.close();
});

test(`on ${SERVER === undefined ? "an embedded database are refused" : "one server work as one"}`, async () => {
  const { address } = market.chain.account(PROVER);
  const config = await market.config({ signerAddress: address });
  const signer = market.chain.account(PROVER);
  if (SERVER === undefined) {
    for (const role of ROLES)
      await expect(startDaemon({ ...config, role: [role] }, { signer })).rejects.toThrow(ConfigError);
    return;
  }
  // Only the sender has the key.
  for (const role of ROLES)
    daemons.push(await startDaemon({ ...config, role: [role] }, role === "send" ? { signer } : {}));
  for (const { ready } of daemons) await ready;
  const requests = [await market.request(1), await market.request(2), await market.request(3)];
  for (const { requestId } of requests) {
    await untilState(daemons[0]!.url, requestId, "confirmed");
    expect(await settlements(market, requestId)).toBe(1);
  }
  expect(await transactionsOf(market, PROVER)).toBeLessThanOrEqual(requests.length);
});

test("a process that proves must know who is paid", async () => {
  const config = await market.config({ role: ["watch", "prove"], database: "postgres://nobody@127.0.0.1:1/none" });
  await expect(startDaemon(config)).rejects.toThrow("who is paid");
});
