import { expect, test } from "vitest";
import { ether, seconds, shortHex } from "../../dashboard/format.ts";

test.each([
  [0n, "0"],
  [1n, "<0.000001"],
  [-1n, "-<0.000001"],
  [10n ** 12n, "0.000001"],
  [10n ** 12n - 1n, "<0.000001"],
  [1_500_000_000_000_000_000n, "1.5"],
  [-2n * 10n ** 18n, "-2"],
  [123_456_789n * 10n ** 18n + 999_999_999_999n, "123456789"],
])("%s wei is %s ether", (wei, text) => {
  expect(ether(wei)).toBe(text);
});

test("long hex is cut in the middle, short is not", () => {
  expect(shortHex(`0x${"ab".repeat(32)}`)).toBe("0xababab…abab");
  expect(shortHex("none")).toBe("none");
});

test("times have two places while they are short", () => {
  expect([seconds(0), seconds(1234), seconds(65_000)]).toEqual(["0.00 s", "1.23 s", "65 s"]);
});
