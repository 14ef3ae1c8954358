/** A websocket that announces blocks: what it says, what it does not say, and what it says too often. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { followNewHeads, type NewHeads, type NewHeadsOptions } from "../../daemon/chain/new-heads.ts";
import { createLogger } from "../../daemon/logger.ts";
import { type SocketServer, startSocketServer } from "./support/socket-server.ts";
import { until } from "./support/until.ts";

const CHAIN_ID = 31337;
/** Longer than an answer takes on a busy machine. */
const SILENCE_MS = 2000;
let server: SocketServer;
let heads: NewHeads | undefined;
let blocks = 0;
let reasons: string[] = [];

beforeEach(async () => {
  server = await startSocketServer(CHAIN_ID);
  blocks = 0;
  reasons = [];
});
afterEach(async () => {
  await heads?.stop();
  await server.close();
});

function follow(options: Partial<NewHeadsOptions> = {}): void {
  heads = followNewHeads([server.url], {
    chainId: CHAIN_ID,
    logger: createLogger("silent"),
    onBlock: () => blocks++,
    onConnection: ({ reason }) => void (reason === undefined || reasons.push(reason)),
    reconnectMs: 20,
    // Not in this test's time, unless it is about silence.
    checkMs: 600_000,
    ...options,
  });
}

const untilWoken = async (since: number) => until("a wake-up", () => blocks > since);

test("a new connection and each block wake", async () => {
  follow();
  await untilWoken(0);
  server.announce();
  await untilWoken(1);
  expect(reasons).toEqual([]);
});

test("a connection that is cut is made again, and wakes for what was missed", async () => {
  follow();
  for (let cut = 0; cut < 3; cut++) {
    await until("the subscription", () => server.subscriptions > cut);
    await untilWoken(cut);
    server.cut();
  }
  await until("another", () => server.subscriptions > 3);
});

test("a server that is not there yet is found when it comes", async () => {
  server.down = true;
  follow();
  await until("failures", () => reasons.length > 2);
  server.down = false;
  await untilWoken(0);
});

test("a flood makes few wake-ups, and an endless one is given up", async () => {
  // Longer than the test: only the first of a flood wakes.
  follow({ announceMs: 600_000 });
  await untilWoken(0);
  server.announce(9_000);
  await untilWoken(1);
  server.announce(2_000);
  await until("the end", () => reasons.length > 0);
  expect(reasons[0]).toMatch(/more than 10000 messages/);
  await until("another connection", () => server.connections > 1);
  // Of two connections, and of the first block.
  await until("the second wakes", () => blocks >= 3);
  expect(blocks).toBe(3);
});

test("garbage neither wakes nor ends it", async () => {
  follow();
  await untilWoken(0);
  const garbage = ["", "{", "null", "[]", "7", '{"id":null}', '{"method":"eth_subscription"}', "\u0000".repeat(3000)];
  const foreign = { jsonrpc: "2.0", method: "eth_subscription", params: { subscription: "0xother", result: {} } };
  for (const text of [...garbage, JSON.stringify(foreign)]) server.send(text);
  server.announce();
  // Messages come in order: what wakes now was sent after the garbage.
  await untilWoken(1);
  expect(blocks).toBe(2);
  expect(reasons).toEqual([]);
});

test.each<[string, Partial<SocketServer>, RegExp]>([
  ["another chain is not listened to", { chainId: 1 }, /expected chain 31337, got 0x1/],
  ["a connection without answers is given up", { answers: false }, /no answer within 2000 ms/],
])("%s, until it is right", async (_what, fault, reason) => {
  Object.assign(server, fault);
  follow({ checkMs: SILENCE_MS });
  await until("it is given up", () => reasons.some((text) => reason.test(text)));
  server.announce();
  expect(server.subscriptions).toBe(0);
  expect(blocks).toBe(0);
  server.chainId = CHAIN_ID;
  server.answers = true;
  await untilWoken(0);
});

test("a connection that falls silent later is made again", async () => {
  follow({ checkMs: SILENCE_MS });
  await untilWoken(0);
  server.answers = false;
  await until("it is given up", () => reasons.some((text) => text.includes("no answer")));
  const before = blocks;
  server.answers = true;
  await untilWoken(before);
});

test("stopping does not wait for a server that is silent, nor for a pause", async () => {
  server.answers = false;
  follow();
  await until("a connection", () => server.connections > 0);
  await heads?.stop();
  // The connection is gone although nothing was said about it.
  await until("its end", () => server.open === 0);

  server.cut();
  follow({ reconnectMs: 600_000, checkMs: 50 });
  await until("it is given up", () => reasons.length > 0);
  await heads?.stop();
});
