/** What one account sends besides single settlements: batches and refunds; and signing with a key that is elsewhere. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Hex, hexToBigInt, hexToNumber, keccak256, toHex } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningDaemon, startDaemon } from "../../daemon/main.ts";
import { createRemoteSigner } from "../../daemon/sending/remote-signer.ts";
import { fetchFresh, settlements, shown, transactionsOf, untilState } from "./support/daemon-client.ts";
import { FEE_WEI, PROVER, RIVAL, startMarket, type TestMarket, WIDE_MARGIN_SECONDS } from "./support/market.ts";
import { settleAsRival } from "./support/rival.ts";
import { isSend, REFUSED, type RpcProxy, startRpcProxy } from "./support/rpc-proxy.ts";
import { until } from "./support/until.ts";

const TOKEN = "the signer's token";
const REFUNDED = 4;
/** Nothing here waits for it. */
const SIGNER_TIMEOUT_MS = 240_000;

let market: TestMarket;
let proxy: RpcProxy;
let daemon: RunningDaemon;
let signer: Server;
let signerUrl: string;
/** What the signer does to a transaction before it signs. */
let tamper: (transaction: Record<string, unknown>) => Record<string, unknown> = (transaction) => transaction;
let signed = 0;

beforeAll(async () => {
  market = await startMarket();
  proxy = await startRpcProxy(market.chain.url);
  signer = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.headers.authorization !== `Bearer ${TOKEN}`) {
      response.writeHead(401).end();
      return;
    }
    const { id, method, params } = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    const [{ to, data, ...quantities }] = params as [Record<string, Hex>];
    const transaction = tamper({
      type: "eip1559",
      to,
      data,
      chainId: hexToNumber(quantities["chainId"]!),
      nonce: hexToNumber(quantities["nonce"]!),
      ...Object.fromEntries(
        ["gas", "value", "maxFeePerGas", "maxPriorityFeePerGas"].map((name) => [name, hexToBigInt(quantities[name]!)]),
      ),
    });
    const raw = await market.chain.account(PROVER).signTransaction(transaction as never);
    if (method === "eth_signTransaction") signed++;
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify({ jsonrpc: "2.0", id, result: raw }));
  });
  await new Promise<void>((resolve) => signer.listen(0, "127.0.0.1", resolve));
  signerUrl = `http://127.0.0.1:${(signer.address() as AddressInfo).port}`;
  const { address } = market.chain.account(PROVER);
  const remote = createRemoteSigner({ url: signerUrl, address, token: TOKEN, timeoutMs: SIGNER_TIMEOUT_MS });
  const config = await market.config({
    rpcUrls: [proxy.url],
    bumpAfterMs: 600_000,
    refundCron: "* * * * * *",
    deadlineMarginSeconds: WIDE_MARGIN_SECONDS,
  });
  daemon = await startDaemon(config, { signer: remote });
  await daemon.ready;
});
afterAll(async () => {
  await daemon?.stop();
  signer?.close();
  await proxy?.close();
  await market?.close();
});

/** Proofs of these seeds, none of them sent: without the account's nonce nothing is signed. */
async function proved(seeds: readonly number[]) {
  let refused = 0;
  proxy.rule = ({ method }) => {
    if (method !== "eth_getTransactionCount") return undefined;
    refused++;
    return REFUSED;
  };
  const requests = [];
  for (const seed of seeds) requests.push(await market.request(seed));
  for (const { requestId } of requests) await untilState(daemon.url, requestId, "proved");
  // A look that began before the last was proved would leave it out: it ends with its refusal.
  const before = refused;
  await until("a further look", () => refused > before);
  return requests;
}

