/** A daemon that a websocket wakes: its own pause is so long that only announcements explain what it does. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningDaemon, startDaemon } from "../../daemon/main.ts";
import type { DaemonConfigInput } from "../../daemon/options.ts";
import { fetchFresh, settlements, untilState } from "./support/daemon-client.ts";
import { PROVER, startMarket, type TestMarket } from "./support/market.ts";
import { type SocketServer, startSocketServer } from "./support/socket-server.ts";
import { until } from "./support/until.ts";

/** Longer than the test waits for anything. */
const POLL_MS = 600_000;

let market: TestMarket;

beforeAll(async () => {
  market = await startMarket();
});
afterAll(() => market?.close());

async function withDaemon(
  options: Partial<DaemonConfigInput>,
  use: (daemon: RunningDaemon) => Promise<void>,
): Promise<void> {
  // What fails is tried again after `pollMs`: nothing may time out.
  const config = await market.config({ ...options, rpcTimeoutMs: 60_000 });
  const daemon = await startDaemon(config, { signer: market.chain.account(PROVER) });
  try {
    await daemon.ready;
    await use(daemon);
  } finally {
    await daemon.stop();
  }
}

async function expectSettled(daemon: RunningDaemon, seed: number): Promise<void> {
  const { requestId } = await market.request(seed);
  await untilState(daemon.url, requestId, "confirmed");
  expect(await settlements(market, requestId)).toBe(1);
}

test("settles and confirms what a node announces, long before it would look by itself", async () => {
  const wsUrls = [market.chain.url.replace("http", "ws")];
  await withDaemon({ wsUrls, pollMs: POLL_MS }, async (daemon) => {
    await expectSettled(daemon, 1);
    await expectSettled(daemon, 2);
    const metrics = async () => (await fetchFresh(`${daemon.url}/metrics`)).text();
    const connected = /^gavel_websocket_connected\{endpoint="127\.0\.0\.1:\d+"\} 1$/m;
    await until("the metric", async () => connected.test(await metrics()));
  });
});

test("sockets that are down, silent, of another chain or announce nothing change nothing", async () => {
  const chainId = await market.chain.publicClient.getChainId();
  const faults: Partial<SocketServer>[] = [{}, { answers: false }, { chainId: 1 }, {}];
  const sockets = await Promise.all(
    faults.map(async (fault) => Object.assign(await startSocketServer(chainId), fault)),
  );
  const [down, ...up] = sockets;
  try {
    await down!.close();
    await withDaemon({ wsUrls: sockets.map(({ url }) => url) }, async (daemon) => {
      await until("they are reached", () => up.every(({ connections }) => connections > 0));
      await expectSettled(daemon, 3);
    });
  } finally {
    for (const socket of up) await socket.close();
  }
});
