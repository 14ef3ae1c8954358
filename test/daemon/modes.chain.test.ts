/** The modes that send nothing: what such a daemon sees and judges is recorded all the same. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type RunningDaemon, startDaemon } from "../../daemon/main.ts";
import type { DaemonConfigInput } from "../../daemon/options.ts";
import { shown, transactionsOf, untilState } from "./support/daemon-client.ts";
import { FEE_WEI, PROVER, startMarket, type TestMarket } from "./support/market.ts";
import { settleAsRival } from "./support/rival.ts";
import { type Call, isSend, type RpcProxy, startRpcProxy } from "./support/rpc-proxy.ts";
import { until } from "./support/until.ts";

const OPEN = 1;

let market: TestMarket;
let proxy: RpcProxy;
let daemon: RunningDaemon | undefined;
let sends: Call[];

beforeAll(async () => {
  market = await startMarket();
  proxy = await startRpcProxy(market.chain.url);
});
afterAll(async () => {
  await proxy?.close();
  await market?.close();
});
beforeEach(() => {
  sends = [];
  proxy.rule = (call) => {
    if (isSend(call)) sends.push(call);
    return undefined;
  };
});
afterEach(async () => {
  await daemon?.stop();
  daemon = undefined;
});

async function start(mode: Partial<DaemonConfigInput>): Promise<string> {
  const config = await market.config({ rpcUrls: [proxy.url], minFeeWei: FEE_WEI, ...mode });
  daemon = await startDaemon(config, { signer: market.chain.account(PROVER) });
  await daemon.ready;
  return daemon.url;
}

async function expectNothingSent(): Promise<void> {
  await daemon?.stop();
  expect(sends).toEqual([]);
  expect(await transactionsOf(market, PROVER)).toBe(0);
}

test("a dry run judges, proves and tries settlements, and sends nothing", async () => {
  const url = await start({ dryRun: true });
  const cheap = await market.request(1, { feeWei: FEE_WEI - 1n });
  expect((await untilState(url, cheap.requestId, "skipped")).code).toBe("FEE-TOO-LOW");
  // The second is tried after the first has been.
  for (const seed of [2, 3]) {
    const { requestId } = await market.request(seed);
    await until("the settlement is tried", async () => (await shown(url, requestId))?.code === "DRY-RUN");
    expect((await shown(url, requestId))?.state).toBe("proved");
    expect(await market.status(requestId)).toBe(OPEN);
  }
  await expectNothingSent();
});

test("a daemon that only watches records requests and who settled them, and neither proves nor sends", async () => {
  const url = await start({ watchOnly: true });
  const left = await market.request(4);
  await untilState(url, left.requestId, "seen");
  const taken = await market.request(5);
  await settleAsRival(market, taken);
  const { history } = await untilState(url, taken.requestId, "superseded");
  expect(history.map(({ to }) => to)).toEqual(["seen", "superseded"]);
  expect((await shown(url, left.requestId))?.history.map(({ to }) => to)).toEqual(["seen"]);
  expect(await market.status(left.requestId)).toBe(OPEN);
  await expectNothingSent();
});
