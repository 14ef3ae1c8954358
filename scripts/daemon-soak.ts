/**
 * Keeps a daemon busy on a chain of its own for hours and prints its memory, and the slope of it.
 *
 *     node scripts/daemon-soak.ts --hours 8 [--requests-per-minute 30] [--sample-seconds 60]
 *
 * One line of JSON per sample {elapsedMs, requests, confirmed, rssMb, heapMb, openHandles}; the last line has `slopeMbPerHour`, the least-squares
 * slope of `rssMb` over the second half, when caches are full.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { bytesToHex } from "viem";
import { startedDaemon } from "../test/daemon/support/daemon-process.ts";
import { PROVER, startMarket } from "../test/daemon/support/market.ts";

const { values } = parseArgs({
  options: {
    hours: { type: "string", default: "8" },
    "requests-per-minute": { type: "string", default: "30" },
    "sample-seconds": { type: "string", default: "60" },
  },
});
const durationMs = Number(values.hours) * 3_600_000;
const requestMs = 60_000 / Number(values["requests-per-minute"]);
const sampleMs = Number(values["sample-seconds"]) * 1000;

interface Sample {
  readonly elapsedMs: number;
  readonly rssMb: number;
}

/** Megabytes per hour. */
function slopeOf(samples: readonly Sample[]): number {
  const mean = (pick: (sample: Sample) => number) =>
    samples.reduce((sum, sample) => sum + pick(sample), 0) / samples.length;
  const [x, y] = [mean(({ elapsedMs }) => elapsedMs), mean(({ rssMb }) => rssMb)];
  const covariance = mean(({ elapsedMs, rssMb }) => (elapsedMs - x) * (rssMb - y));
  return (covariance / mean(({ elapsedMs }) => (elapsedMs - x) ** 2)) * 3_600_000;
}

const folder = mkdtempSync(join(tmpdir(), "gavel-soak-"));
const market = await startMarket();
const configFile = join(folder, "config.json");
const config = {
  rpcUrls: [market.chain.url],
  market: market.market,
  models: [market.artifact],
  database: await market.database(),
  proofDir: join(folder, "proofs"),
  threads: 1,
  port: 0,
  profitCheck: false,
};
writeFileSync(configFile, JSON.stringify(config));
const key = bytesToHex(market.chain.account(PROVER).getHdKey().privateKey!);
const daemon = await startedDaemon(configFile, key, "DAEMON-READY");
try {
  const { url } = await daemon.line(({ code }) => code === "DAEMON-START");
  const samples: Sample[] = [];
  const startMs = performance.now();
  let requests = 0;
  let nextSampleMs = 0;
  for (let elapsedMs = 0; elapsedMs < durationMs; elapsedMs = performance.now() - startMs) {
    await market.request(requests++);
    if (elapsedMs >= nextSampleMs) {
      nextSampleMs += sampleMs;
      const metrics = await (await fetch(`${url}/metrics`)).text();
      const read = (name: string) =>
        Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, "m").exec(metrics)?.[1] ?? 0);
      const sample = {
        elapsedMs: Math.round(elapsedMs),
        requests,
        confirmed: Number(/^gavel_requests\{state="confirmed"\} (\d+)$/m.exec(metrics)?.[1] ?? 0),
        rssMb: Math.round(read("process_resident_memory_bytes") / 2 ** 20),
        heapMb: Math.round(read("nodejs_heap_size_used_bytes") / 2 ** 20),
        openHandles: read("nodejs_active_resources_total"),
      };
      samples.push(sample);
      console.log(JSON.stringify(sample));
    }
    await pause(Math.max(0, requests * requestMs - (performance.now() - startMs)));
  }
  const half = samples.slice(Math.floor(samples.length / 2));
  const slopeMbPerHour = half.length < 3 ? null : Math.round(10 * slopeOf(half)) / 10;
  console.log(JSON.stringify({ requests, samples: samples.length, slopeMbPerHour }));
} finally {
  await daemon.kill();
  await market.close();
  rmSync(folder, { recursive: true, force: true });
}
