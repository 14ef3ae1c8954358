/** What befalls the machine and the endpoints of an operator: bad endpoints, a full disk, a jumping clock, long absence. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bytesToHex } from "viem";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type RunningDaemon, startDaemon } from "../../daemon/main.ts";
import type { DaemonConfig } from "../../daemon/options.ts";
import { fetchFresh, type ShownRequest, settlements, shown, untilState } from "./support/daemon-client.ts";
import { type DaemonProcess, startedDaemon } from "./support/daemon-process.ts";
import { PROVER, SERVER, startMarket, type TestMarket } from "./support/market.ts";
import { moveClock } from "./support/move-clock.ts";
import { type Call, isSend, REFUSED, type RpcProxy, startRpcProxy } from "./support/rpc-proxy.ts";
import { until } from "./support/until.ts";

let market: TestMarket;
let first: RpcProxy;
let second: RpcProxy;
let config: DaemonConfig;
let daemon: RunningDaemon;
const start = () => startDaemon(config, { signer: market.chain.account(PROVER) });
const pass = () => undefined;

beforeAll(async () => {
  market = await startMarket();
  first = await startRpcProxy(market.chain.url);
  second = await startRpcProxy(market.chain.url);
  config = await market.config({
    rpcUrls: [first.url, second.url],
    rpcTimeoutMs: 2000,
    bumpAfterMs: 400,
    maxLogRange: 400,
    settlementConfirmations: 2,
    breakerFailures: 1000,
  });
  daemon = await start();
  await daemon.ready;
});
afterEach(() => {
  first.rule = pass;
  second.rule = pass;
});
afterAll(async () => {
  await daemon?.stop();
  await first?.close();
  await second?.close();
  await market?.close();
});

async function expectSettledOnce(requestId: string): Promise<void> {
  await until("settled", async () => (await settlements(market, requestId)) === 1);
  await market.mine(3);
  await untilState(daemon.url, requestId, "confirmed");
  expect(await settlements(market, requestId)).toBe(1);
}

const statusOf = async () => (await fetchFresh(`${daemon.url}/status`)).json() as Promise<Record<string, never>>;

describe("one of two endpoints", () => {
  let seed = 1000;

  // First, while the endpoint is in good standing: a fault makes it the second choice for a while.
  test("stands still: blocks that the other has shown are not taken back", async () => {
    const block = await market.rpc("eth_getBlockByNumber", "latest", false);
    const number = (block as { number: string }).number;
    first.rule = ({ method, params }) => {
      if (method === "eth_blockNumber") return { result: number };
      return method === "eth_getBlockByNumber" && params[0] === "latest" ? { result: block } : undefined;
    };
    const { requestId } = await market.request(2);
    await expectSettledOnce(requestId);
    const { history } = (await shown(daemon.url, requestId))!;
    expect(history.map(({ to }) => to)).not.toContain("reorged");
  });

  test.each<[string, (call: Call) => ReturnType<RpcProxy["rule"]>]>([
    ["gives null for blocks", ({ method }) => (method === "eth_getBlockByNumber" ? { result: null } : undefined)],
    ["is down", () => ({ status: 502 })],
    ["serves another chain", ({ method }) => (method === "eth_chainId" ? { result: "0x1" } : { status: 500 })],
    ["limits the rate", () => ({ status: 429 })],
    ["never answers", () => "hang"],
  ])("%s: the other one serves", async (_what, rule) => {
    first.rule = rule;
    const before = first.faults;
    const { requestId } = await market.request(seed++);
    await expectSettledOnce(requestId);
    // After a fault of an earlier test it is not asked for a while, at most a minute.
    await until("a fault", () => first.faults > before);
  });
});

describe("fees", () => {
  test("that rise tenfold while a settlement waits are followed", async () => {
    const hold = (call: Call) => (isSend(call) ? REFUSED : undefined);
    first.rule = hold;
    second.rule = hold;
    const { requestId } = await market.request(3);
    await untilState(daemon.url, requestId, "submitting");
    await market.rpc("evm_setAutomine", false);
    try {
      first.rule = pass;
      second.rule = pass;
      await untilState(daemon.url, requestId, "submitted");
      const { baseFeePerGas } = await market.chain.publicClient.getBlock();
      await market.rpc("hardhat_setNextBlockBaseFeePerGas", `0x${(baseFeePerGas! * 10n + 10n ** 10n).toString(16)}`);
      await market.mine();
    } finally {
      await market.rpc("evm_setAutomine", true);
    }
    const mined = async () => {
      await market.mine();
      return (await settlements(market, requestId)) === 1;
    };
    await until("a replacement is mined", mined);
    await expectSettledOnce(requestId);
  });
});

describe("the chain", () => {
  test("that replaces more blocks than are remembered is read again from the start", async () => {
    const old = await market.request(4);
    await expectSettledOnce(old.requestId);
    const snapshot = await market.rpc<string>("evm_snapshot");
    await market.mine(1100);
    const lost = await market.request(5);
    await expectSettledOnce(lost.requestId);
    await market.rpc("evm_revert", snapshot);
    await market.rpc("evm_increaseTime", 30);
    await market.mine(1120);
    await untilState(daemon.url, lost.requestId, "reorged");
    await until("the alarm", async () => (await statusOf())["deepReorg"] === true);
    await untilState(daemon.url, old.requestId, "confirmed");
    expect(await settlements(market, old.requestId)).toBe(1);
    const next = await market.request(6);
    await expectSettledOnce(next.requestId);
  });
});

describe("the machine", () => {
  test("whose disk takes no proof loses no request", async () => {
    await rm(config.proofDir, { recursive: true, force: true });
    // A file in the folder's place: every write fails, as on a full disk.
    await writeFile(config.proofDir, "");
    const { requestId } = await market.request(7);
    const failed = async () =>
      ((await shown(daemon.url, requestId))?.history.filter(({ code }) => code === "PROVE-AGAIN").length ?? 0) > 3;
    await until("more failures than attempts", failed);
    await rm(config.proofDir);
    await expectSettledOnce(requestId);
  });

  // The embedded database goes by this process's clock.
  test.each([
    ["ahead", 3_600_000],
    ["back", -3_600_000],
  ])("whose clock jumps an hour %s settles once", async (_where, byMs) => {
    const under = await market.request(9);
    await until("it is seen", async () => (await shown(daemon.url, under.requestId)) !== undefined);
    const setRight = moveClock(byMs);
    try {
      const after = await market.request(10);
      for (const { requestId } of [under, after])
        await until("settled", async () => (await settlements(market, requestId)) === 1);
    } finally {
      setRight();
    }
    for (const { requestId } of [under, await market.request(11)]) await expectSettledOnce(requestId);
  });

  test("that was away for long skips what is late and does the rest", async () => {
    await daemon.stop();
    const late = await market.request(20, { deadline: (await market.now()) + 300 });
    const open = await market.request(21, { deadline: (await market.now()) + 86_400 });
    await market.mine(1500);
    await market.rpc("evm_increaseTime", 600);
    await market.mine();
    daemon = await start();
    await expectSettledOnce(open.requestId);
    let row: ShownRequest | undefined;
    await until("what is late is left", async () => {
      row = await shown(daemon.url, late.requestId);
      return row?.state === "skipped" || row?.state === "expired";
    });
    expect(row?.history.map(({ to }) => to)).not.toContain("proving");
  });
});

describe("a process that stands still", () => {
  /** With a second daemon that can take over: longer than its leases. */
  const STOPPED_MS = SERVER === undefined ? 3_000 : 25_000;

  test("settles once when it goes on, whoever took over", async () => {
    const home = await market.folder();
    const file = join(home, "config.json");
    const { market: address, models, proofDir } = config;
    const database = await market.database();
    const settings = {
      rpcUrls: [market.chain.url],
      market: address,
      models,
      database,
      proofDir,
      pollMs: 50,
      threads: 1,
      port: 0,
    };
    await daemon.stop();
    await writeFile(file, JSON.stringify({ ...settings, profitCheck: false }));
    const key = bytesToHex(market.chain.account(PROVER).getHdKey().privateKey!);
    const daemons: DaemonProcess[] = [];
    try {
      for (let i = 0; i < (SERVER === undefined ? 1 : 2); i++)
        daemons.push(await startedDaemon(file, key, "DAEMON-READY"));
      const { requestId } = await market.request(30);
      const stalled = await Promise.race(
        daemons.map(async (daemon) => {
          await daemon.line((line) => line.code === "PROVE-START" && line.id === requestId);
          return daemon;
        }),
      );
      stalled.child.kill("SIGSTOP");
      await new Promise((resolve) => setTimeout(resolve, STOPPED_MS));
      stalled.child.kill("SIGCONT");
      await until("settled", async () => (await settlements(market, requestId)) === 1);
      const { url } = daemons[0]!.lines.find(({ code }) => code === "DAEMON-START")!;
      await untilState(url!, requestId, "confirmed");
      expect(await settlements(market, requestId)).toBe(1);
    } finally {
      for (const { child } of daemons) child.kill("SIGCONT");
      for (const daemon of daemons) await daemon.kill();
      daemon = await start();
    }
  });
});
