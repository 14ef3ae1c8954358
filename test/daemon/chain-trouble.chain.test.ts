/** One daemon, with everything a chain, an endpoint and other people do to it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningDaemon, startDaemon } from "../../daemon/main.ts";
import { numbers } from "../support/circuits.ts";
import { settlements, shown, transactionsOf, untilState } from "./support/daemon-client.ts";
import { PROVER, startMarket, type TestMarket, WIDE_MARGIN_SECONDS } from "./support/market.ts";
import { settleAsRival } from "./support/rival.ts";
import { isSend, REFUSED, type RpcProxy, startRpcProxy } from "./support/rpc-proxy.ts";
import { until } from "./support/until.ts";

const OPEN = 1;
const BUMP_AFTER_MS = 400;
/** A swallowed answer costs two of these; an honest one must fit on a busy machine. */
const RPC_TIMEOUT_MS = 2000;

let market: TestMarket;
let proxy: RpcProxy;
let daemon: RunningDaemon;
const pass = () => undefined;

beforeAll(async () => {
  market = await startMarket();
  proxy = await startRpcProxy(market.chain.url);
  const config = await market.config({
    rpcUrls: [proxy.url],
    bumpAfterMs: BUMP_AFTER_MS,
    rpcTimeoutMs: RPC_TIMEOUT_MS,
    reconcileCron: "* * * * * *",
    maxLogRange: 64,
    deadlineMarginSeconds: WIDE_MARGIN_SECONDS,
  });
  daemon = await startDaemon(config, { signer: market.chain.account(PROVER) });
  await daemon.ready;
});
afterAll(async () => {
  await daemon?.stop();
  await proxy?.close();
  await market?.close();
});

/** A request whose settlement is signed and kept from the chain. */
async function heldRequest(seed: number, options: { deadline?: number } = {}) {
  proxy.rule = (call) => (isSend(call) ? REFUSED : undefined);
  const request = await market.request(seed, options);
  await untilState(daemon.url, request.requestId, "submitting");
  return request;
}

async function expectSettledOnce(requestId: string): Promise<void> {
  proxy.rule = pass;
  await untilState(daemon.url, requestId, "confirmed");
  expect(await settlements(market, requestId)).toBe(1);
}

describe("sending", () => {
  test("a refused transaction is sent again, the same bytes", async () => {
    const before = await transactionsOf(market, PROVER);
    const { requestId } = await heldRequest(1);
    await expectSettledOnce(requestId);
    expect(await transactionsOf(market, PROVER)).toBe(before + 1);
  });

  test("a time-out after the transaction was taken in settles once", async () => {
    const before = await transactionsOf(market, PROVER);
    let swallowed = 0;
    proxy.rule = (call) => (isSend(call) && swallowed++ < 2 ? "swallow-answer" : undefined);
    const { requestId } = await market.request(2);
    await until("the transaction is taken in", () => swallowed > 0);
    await expectSettledOnce(requestId);
    expect(await transactionsOf(market, PROVER)).toBe(before + 1);
  });

  test("a nonce used by someone else with our key is given up for the next", async () => {
    const { requestId } = await heldRequest(3);
    const stranger = market.chain.wallet(PROVER);
    await stranger.sendTransaction({ to: stranger.account.address, value: 1n });
    const isLost = ({ code }: { code: string | null }) => code === "TRANSACTION-LOST";
    await until(
      "the nonce is given up",
      async () => (await shown(daemon.url, requestId))?.history.some(isLost) ?? false,
    );
    await expectSettledOnce(requestId);
  });

  test("a transaction that is not mined is replaced with higher fees", async () => {
    proxy.rule = pass;
    const raw = new Set<string>();
    const { requestId } = await heldRequest(4);
    await market.rpc("evm_setAutomine", false);
    try {
      proxy.rule = (call) => {
        if (isSend(call)) raw.add(call.params[0] as string);
        return undefined;
      };
      await until("a replacement", () => raw.size >= 2);
    } finally {
      await market.rpc("evm_setAutomine", true);
      await market.mine();
    }
    await expectSettledOnce(requestId);
  });
});

describe("rivals and deadlines", () => {
  test("a rival's settlement ends our work, and our transaction is cancelled", async () => {
    const request = await heldRequest(5);
    await settleAsRival(market, request);
    const { code } = await untilState(daemon.url, request.requestId, "superseded");
    expect(code).toBe("RIVAL-SETTLED");
    const before = await transactionsOf(market, PROVER);
    proxy.rule = pass;
    await until("the empty transaction", async () => (await transactionsOf(market, PROVER)) === before + 1);
    expect(await settlements(market, request.requestId)).toBe(1);
    expect((await shown(daemon.url, request.requestId))?.state).toBe("superseded");
  });

  test("a request that leaves too little time is skipped", async () => {
    proxy.rule = pass;
    const { requestId } = await market.request(6, { deadline: (await market.now()) + WIDE_MARGIN_SECONDS - 600 });
    expect((await untilState(daemon.url, requestId, "skipped")).code).toBe("DEADLINE-TOO-CLOSE");
  });

  test("a request whose deadline passes is given up", async () => {
    const { requestId } = await heldRequest(7, { deadline: (await market.now()) + 3600 });
    await market.rpc("evm_increaseTime", 4000);
    await market.mine();
    expect((await untilState(daemon.url, requestId, "expired")).code).toBe("DEADLINE-PASSED");
    proxy.rule = pass;
    expect(await market.status(requestId)).toBe(OPEN);
    // The signed settlement must not be sent any more: the next request takes the following nonce.
    await expectSettledOnce((await market.request(8)).requestId);
    expect(await settlements(market, requestId)).toBe(0);
  });
});

