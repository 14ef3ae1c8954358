/** A clock that goes back an hour: what it leaves in the future of the embedded database is due at once. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createClockWatch } from "../../daemon/clock.ts";
import { takeLease } from "../../daemon/store/leases.ts";
import { openStore, type Store } from "../../daemon/store/store.ts";
import { bringForward, LONGEST_WAIT_SECONDS } from "../../daemon/store/waits.ts";
import { moveClock } from "./support/move-clock.ts";
import { until } from "./support/until.ts";

const HOUR_MS = 3_600_000;

describe("a watch", () => {
  test("says once how far the clock went back, and nothing of its going on or ahead", () => {
    let [nowMs, elapsedMs] = [1e12, 0];
    const clock = createClockWatch(
      () => nowMs,
      () => elapsedMs,
    );
    const pass = (ms: number, jumpMs = 0) => {
      elapsedMs += ms;
      nowMs += ms + jumpMs;
      return clock.wentBackMs();
    };
    expect([pass(5000), pass(10, -500), pass(60, HOUR_MS)]).toEqual([0, 0, 0]);
    expect([pass(10, -HOUR_MS), pass(10)]).toEqual([HOUR_MS, 0]);
  });
});

describe("after the clock went back", () => {
  let store: Store;
  let setRight = () => {};

  beforeEach(async () => {
    setRight = moveClock(HOUR_MS);
    const onError = (error: Error) => {
      throw error;
    };
    store = await openStore("pglite:memory", { onChange: () => undefined, onError, jobTimeoutSeconds: 60 });
  });
  afterEach(async () => {
    setRight();
    await store.close();
  });

  test("a job that was due is taken", async () => {
    await store.transaction((tx) => tx.enqueue("prove", { kind: "direct", id: "1" }));
    setRight();
    const startsIn = async () => {
      const [{ seconds }] = await store.query(
        "select extract(epoch from start_after - now()) as seconds from pgboss.job where state = 'created'",
      );
      return Number(seconds);
    };
    expect(await startsIn()).toBeGreaterThan(LONGEST_WAIT_SECONDS);
    await bringForward(store);
    expect(await startsIn()).toBeLessThanOrEqual(0);
    const taken: string[] = [];
    await store.work("prove", async ({ id }) => void taken.push(id));
    await until("the job is taken", () => taken.length === 1);
  });

  test("a worker that was at a job meanwhile takes the next one", async () => {
    const taken: string[] = [];
    const enqueue = (id: string) => store.transaction((tx) => tx.enqueue("prove", { kind: "direct", id }));
    await enqueue("1");
    await store.work("prove", async ({ id }) => {
      taken.push(id);
      if (id === "1") setRight();
    });
    await until("the first is taken", () => taken.length === 1);
    await enqueue("2");
    await until("the second is taken", () => taken.length === 2);
  });

  test("a lease that a dead process held is free, one that was just taken is not", async () => {
    await takeLease(store, "sender", "dead", 10);
    setRight();
    expect(await takeLease(store, "sender", "next", 600)).toBeUndefined();
    await bringForward(store, 600);
    expect(await takeLease(store, "sender", "next", 600)).toBe(2);
    await bringForward(store, 600);
    expect(await takeLease(store, "sender", "third", 600)).toBeUndefined();
  });
});
