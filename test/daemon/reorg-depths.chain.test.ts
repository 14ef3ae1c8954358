/** Reorganizations of each depth, up to beyond what counts as final, before and after a settlement. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningDaemon, startDaemon } from "../../daemon/main.ts";
import { fetchFresh, settlements, shown, transactionsOf, untilState } from "./support/daemon-client.ts";
import { PROVER, startMarket, type TestMarket } from "./support/market.ts";
import { isSend, REFUSED, type RpcProxy, startRpcProxy } from "./support/rpc-proxy.ts";
import { until } from "./support/until.ts";

/** Blocks on top of a settlement after which it is confirmed: one that is `CONFIRMATIONS + 1` deep has been. */
const CONFIRMATIONS = 2;

let market: TestMarket;
let proxy: RpcProxy;
let daemon: RunningDaemon;

beforeAll(async () => {
  market = await startMarket();
  proxy = await startRpcProxy(market.chain.url);
  const options = { rpcUrls: [proxy.url], settlementConfirmations: CONFIRMATIONS, bumpAfterMs: 600_000 };
  daemon = await startDaemon(await market.config(options), { signer: market.chain.account(PROVER) });
  await daemon.ready;
});
afterAll(async () => {
  await daemon?.stop();
  await proxy?.close();
  await market?.close();
});

const holdSends = () => {
  proxy.rule = (call) => (isSend(call) ? REFUSED : undefined);
};
const letPass = () => {
  proxy.rule = () => undefined;
};
const head = async () => Number(await market.chain.publicClient.getBlockNumber());

/** What is there now has been read. */
async function untilRead(): Promise<void> {
  const height = await head();
  const cursor = async () => ((await (await fetchFresh(`${daemon.url}/status`)).json()) as { cursor: number }).cursor;
  await until("the chain is read", async () => (await cursor()) === height);
}

/** The blocks since the snapshot are replaced by one more than they were. */
async function replace(snapshot: string, depth: number): Promise<void> {
  await market.rpc("evm_revert", snapshot);
  await market.rpc("evm_increaseTime", 5);
  await market.mine(depth + 1);
}

async function expectSettledOnce(requestId: string): Promise<void> {
  await until("settled", async () => (await settlements(market, requestId)) === 1);
  await market.mine(CONFIRMATIONS);
  await untilRead();
  await untilState(daemon.url, requestId, "confirmed");
  expect(await settlements(market, requestId)).toBe(1);
}

test.each([1, CONFIRMATIONS + 2])(
  "a request that is undone at depth %i and made again is settled once",
  async (depth) => {
    holdSends();
    const deadline = (await market.now()) + 86_400;
    const snapshot = await market.rpc<string>("evm_snapshot");
    const { requestId } = await market.request(depth, { deadline });
    await market.mine(depth - 1);
    await untilState(daemon.url, requestId, "submitting");
    await untilRead();
    await replace(snapshot, depth);
    await untilState(daemon.url, requestId, "reorged");
    const again = await market.request(depth, { deadline });
    expect(again.requestId).toBe(requestId);
    letPass();
    await expectSettledOnce(requestId);
  },
);

test.each([1, 2, 3, 4])(
  "a settlement that is undone at depth %i is made again by the same transaction",
  async (depth) => {
    holdSends();
    const deadline = (await market.now()) + 86_400;
    const { requestId } = await market.request(100 + depth, { deadline });
    await untilState(daemon.url, requestId, "submitting");
    const before = await transactionsOf(market, PROVER);
    const snapshot = await market.rpc<string>("evm_snapshot");
    letPass();
    await until("settled", async () => (await settlements(market, requestId)) === 1);
    await market.mine(depth - 1);
    await untilRead();
    const wasConfirmed = depth > CONFIRMATIONS;
    await untilState(daemon.url, requestId, wasConfirmed ? "confirmed" : "submitted");
    await replace(snapshot, depth);
    const seen = async () => (await shown(daemon.url, requestId))!.history.some(({ code }) => code === "RESUMED");
    if (wasConfirmed) await until("the fork is seen", seen);
    await expectSettledOnce(requestId);
    expect(await transactionsOf(market, PROVER)).toBe(before + 1);
  },
);