describe("reorganizations", () => {
  test("a request that vanishes and comes back is settled once", async () => {
    proxy.rule = pass;
    const snapshot = await market.rpc<string>("evm_snapshot");
    const deadline = (await market.now()) + 3600;
    const { requestId } = await heldRequest(9, { deadline });
    await market.rpc("evm_revert", snapshot);
    await market.rpc("evm_increaseTime", 5);
    await market.mine(3);
    await untilState(daemon.url, requestId, "reorged");
    expect(await market.status(requestId)).toBe(0);
    const again = await market.request(9, { deadline });
    expect(again.requestId).toBe(requestId);
    await expectSettledOnce(requestId);
  });

  test("a settlement that is undone is made again with the same transaction", async () => {
    // Held until there is a state to go back to.
    const { requestId } = await heldRequest(11);
    const snapshot = await market.rpc<string>("evm_snapshot");
    proxy.rule = pass;
    await untilState(daemon.url, requestId, "confirmed");
    const before = await transactionsOf(market, PROVER);
    proxy.rule = (call) => (isSend(call) ? REFUSED : undefined);
    await market.rpc("evm_revert", snapshot);
    await market.rpc("evm_increaseTime", 5);
    await market.mine(4);
    expect(await market.status(requestId)).toBe(OPEN);
    proxy.rule = pass;
    await until("settled again", async () => (await settlements(market, requestId)) === 1);
    // The sender may hand the transaction over again before the watcher has seen the fork.
    const isResumed = ({ code }: { code: string | null }) => code === "RESUMED";
    await until("the fork is seen", async () => (await shown(daemon.url, requestId))?.history.some(isResumed) ?? false);
    await untilState(daemon.url, requestId, "confirmed");
    expect(await transactionsOf(market, PROVER)).toBe(before);
  });

  test("a settlement that is undone, and then made by a rival, is the rival's", async () => {
    const request = await heldRequest(13);
    const { requestId } = request;
    const snapshot = await market.rpc<string>("evm_snapshot");
    await expectSettledOnce(requestId);
    const after = await transactionsOf(market, PROVER);
    proxy.rule = (call) => (isSend(call) ? REFUSED : undefined);
    await market.rpc("evm_revert", snapshot);
    await market.rpc("evm_increaseTime", 5);
    await market.mine(4);
    await settleAsRival(market, request);
    const { code } = await untilState(daemon.url, requestId, "superseded");
    expect(code).toBe("RIVAL-SETTLED");
    proxy.rule = pass;
    await until("the empty transaction", async () => (await transactionsOf(market, PROVER)) === after);
    expect(await settlements(market, requestId)).toBe(1);
    expect((await shown(daemon.url, requestId))?.state).toBe("superseded");
  });
});

describe("endpoints", () => {
  const seeded = [1, 2, 3].map((seed) => ({ seed }));
  test.each(seeded)("a bad endpoint loses nothing (seed $seed)", async ({ seed }) => {
    const random = numbers(seed);
    let left = 40;
    proxy.rule = () => {
      if (left <= 0 || random(1, 10) > 4) return undefined;
      left--;
      const kind = random(0, 4);
      if (kind === 0) return { status: 429 };
      if (kind === 1) return { status: 503 };
      if (kind === 2) return { error: { code: -32005, message: "limit exceeded" } };
      if (kind === 3) return { error: { code: -32603, message: "internal error" } };
      return "swallow-answer";
    };
    const requests = [await market.request(100 * seed + 1), await market.request(100 * seed + 2)];
    for (const { requestId } of requests) {
      await untilState(daemon.url, requestId, "confirmed");
      expect(await settlements(market, requestId)).toBe(1);
    }
  });

  test("an event the endpoint leaves out is found by the counter", async () => {
    proxy.rule = ({ method, params }) => {
      const filter = params[0] as { blockHash?: string } | undefined;
      return method === "eth_getLogs" && filter?.blockHash !== undefined ? { result: [] } : undefined;
    };
    const { requestId } = await market.request(12);
    await until("the request is known", async () => (await shown(daemon.url, requestId)) !== undefined);
    proxy.rule = pass;
    await expectSettledOnce(requestId);
  });
});
