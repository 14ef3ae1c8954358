/** Requests with options: tokens, lists of provers, locks, inputs by hash. */
import { writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type Address, concat, encodeAbiParameters, type Hex, hexToBytes, keccak256, pad } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exampleTokenAbi } from "../../contracts/abi/example-token.gen.ts";
import { type RunningDaemon, startDaemon } from "../../daemon/main.ts";
import { settlements, shown, untilState } from "./support/daemon-client.ts";
import {
  DEPLOYER,
  FEE_WEI,
  inputOf,
  PROVER,
  REQUESTER,
  RIVAL,
  startMarket,
  type TestMarket,
} from "./support/market.ts";
import { lockAsRival } from "./support/rival.ts";
import { until } from "./support/until.ts";

const COLLATERAL = 10n ** 16n;

let market: TestMarket;
let daemon: RunningDaemon;
let token: Address;
/** Serves what `files` has by path. */
let server: Server;
let base: string;
const files = new Map<string, Uint8Array>();

const leafOf = (prover: Address): Hex => keccak256(keccak256(encodeAbiParameters([{ type: "address" }], [prover])));

beforeAll(async () => {
  market = await startMarket();
  const { chain } = market;
  token = await chain.deploy("ExampleToken", ["Dollar", "USD"]);
  for (const [functionName, by, args] of [
    ["mint", DEPLOYER, [chain.account(REQUESTER).address, 10n ** 30n]],
    ["approve", REQUESTER, [market.market, 2n ** 256n - 1n]],
  ] as const) {
    const call = { address: token, abi: exampleTokenAbi, functionName, args } as never;
    await chain.publicClient.waitForTransactionReceipt({ hash: await chain.wallet(by).writeContract(call) });
  }
  server = createServer(({ url = "" }, response) => {
    const file = files.get(url);
    if (file === undefined) response.writeHead(404).end();
    else response.end(file);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const list = join(await market.folder(), "provers.json");
  await writeFile(list, JSON.stringify([chain.account(PROVER).address, chain.account(RIVAL).address]));
  const config = await market.config({
    profitCheck: true,
    tokenRates: [`${token}=${10n ** 18n}`],
    proverLists: [list],
    maxCollateralWei: COLLATERAL,
    inputAllowLoopback: true,
    inputTimeoutMs: 240_000,
    maxAttempts: 1,
  });
  daemon = await startDaemon(config, { signer: chain.account(PROVER) });
  await daemon.ready;
});
afterAll(async () => {
  await daemon?.stop();
  server?.close();
  await market?.close();
});

async function expectSettledOnce(requestId: Hex): Promise<string[]> {
  const { history } = await untilState(daemon.url, requestId, "confirmed");
  expect(await settlements(market, requestId)).toBe(1);
  return history.map(({ to }) => to);
}

async function later(seconds: number): Promise<void> {
  await market.rpc("evm_increaseTime", seconds);
  await market.mine();
}

describe("the fee", () => {
  test("in a token with a rate is earned in it", async () => {
    const { requestId } = await market.offer(1, { token });
    await expectSettledOnce(requestId);
    expect(await market.balanceOf(PROVER, token)).toBe(FEE_WEI);
  });

  test("in a token without a rate is not taken", async () => {
    const other = await market.chain.deploy("ExampleToken", ["Promise", "P"]);
    const { requestId } = await market.offer(2, { token: other, startFee: 0n, endFee: 0n });
    expect((await untilState(daemon.url, requestId, "skipped")).code).toBe("TOKEN-UNKNOWN");
  });

  test("that rises is waited for, and taken when it is enough", async () => {
    const now = await market.now();
    const rising = { startFee: 0n, endFee: FEE_WEI, priceFrom: now + 600, priceUntil: now + 900 };
    const { requestId } = await market.offer(3, rising);
    expect((await untilState(daemon.url, requestId, "skipped")).code).toBe("PRICE-TOO-LOW");
    await later(1000);
    await expectSettledOnce(requestId);
  });
});

describe("a list of provers", () => {
  test("that names this one lets it settle", async () => {
    const { requestId } = await market.offer(4, { provers: pad(market.chain.account(PROVER).address) });
    await expectSettledOnce(requestId);
  });

  test("by a root it knows lets it settle", async () => {
    const leaves = [PROVER, RIVAL].map((account) => leafOf(market.chain.account(account).address)).sort();
    const { requestId } = await market.offer(5, { provers: keccak256(concat(leaves)) });
    await expectSettledOnce(requestId);
  });

  test("without it is left alone", async () => {
    const { requestId } = await market.offer(6, { provers: pad(market.chain.account(RIVAL).address) });
    expect((await untilState(daemon.url, requestId, "skipped")).code).toBe("PROVER-NOT-LISTED");
  });
});

describe("a lock", () => {
  const lockable = { startFee: FEE_WEI, endFee: 0n, collateral: COLLATERAL, lockSeconds: 600 };

  test("is taken before proving, and its collateral comes back", async () => {
    const before = await market.balanceOf(PROVER);
    const now = await market.now();
    const { requestId } = await market.offer(7, { ...lockable, priceFrom: now + 600, priceUntil: now + 1200 });
    const states = await expectSettledOnce(requestId);
    expect(states.slice(0, 4)).toEqual(["seen", "locking", "accepted", "proving"]);
    // The collateral came from what was earned before, and the price stands where it was at the lock.
    expect(await market.balanceOf(PROVER)).toBe(before + FEE_WEI);
  });

  test("of another prover keeps this one out until it ends; then half of the collateral is its reward", async () => {
    const now = await market.now();
    // Too cheap at first, so that the rival comes first.
    const price = { startFee: 0n, endFee: FEE_WEI, priceFrom: now + 600, priceUntil: now + 600 };
    const offer = await market.offer(8, { ...price, collateral: 2n * COLLATERAL, lockSeconds: 1800 });
    const { requestId } = offer;
    expect((await untilState(daemon.url, requestId, "skipped")).code).toBe("PRICE-TOO-LOW");
    await lockAsRival(market, offer);
    await later(700);
    const isLocked = async () => (await shown(daemon.url, requestId))?.code === "LOCKED-BY-OTHER";
    await until("the lock is seen", isLocked);
    const before = await market.balanceOf(PROVER);
    await later(1800);
    await expectSettledOnce(requestId);
    expect(await market.balanceOf(PROVER)).toBe(before + FEE_WEI + COLLATERAL);
  });
});

describe("an input known by its hash", () => {
  test("is fetched, checked and proved", async () => {
    files.set("/good", hexToBytes(inputOf(10)));
    const { requestId } = await market.offer(10, {}, { inputUri: `${base}/good` });
    expect((await expectSettledOnce(requestId)).slice(0, 3)).toEqual(["seen", "fetching", "accepted"]);
  });

  test("is not staked for before it is there", async () => {
    files.set("/staked", hexToBytes(inputOf(11)));
    const lock = { collateral: COLLATERAL, lockSeconds: 600 };
    const { requestId } = await market.offer(11, lock, { inputUri: `${base}/staked` });
    expect((await expectSettledOnce(requestId)).slice(0, 4)).toEqual(["seen", "fetching", "locking", "accepted"]);
  });

  test.each([
    ["another input's bytes", 12, "/wrong", inputOf(13), "another input"],
    ["too many bytes", 14, "/long", concat([inputOf(14), "0x00"]), "at most 25 bytes"],
    ["nothing", 15, "/missing", undefined, "status 404"],
  ] as const)("is given up when the place has %s", async (_what, seed, path, bytes, detail) => {
    if (bytes !== undefined) files.set(path, hexToBytes(bytes));
    const { requestId } = await market.offer(seed, {}, { inputUri: `${base}${path}` });
    const row = await untilState(daemon.url, requestId, "skipped");
    expect(row.code).toBe("INPUT-UNAVAILABLE");
    expect(JSON.stringify(row)).toContain(detail);
  });
});