describe("a batch", () => {
  test("settles what is ready in one transaction", async () => {
    const before = await transactionsOf(market, PROVER);
    const requests = await proved([1, 2, 3]);
    proxy.rule = () => undefined;
    for (const { requestId } of requests) await untilState(daemon.url, requestId, "confirmed");
    for (const { requestId } of requests) expect(await settlements(market, requestId)).toBe(1);
    expect(await transactionsOf(market, PROVER)).toBe(before + 1);
    expect(signed).toBeGreaterThan(0);
  });

  test("costs less gas than one transaction each", async () => {
    const gasOf = async (seeds: readonly number[]) => {
      const nonce = await transactionsOf(market, PROVER);
      const balance = await market.balanceOf(PROVER);
      const from = await market.chain.publicClient.getBlockNumber();
      await proved(seeds);
      proxy.rule = () => undefined;
      await until("paid", async () => (await market.balanceOf(PROVER)) === balance + FEE_WEI * BigInt(seeds.length));
      expect(await transactionsOf(market, PROVER)).toBe(nonce + 1);
      let gasUsed = 0n;
      for (let at = from + 1n; at <= (await market.chain.publicClient.getBlockNumber()); at++) {
        const block = await market.chain.publicClient.getBlock({ blockNumber: at, includeTransactions: true });
        const own = block.transactions.find(
          ({ from: by }) => by === market.chain.account(PROVER).address.toLowerCase(),
        );
        if (own !== undefined) gasUsed = block.gasUsed;
      }
      return gasUsed;
    };
    const single = await gasOf([4]);
    const batch = await gasOf([5, 6, 7]);
    expect(single).toBeGreaterThan(21_000n);
    expect(batch).toBeLessThan(3n * single - 2n * 20_000n);
  });

  test("with an item that a rival settled first settles the others", async () => {
    const before = await transactionsOf(market, PROVER);
    const requests = await proved([8, 9, 10]);
    proxy.rule = (call) => (isSend(call) ? REFUSED : undefined);
    for (const { requestId } of requests) await untilState(daemon.url, requestId, "submitting");
    await settleAsRival(market, requests[1]!);
    await untilState(daemon.url, requests[1]!.requestId, "superseded");
    proxy.rule = () => undefined;
    for (const { requestId } of [requests[0]!, requests[2]!]) await untilState(daemon.url, requestId, "confirmed");
    for (const { requestId } of requests) expect(await settlements(market, requestId)).toBe(1);
    expect(await transactionsOf(market, PROVER)).toBe(before + 1);
  });

  test("whose item failed for now tries it again alone", async () => {
    const requests = await proved([11, 12]);
    proxy.rule = (call) => (isSend(call) ? REFUSED : undefined);
    for (const { requestId } of requests) await untilState(daemon.url, requestId, "submitting");
    const snapshot = await market.rpc<string>("evm_snapshot");
    await settleAsRival(market, requests[0]!);
    await until("noticed", async () => (await shown(daemon.url, requests[0]!.requestId))?.state === "superseded");
    proxy.rule = () => undefined;
    await untilState(daemon.url, requests[1]!.requestId, "confirmed");
    // The chain takes everything back but the request: the batch's bytes are valid again.
    await market.rpc("evm_revert", snapshot);
    await market.rpc("evm_increaseTime", 5);
    await market.mine(6);
    for (const { requestId } of requests) await untilState(daemon.url, requestId, "confirmed");
    for (const { requestId } of requests) expect(await settlements(market, requestId)).toBe(1);
    expect(await market.balanceOf(RIVAL)).toBe(FEE_WEI);
  });
});

describe("a settlement", () => {
  /** Signed, and kept from the chain. */
  async function held(seed: number): Promise<Hex> {
    proxy.rule = (call) => (isSend(call) ? REFUSED : undefined);
    const { requestId } = await market.request(seed);
    await untilState(daemon.url, requestId, "submitting");
    return requestId;
  }

  test("that the node forgets is handed over again, the same bytes", async () => {
    const requestId = await held(13);
    const sent: Hex[] = [];
    await market.rpc("evm_setAutomine", false);
    try {
      proxy.rule = (call) => {
        if (isSend(call)) sent.push(call.params[0] as Hex);
        return undefined;
      };
      await untilState(daemon.url, requestId, "submitted");
      // What was handed over may still be on its way.
      const hash = keccak256(sent[0]!);
      await until("the node has it", async () => (await market.rpc("eth_getTransactionByHash", hash)) !== null);
      const before = sent.length;
      expect(await market.rpc("hardhat_dropTransaction", hash)).toBe(true);
      await until("it is handed over again", () => sent.length > before);
    } finally {
      await market.rpc("evm_setAutomine", true);
      await market.mine();
    }
    await untilState(daemon.url, requestId, "confirmed");
    expect(new Set(sent).size).toBe(1);
    expect(await settlements(market, requestId)).toBe(1);
  });

  test("whose receipt was read before a fork, and is used after it, is sent again", async () => {
    const requestId = await held(15);
    const snapshot = await market.rpc<string>("evm_snapshot");
    const forked = Promise.withResolvers<void>();
    const isResumed = ({ code }: { code: string | null }) => code === "RESUMED";
    let [isSent, isConfirmed, receipts] = [false, false, 0];
    proxy.rule = (call) => {
      isSent ||= isSend(call);
      // Without the account's nonce no receipt is asked for: the first one is asked for when the watcher has read the block.
      if (call.method === "eth_getTransactionCount" && isSent && !isConfirmed) return REFUSED;
      if (call.method !== "eth_getTransactionReceipt" || !isConfirmed) return undefined;
      return {
        when: () => {
          receipts++;
          return forked.promise;
        },
      };
    };
    await untilState(daemon.url, requestId, "confirmed");
    isConfirmed = true;
    await until("the receipt is read", () => receipts > 0);
    await market.rpc("evm_revert", snapshot);
    await market.rpc("evm_increaseTime", 5);
    await market.mine(3);
    await until("the fork is seen", async () => (await shown(daemon.url, requestId))?.history.some(isResumed) ?? false);
    forked.resolve();
    proxy.rule = () => undefined;
    await untilState(daemon.url, requestId, "confirmed");
    expect(await settlements(market, requestId)).toBe(1);
  });

  test("that the account cannot pay for waits until it can", async () => {
    const { address } = market.chain.account(PROVER);
    const before = await transactionsOf(market, PROVER);
    const requestId = await held(14);
    const balanceWei = await market.chain.publicClient.getBalance({ address });
    await market.rpc("hardhat_setBalance", address, "0x0");
    try {
      let answered = 0;
      proxy.rule = (call) => {
        if (isSend(call)) answered++;
        return undefined;
      };
      // The second time, the answer to the first is known.
      await until("the chain has refused it", () => answered > 1);
      expect(await settlements(market, requestId)).toBe(0);
    } finally {
      await market.rpc("hardhat_setBalance", address, toHex(balanceWei));
    }
    await untilState(daemon.url, requestId, "confirmed");
    expect(await settlements(market, requestId)).toBe(1);
    expect(await transactionsOf(market, PROVER)).toBe(before + 1);
  });
});

