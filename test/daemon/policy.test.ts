import { describe, expect, test } from "vitest";
import type { SupportedModel } from "../../daemon/jobs/models.ts";
import { costOf, type PolicyConfig, type PolicyFacts, refusalOf } from "../../daemon/jobs/policy.ts";
import type { RequestRow } from "../../daemon/store/requests.ts";

const NOW = 1_800_000_000;
const REQUESTER = "0x00000000000000000000000000000000000000Aa";

const config: PolicyConfig = {
  allowRequesters: [],
  denyRequesters: [],
  minFeeWei: 1000n,
  minProfitWei: 10n,
  provingCostWei: 5n,
  profitCheck: true,
  settleGas: 500_000,
  maxCallbackGas: 100_000,
  deadlineMarginSeconds: 30,
};
const request = {
  requester: REQUESTER,
  optionsHash: `0x${"00".repeat(32)}`,
  callbackGasLimit: 0,
  deadline: NOW + 3600,
  fee: 10n ** 18n,
  extraFee: 0n,
  cancelAt: null,
} as unknown as RequestRow;
const facts: PolicyFacts = {
  registered: { vkDigest: "0x01", inputBytes: 25, outputBytes: 6, verifier: "0x02" },
  model: { inputBytes: 25, outputBytes: 6 } as SupportedModel,
  chainTime: NOW,
  gasPriceWei: 10n ** 9n,
  expectedProveMs: 0,
};
const code = (
  changedRequest: Partial<RequestRow>,
  changedFacts: Partial<PolicyFacts> = {},
  changedConfig: Partial<PolicyConfig> = {},
) => refusalOf({ ...request, ...changedRequest }, { ...facts, ...changedFacts }, { ...config, ...changedConfig })?.code;

describe("a request", () => {
  test("that suits is taken", () => expect(code({})).toBeUndefined());
  test("for a model without artifact is not", () => expect(code({}, { model: undefined })).toBe("MODEL-UNKNOWN"));
  test("for a model of another size is not", () =>
    expect(code({}, { model: { inputBytes: 24, outputBytes: 6 } as SupportedModel })).toBe("MODEL-MISMATCH"));
  test("with options is not", () => expect(code({ optionsHash: "0x01" })).toBe("OPTIONS-UNSUPPORTED"));
  test("below the minimum fee is not", () => expect(code({ fee: 999n })).toBe("FEE-TOO-LOW"));
  test("whose fee was raised to it is", () => expect(code({ fee: 999n, extraFee: 10n ** 18n })).toBeUndefined());
  test("with a hungry callback is not", () =>
    expect(code({ callbackGasLimit: 100_001 })).toBe("CALLBACK-GAS-TOO-HIGH"));
});

describe("deadlines", () => {
  test("the margin is enough", () => expect(code({ deadline: NOW + 30 })).toBeUndefined());
  test("a second less is not", () => expect(code({ deadline: NOW + 29 })).toBe("DEADLINE-TOO-CLOSE"));
  test("a cancellation ends it earlier", () => expect(code({ cancelAt: NOW + 29 })).toBe("DEADLINE-TOO-CLOSE"));
  test("the time of earlier proofs is added", () =>
    expect(code({ deadline: NOW + 34 }, { expectedProveMs: 4001 })).toBe("DEADLINE-TOO-CLOSE"));
});

describe("requesters", () => {
  const other = "0x00000000000000000000000000000000000000bb";
  test("are compared without regard to case", () =>
    expect(code({}, {}, { denyRequesters: [REQUESTER.toLowerCase()] })).toBe("REQUESTER-DENIED"));
  test("not on the allow list are refused", () =>
    expect(code({}, {}, { allowRequesters: [other] })).toBe("REQUESTER-DENIED"));
  test("on the allow list are taken", () =>
    expect(code({}, {}, { allowRequesters: [other, REQUESTER] })).toBeUndefined());
});

describe("profit", () => {
  const exact = costOf({ callbackGasLimit: 0 }, facts.gasPriceWei, config);
  test("covers gas, proving and margin", () => expect(exact).toBe(500_000n * 10n ** 9n + 15n));
  test("is enough at the cost", () => expect(code({ fee: exact })).toBeUndefined());
  test("is not a wei below", () => expect(code({ fee: exact - 1n })).toBe("UNPROFITABLE"));
  test("is not looked at when switched off", () =>
    expect(code({ fee: 1000n }, {}, { profitCheck: false })).toBeUndefined());
  test("counts the callback with its reserve", () =>
    expect(costOf({ callbackGasLimit: 63_000 }, 1n, config)).toBe(500_000n + 64_000n + 30_000n + 15n));
});
