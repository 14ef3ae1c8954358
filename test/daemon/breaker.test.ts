import { expect, test } from "vitest";
import { createBreaker } from "../../daemon/jobs/breaker.ts";
import { createLogger } from "../../daemon/logger.ts";

function breakerWithClock() {
  let nowMs = 1000;
  const breaker = createBreaker({
    what: "test",
    failures: 3,
    cooldownMs: 100,
    logger: createLogger("silent"),
    now: () => nowMs,
  });
  const fail = (times: number) => {
    for (let i = 0; i < times; i++) breaker.failure("test");
  };
  return { breaker, fail, wait: (ms: number) => (nowMs += ms) };
}

test("opens after the given number of failures in a row, not of failures", () => {
  const { breaker, fail } = breakerWithClock();
  fail(2);
  breaker.success();
  fail(2);
  expect(breaker.isOpen()).toBe(false);
  fail(1);
  expect(breaker.isOpen()).toBe(true);
});

test("closes after the pause, and opens again at the first further failure", () => {
  const { breaker, fail, wait } = breakerWithClock();
  fail(3);
  wait(99);
  expect(breaker.isOpen()).toBe(true);
  wait(1);
  expect(breaker.isOpen()).toBe(false);
  fail(1);
  expect(breaker.isOpen()).toBe(true);
});
