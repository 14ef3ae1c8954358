/**
 * Gas of the market's functions, as whole transactions (21,000 and calldata included) on the Osaka rules, and contract sizes.
 *
 * The verifier takes any proof in about 2,700 gas and the consumer takes any output in about 2,600, so these numbers are the
 * market's own. Inputs and outputs have the digits MLP's size and no zero byte. Written to snapshots/market-gas.json; a figure
 * above the snapshot fails, as does one above its target. GAVEL_UPDATE_SNAPSHOTS=1 writes the snapshot anew.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { zeroAddress } from "viem";
import { beforeAll, describe, expect, test } from "vitest";
import {
  type Deployment,
  deadline,
  denseBytes,
  deployMarket,
  gasOf,
  inputBytes,
  marketOf,
  moveTo,
  open,
  runtimeBytesOf,
  settlementOf,
} from "./market.ts";

const file = join(import.meta.dirname, "../../snapshots/market-gas.json");

/** The most each figure may be, whatever the snapshot says. EIP-170 for sizes. */
const targets: Readonly<Record<string, number>> = {
  "submit, 64 byte input": 60_000,
  "settle, prover paid before": 60_000,
  "batch item of 16": 40_000,
  refund: 45_000,
  "refund of a bumped fee": 45_000,
  "RequestMarket bytes": 24_576,
  "ModelRegistry bytes": 24_576,
};

const measured: Record<string, number> = {
  "RequestMarket bytes": runtimeBytesOf("RequestMarket.sol/RequestMarket"),
  "ModelRegistry bytes": runtimeBytesOf("ModelRegistry.sol/ModelRegistry"),
};

async function measure(d: Deployment): Promise<void> {
  const relayer = marketOf(d, d.relayer);
  const input = denseBytes(inputBytes, 1);
  const first = await open(d, input);
  measured["submit, first of a model"] = first.gasUsed;
  measured["settle, prover paid first"] = await gasOf(d, relayer.write.settle([settlementOf(d, first, 2)]));

  const second = await open(d, input);
  measured["submit, 64 byte input"] = second.gasUsed;
  measured["settle, prover paid before"] = await gasOf(d, relayer.write.settle([settlementOf(d, second, 3)]));

  const kept = await open(d, input, zeroAddress);
  measured["settle, result kept"] = await gasOf(d, relayer.write.settle([settlementOf(d, kept, 4)]));

  const items = [];
  for (let i = 0; i < 16; i++) items.push(settlementOf(d, await open(d, denseBytes(inputBytes, i)), i));
  const batch = await gasOf(d, relayer.write.settleBatch([items, 300_000n], { gas: 16_000_000n }));
  measured["batch of 16"] = batch;
  measured["batch item of 16"] = Math.ceil(batch / 16);

  const withdrawal = marketOf(d, d.prover).write.withdraw([zeroAddress, d.prover.account.address, 1n]);
  measured["withdraw"] = await gasOf(d, withdrawal);

  const late = await open(d, input);
  const bump = marketOf(d, d.requester).write.bumpFee([late.requestId, late.request, "0x", 1n], { value: 1n });
  measured["bumpFee"] = await gasOf(d, bump);
  const cancelled = await open(d, input);
  const cancel = marketOf(d, d.requester).write.cancel([cancelled.requestId, cancelled.request]);
  measured["cancel"] = await gasOf(d, cancel);
  const expired = await open(d, input);
  await moveTo(d, BigInt(deadline) + 1n);
  measured["refund"] = await gasOf(d, relayer.write.refund([expired.requestId, expired.request, "0x"]));
  measured["refund of a bumped fee"] = await gasOf(d, relayer.write.refund([late.requestId, late.request, "0x"]));
}

beforeAll(async () => {
  await measure(await deployMarket());
  if (process.env["GAVEL_UPDATE_SNAPSHOTS"] === "1") {
    writeFileSync(file, `${JSON.stringify(measured, null, 2)}\n`);
  }
});

describe("market gas", () => {
  test.each(Object.entries(targets))("%s stays under its target of %d", (name, target) => {
    expect(measured[name]).toBeLessThan(target);
  });

  test("no figure is above the snapshot", () => {
    const snapshot: Record<string, number> = JSON.parse(readFileSync(file, "utf8"));
    expect(Object.keys(measured).sort()).toEqual(Object.keys(snapshot).sort());
    const risen = Object.entries(measured).filter(([name, value]) => value > snapshot[name]!);
    expect(risen).toEqual([]);
  });
});
