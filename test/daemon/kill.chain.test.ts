/** A daemon that is killed at every stage, started again, and must settle exactly once and pay for gas once. */
import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fetchFresh, settlements, transactionsOf, untilState } from "./support/daemon-client.ts";
import { type DaemonProcess, type LogLine, spawnDaemon } from "./support/daemon-process.ts";
import { PROVER, SERVER, type TestMarket } from "./support/market.ts";
import { type ProxiedDaemon, proxiedDaemon } from "./support/proxied-daemon.ts";
import { isSend, REFUSED, type RpcProxy } from "./support/rpc-proxy.ts";
import { until } from "./support/until.ts";

const RETRYABLE = 75;
const FORCED = 130;
/** `GAVEL_TEST_ROUNDS` repeats every stage: the long form. */
const ROUNDS = Number(process.env["GAVEL_TEST_ROUNDS"] ?? 1);

let running: ProxiedDaemon;
let market: TestMarket;
let proxy: RpcProxy;
let daemon: DaemonProcess;
let kills = 0;

beforeAll(async () => {
  running = await proxiedDaemon({ stopGraceMs: 120_000 });
  ({ market, proxy } = running);
  daemon = await running.start("DAEMON-READY");
});
afterAll(async () => {
  await daemon?.kill();
  await running?.close({ kills });
});

async function restart(): Promise<string> {
  daemon = await running.start("DAEMON-START");
  return (await daemon.line(({ code }) => code === "DAEMON-START")).url!;
}

type Stage = readonly [name: string, matches: (line: LogLine) => boolean, send?: "refused" | "swallowed"];
const state = (wanted: string) => (line: LogLine) => line.code === "REQUEST-STATE" && line.to === wanted;
const logged = (wanted: string) => (line: LogLine) => line.code === wanted;

const STAGES: readonly Stage[] = [
  ["it was seen", logged("WATCH-REQUEST")],
  ["it was accepted", state("accepted")],
  ["proving began", logged("PROVE-START")],
  ["the proof was stored", logged("PROVE-DONE")],
  ["it was proved", state("proved")],
  ["the transaction was signed, not sent", logged("SEND-SIGNED"), "refused"],
  ["the transaction was taken in, without an answer", logged("SEND-SIGNED"), "swallowed"],
  ["the transaction was sent", state("submitted")],
];

describe.each(Array.from({ length: ROUNDS }, (_, round) => round))("round %i: killed when", (round) => {
  test.each(STAGES.map((stage, index) => ({ stage, index })))(
    "$stage.0",
    async ({ stage: [, matches, send], index }) => {
      const before = await transactionsOf(market, PROVER);
      let sends = 0;
      proxy.rule = (call) => {
        if (!isSend(call) || send === undefined) return undefined;
        sends++;
        return send === "refused" ? REFUSED : "swallow-answer";
      };
      const { requestId } = await market.request(1000 * round + index + 1);
      const ofRequest = (line: LogLine) => (line.requestId ?? line.id) === requestId && matches(line);
      await daemon.line(ofRequest);
      if (send === "swallowed") await until("the transaction is taken in", () => sends > 0);
      await daemon.kill();
      kills++;
      proxy.rule = () => undefined;

      const url = await restart();
      const { history } = await untilState(url, requestId, "confirmed");
      expect(history.filter(({ to }) => to === "confirmed")).toHaveLength(1);
      expect(await settlements(market, requestId)).toBe(1);
      expect(await transactionsOf(market, PROVER)).toBe(before + 1);
    },
  );
});

describe("one folder, one process", () => {
  // A server takes any number of daemons.
  test.skipIf(SERVER !== undefined)("a second process is refused, the first goes on", async () => {
    await until("one is refused for the folder, not for an endpoint that is slow", async () => {
      const second = spawnDaemon(running.configFile, running.key);
      expect(await second.exited).toBe(RETRYABLE);
      await until("it says why", () => /Daemon\.\w+Error/.test(second.text()));
      return second.text().includes("Daemon.StoreError");
    });
    const { url } = daemon.lines.find(({ code }) => code === "DAEMON-START")!;
    expect((await fetchFresh(`${url}/health`)).status).toBe(200);
  });

  test("a second SIGTERM ends it at once, whatever it waits for", async () => {
    // Nothing but the second signal ends what hangs for ten minutes.
    const patient = { ...running.config, rpcTimeoutMs: 600_000, stopGraceMs: 600_000 };
    await daemon.kill();
    await writeFile(running.configFile, JSON.stringify(patient));
    await restart();
    let hanging = 0;
    proxy.rule = () => {
      hanging++;
      return "hang";
    };
    await until("a call hangs", () => hanging > 0);
    daemon.child.kill("SIGTERM");
    await daemon.line(({ code }) => code === "DAEMON-STOP");
    daemon.child.kill("SIGTERM");
    expect(await daemon.exited).toBe(FORCED);
    proxy.rule = () => undefined;
    await writeFile(running.configFile, JSON.stringify(running.config));
    await restart();
  });

  test("SIGTERM stops it cleanly, with a proof under way", async () => {
    const { requestId } = await market.request(500);
    await daemon.line((line) => line.code === "PROVE-START" && line.id === requestId);
    daemon.child.kill("SIGTERM");
    expect(await daemon.exited).toBe(0);
    const url = await restart();
    await untilState(url, requestId, "confirmed");
    expect(await settlements(market, requestId)).toBe(1);
  });
});
