/**
 * A daemon that is ended at the stages of an offer, whose input is fetched and which is locked before it is proved, and started again. It must
 * lock once, settle once, and pay for two transactions. SIGKILL and SIGTERM take turns; `GAVEL_TEST_ROUNDS` tries both at each stage.
 */
import { hexToBytes, parseEventLogs } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requestMarketAbi } from "../../contracts/abi/request-market.gen.ts";
import { settlements, transactionsOf, untilState } from "./support/daemon-client.ts";
import type { DaemonProcess, LogLine } from "./support/daemon-process.ts";
import { inputOf, PROVER, type TestMarket } from "./support/market.ts";
import { type ProxiedDaemon, proxiedDaemon } from "./support/proxied-daemon.ts";
import { isSend, REFUSED, type RpcProxy } from "./support/rpc-proxy.ts";
import { until } from "./support/until.ts";

const ROUNDS = Number(process.env["GAVEL_TEST_ROUNDS"] ?? 1);
const COLLATERAL = 10n ** 16n;

let running: ProxiedDaemon;
let market: TestMarket;
let proxy: RpcProxy;
let daemon: DaemonProcess;
let kills = 0;

beforeAll(async () => {
  running = await proxiedDaemon({ stopGraceMs: 600_000, maxCollateralWei: String(10n * COLLATERAL) });
  ({ market, proxy } = running);
  daemon = await running.start("DAEMON-READY");
});
afterAll(async () => {
  await daemon?.kill();
  await running?.close({ kills });
});

interface Stage {
  readonly name: string;
  readonly matches: (line: LogLine) => boolean;
  /** What becomes of a transaction that is handed over before the end. */
  readonly send?: "refused" | "swallowed";
}
const state = (wanted: string) => (line: LogLine) => line.code === "REQUEST-STATE" && line.to === wanted;
const sent = (code: string, purpose: string) => (line: LogLine) => line.code === code && line.purpose === purpose;

const STAGES: readonly Stage[] = [
  { name: "its input is to be fetched", matches: state("fetching") },
  { name: "its input is there", matches: state("locking") },
  { name: "its lock is signed, not sent", matches: sent("SEND-SIGNED", "lock"), send: "refused" },
  { name: "its lock is taken in, without an answer", matches: sent("SEND-SIGNED", "lock"), send: "swallowed" },
  { name: "its proof is made", matches: state("proved") },
  { name: "its settlement is mined", matches: sent("SEND-MINED", "settle") },
];

async function locks(requestId: string): Promise<number> {
  const logs = await market.chain.publicClient.getLogs({ address: market.market, fromBlock: 0n });
  const locked = parseEventLogs({ abi: requestMarketAbi, logs, eventName: "RequestLocked" });
  return locked.filter(({ args }) => args.requestId === requestId).length;
}

describe.each(Array.from({ length: ROUNDS }, (_, round) => round))(
  "round %i: an offer is settled once when",
  (round) => {
    test.each(
      STAGES.map((stage, index) => ({ stage, index, signal: (round + index) % 2 === 0 ? "SIGTERM" : "SIGKILL" })),
    )("$signal comes as $stage.name", async ({ stage: { matches, send }, index, signal }) => {
      const before = await transactionsOf(market, PROVER);
      let sends = 0;
      proxy.rule = (call) => {
        if (!isSend(call) || send === undefined) return undefined;
        sends++;
        return send === "refused" ? REFUSED : "swallow-answer";
      };
      const seed = 100 * round + index;
      const inputUri = `data:;base64,${Buffer.from(hexToBytes(inputOf(seed))).toString("base64")}`;
      const { requestId } = await market.offer(seed, { collateral: COLLATERAL, lockSeconds: 3000 }, { inputUri });
      const isOfRequest = ({ requestId: id, requestIds = [] }: LogLine) =>
        id === requestId || requestIds.includes(requestId);
      await daemon.line((line) => isOfRequest(line) && matches(line));
      if (send === "swallowed") await until("the transaction is taken in", () => sends > 0);
      if (signal === "SIGKILL") {
        await daemon.kill();
        kills++;
      } else {
        daemon.child.kill("SIGTERM");
        expect(await daemon.exited).toBe(0);
      }
      proxy.rule = () => undefined;

      daemon = await running.start("DAEMON-START");
      const { url } = await daemon.line(({ code }) => code === "DAEMON-START");
      await untilState(url!, requestId, "confirmed");
      expect(await settlements(market, requestId)).toBe(1);
      expect(await locks(requestId)).toBe(1);
      expect(await transactionsOf(market, PROVER)).toBe(before + 2);
    });
  },
);
