/** Periodic tasks by the real clock: alone at a time, counted, and over when stopped. */
import { afterEach, expect, test } from "vitest";
import { type Cron, startCron } from "../../daemon/jobs/cron.ts";
import { createLogger } from "../../daemon/logger.ts";
import { createMetrics } from "../../daemon/metrics.ts";
import { until } from "./support/until.ts";

const EVERY_SECOND = "* * * * * *";
const metrics = createMetrics();
let cron: Cron | undefined;
afterEach(() => cron?.stop());

function start(name: string, run: () => Promise<void>): void {
  cron = startCron([{ name, cron: EVERY_SECOND, run }], { metrics, logger: createLogger("silent") });
}

async function runs(task: string, outcome: string): Promise<number> {
  const { values } = await metrics.cronRuns.get();
  return values.find(({ labels }) => labels.task === task && labels.outcome === outcome)?.value ?? 0;
}

test("a task that takes longer than its pause is not started beside itself", async () => {
  let started = 0;
  const gate = Promise.withResolvers<void>();
  start("slow", () => {
    started++;
    return gate.promise;
  });
  await until("two times are passed over", async () => started > 0 && (await runs("slow", "skipped")) >= 2);
  expect(started).toBe(1);
  gate.resolve();
  await until("it is counted, and started again", async () => (await runs("slow", "ok")) >= 1 && started > 1);
});

test("a task that fails is counted, and tried again at its next time", async () => {
  start("broken", () => Promise.reject(new Error("no")));
  await until("two failures", async () => (await runs("broken", "error")) >= 2);
  expect(await runs("broken", "ok")).toBe(0);
});

test("stopping waits for the task under way, and starts no other", async () => {
  const gate = Promise.withResolvers<void>();
  let started = 0;
  let ended = false;
  start("last", async () => {
    started++;
    await gate.promise;
    ended = true;
  });
  await until("it runs", () => started === 1);
  const stopped = cron!.stop().then(() => ended);
  gate.resolve();
  expect(await stopped).toBe(true);
  expect(started).toBe(1);
});
