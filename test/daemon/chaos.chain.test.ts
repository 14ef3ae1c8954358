/**
 * Seeded walks: requests come in while daemons are killed, endpoints lie and the chain is reorganized. Afterwards every request that is
 * on the chain is settled, once, and paid for once.
 *
 *     GAVEL_TEST_SEEDS=50       walks (1 by default)
 *     GAVEL_TEST_PROCESSES=4    daemons that share database and account; more than one needs GAVEL_TEST_POSTGRES
 */
import { parseEventLogs } from "viem";
import { afterAll, beforeAll, describe, test } from "vitest";
import { requestMarketAbi } from "../../contracts/abi/request-market.gen.ts";
import { numbers } from "../support/circuits.ts";
import { fetchFresh } from "./support/daemon-client.ts";
import type { DaemonProcess } from "./support/daemon-process.ts";
import type { TestMarket } from "./support/market.ts";
import { type ProxiedDaemon, proxiedDaemon } from "./support/proxied-daemon.ts";
import type { Fault, RpcProxy } from "./support/rpc-proxy.ts";
import { until } from "./support/until.ts";

const SEEDS = Number(process.env["GAVEL_TEST_SEEDS"] ?? 1);
const PROCESSES = Number(process.env["GAVEL_TEST_PROCESSES"] ?? 1);
const STEPS = 14;
/** Less than the deepest reorganization, so that confirmed settlements are undone too. */
const SETTLEMENT_CONFIRMATIONS = 3;
const DEEPEST = 8;
const STATES = ["seen", "accepted", "proving", "proved", "submitting", "submitted", "confirmed"];

let running: ProxiedDaemon;
let market: TestMarket;
let proxy: RpcProxy;
const daemons: DaemonProcess[] = [];
let kills = 0;
let reorgs = 0;

beforeAll(async () => {
  running = await proxiedDaemon({
    rpcTimeoutMs: 3000,
    settlementConfirmations: SETTLEMENT_CONFIRMATIONS,
    reconcileCron: "*/5 * * * * *",
    // The faults are the test's, not the daemon's.
    breakerFailures: 1000,
  });
  ({ market, proxy } = running);
  for (let i = 0; i < PROCESSES; i++) daemons.push(await started());
});
afterAll(async () => {
  for (const daemon of daemons) await daemon.kill();
  await running?.close({ kills, reorgs });
});

const started = () => running.start("DAEMON-START");

interface Snapshot {
  readonly id: string;
  readonly block: number;
}

const head = async () => Number(await market.chain.publicClient.getBlockNumber());

/** Ends a daemon, at once or when a request next enters a state, and starts another in its place. */
async function kill(random: (low: number, high: number) => number, meanwhile: () => Promise<void>): Promise<void> {
  const place = random(0, PROCESSES - 1);
  const daemon = daemons[place]!;
  const state = STATES[random(0, STATES.length - 1)];
  const seen = daemon.lines.length;
  const reached = () => daemon.lines.slice(seen).some(({ code, to }) => code === "REQUEST-STATE" && to === state);
  const moment = random(0, 2) === 0 ? 0 : 3000;
  await until("the moment", reached, moment).catch(() => undefined);
  await daemon.kill();
  kills++;
  await meanwhile();
  daemons[place] = await started();
}

/** The chain goes back to a snapshot and grows anew, past the height it had. */
async function reorganize(random: (low: number, high: number) => number, snapshots: Snapshot[]): Promise<void> {
  const height = await head();
  const depth = random(1, DEEPEST);
  const index = snapshots.findIndex(({ block }) => height - block <= depth);
  const target = snapshots[index];
  if (target === undefined || target.block === height) return;
  await market.rpc("evm_revert", target.id);
  snapshots.splice(index);
  await market.rpc("evm_increaseTime", random(1, 20));
  await market.mine(height - target.block + 1);
  reorgs++;
}

/** A number of calls are answered badly. */
function misbehave(random: (low: number, high: number) => number): void {
  let left = random(3, 15);
  proxy.rule = ({ method }) => {
    if (left === 0 || random(0, 2) === 0) return undefined;
    left--;
    const faults: Fault[] = [
      { status: 429 },
      { status: 502 },
      { error: { code: -32005, message: "limit exceeded" } },
      { error: { code: -32603, message: "internal error" } },
    ];
    if (method === "eth_getBlockByNumber") faults.push({ result: null });
    if (method === "eth_getLogs") faults.push({ result: [] });
    if (method === "eth_sendRawTransaction") faults.push("swallow-answer");
    return faults[random(0, faults.length - 1)];
  };
}

async function openRequests(): Promise<number> {
  const logs = await market.chain.publicClient.getLogs({ address: market.market, fromBlock: 0n });
  const submitted = parseEventLogs({ abi: requestMarketAbi, logs, eventName: "RequestSubmitted" });
  const statuses = await Promise.all(submitted.map(({ args }) => market.status(args.requestId)));
  return statuses.filter((status) => status === 1).length;
}

describe.each(Array.from({ length: SEEDS }, (_, i) => i + 1))("walk with seed %i", (seed) => {
  test("ends with every request settled", async () => {
    const random = numbers(7919 * seed);
    const snapshots: Snapshot[] = [];
    for (let step = 0; step < STEPS; step++) {
      snapshots.push({ id: await market.rpc<string>("evm_snapshot"), block: await head() });
      // At least a request in each third, and a kill after every fourth step.
      const action = step % 5 === 4 ? 3 : step % 3 === 0 ? 0 : random(0, 4);
      if (action <= 1) await market.request(100 * seed + step);
      if (action === 2) await market.mine(random(1, 3));
      if (action === 3)
        await kill(random, () => (random(0, 1) === 0 ? reorganize(random, snapshots) : Promise.resolve()));
      if (action === 4) {
        if (random(0, 1) === 0) await reorganize(random, snapshots);
        else misbehave(random);
      }
    }
    await market.request(100 * seed + STEPS);
    proxy.rule = () => undefined;
    await until("all are settled", async () => (await openRequests()) === 0);
    // The daemon confirms with blocks on top.
    await market.mine(SETTLEMENT_CONFIRMATIONS + 1);
    await until("all are confirmed", async () => (await unconfirmed()) === 0);
  });
});

/** Requests that the first daemon still works on. */
async function unconfirmed(): Promise<number> {
  const url = daemons[0]!.lines.find(({ code }) => code === "DAEMON-START")!.url!;
  const { requests } = (await (await fetchFresh(`${url}/status`)).json()) as { requests: Record<string, number> };
  return STATES.slice(0, -1).reduce((sum, state) => sum + (requests[state] ?? 0), 0);
}