describe("an expired request", () => {
  test("whose fee comes back to this daemon is refunded", async () => {
    proxy.rule = () => undefined;
    const deadline = (await market.now()) + WIDE_MARGIN_SECONDS - 600;
    const { address: refundee } = market.chain.account(PROVER);
    const own = await market.offer(20, {}, { deadline, refundee });
    const others = await market.offer(21, {}, { deadline });
    for (const { requestId } of [own, others]) await untilState(daemon.url, requestId, "skipped");
    await market.rpc("evm_increaseTime", WIDE_MARGIN_SECONDS);
    await market.mine();
    await until("refunded", async () => (await market.status(own.requestId)) === REFUNDED);
    await until("the refund is read", async () => {
      const metrics = await (await fetchFresh(`${daemon.url}/metrics`)).text();
      return /^gavel_transactions_total\{outcome="mined",purpose="refund"\} 1$/m.test(metrics);
    });
    expect(await market.status(others.requestId)).toBe(1);
  });
});

describe("a remote signer", () => {
  const transaction = {
    type: "eip1559",
    chainId: 31337,
    nonce: 3,
    to: `0x${"11".repeat(20)}`,
    data: "0x0102",
    value: 0n,
    gas: 50_000n,
    maxFeePerGas: 10n,
    maxPriorityFeePerGas: 1n,
  } as const;
  const connect = (changed: { token?: string; address?: Hex; url?: string } = {}) =>
    createRemoteSigner({
      url: signerUrl,
      address: market.chain.account(PROVER).address,
      token: TOKEN,
      timeoutMs: SIGNER_TIMEOUT_MS,
      ...changed,
    });

  test("signs what it is asked", async () => {
    const raw = await connect().signTransaction(transaction);
    expect(raw).toBe(await market.chain.account(PROVER).signTransaction(transaction));
  });

  test.each([
    ["another recipient", { to: `0x${"22".repeat(20)}` }],
    ["more value", { value: 1n }],
    ["another nonce", { nonce: 4 }],
    ["other data", { data: "0x0103" }],
    ["a higher fee", { maxFeePerGas: 11n }],
  ])("that signs %s is not believed", async (_what, change) => {
    tamper = (asked) => ({ ...asked, ...change });
    try {
      await expect(connect().signTransaction(transaction)).rejects.toThrow("something else than was asked for");
    } finally {
      tamper = (asked) => asked;
    }
  });

  test("that signs with another key is not believed", async () => {
    const { address } = market.chain.account(RIVAL);
    await expect(connect({ address }).signTransaction(transaction)).rejects.toThrow("a signature of");
  });

  test("that refuses or is away is an error worth another try", async () => {
    await expect(connect({ token: "wrong" }).signTransaction(transaction)).rejects.toMatchObject({ retryable: true });
    const gone = connect({ url: "http://127.0.0.1:9" });
    await expect(gone.signTransaction(transaction)).rejects.toMatchObject({ retryable: true });
  });
});
