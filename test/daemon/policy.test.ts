import { describe, expect, test } from "vitest";
import type { SupportedModel } from "../../daemon/jobs/models.ts";
import { costOf, decide, type PolicyConfig, type PolicyFacts } from "../../daemon/jobs/policy.ts";
import { createWorth, ETH } from "../../daemon/jobs/worth.ts";
import type { OfferOptions, RequestRow } from "../../daemon/store/requests.ts";

const NOW = 1_800_000_000;
const TOKEN = `0x${"77".repeat(20)}` as const;
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
  maxCollateralWei: 0n,
  deadlineMarginSeconds: 30,
};
const request = {
  requester: REQUESTER,
  options: null,
  lockProver: null,
  lockExpires: null,
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
  worth: createWorth([`${TOKEN}=${3n * 10n ** 18n}`]),
  isListed: true,
  holdsLock: false,
  canLock: true,
  stakedWei: 0n,
};
const decisionOn = (
  changedRequest: Partial<RequestRow>,
  changedFacts: Partial<PolicyFacts> = {},
  changedConfig: Partial<PolicyConfig> = {},
) => decide({ ...request, ...changedRequest }, { ...facts, ...changedFacts }, { ...config, ...changedConfig });
const code = (
  changedRequest: Partial<RequestRow>,
  changedFacts: Partial<PolicyFacts> = {},
  changedConfig: Partial<PolicyConfig> = {},
) => {
  const decision = decisionOn(changedRequest, changedFacts, changedConfig);
  return decision.kind === "refuse" ? decision.code : undefined;
};

describe("a request", () => {
  test("that suits is taken", () => expect(code({})).toBeUndefined());
  test("for a model without artifact is not", () => expect(code({}, { model: undefined })).toBe("MODEL-UNKNOWN"));
  test("for a model of another size is not", () =>
    expect(code({}, { model: { inputBytes: 24, outputBytes: 6 } as SupportedModel })).toBe("MODEL-MISMATCH"));
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

describe("offers", () => {
  const options: OfferOptions = {
    token: ETH,
    startFee: 0n,
    endFee: 0n,
    priceFrom: NOW,
    priceUntil: NOW + 1000,
    provers: `0x${"00".repeat(32)}`,
    collateral: 0n,
    lockSeconds: 0,
  };
  const cost = costOf({ callbackGasLimit: 0 }, facts.gasPriceWei, config);
  /** Seconds from the decision to the block of the settlement, with no proof made before. */
  const SETTLE_SECONDS = 15;
  const offer = (changed: Partial<OfferOptions>): Partial<RequestRow> => ({ options: { ...options, ...changed } });

  test("a flat price is judged like a fee", () => {
    expect(code(offer({ startFee: cost, endFee: cost }))).toBeUndefined();
    expect(code(offer({ startFee: cost - 1n, endFee: cost - 1n }))).toBe("UNPROFITABLE");
  });
  test("a falling price counts as it will be when the settlement is mined", () => {
    const perSecond = 10n ** 12n;
    const falling = (margin: bigint) => {
      const startFee = cost + perSecond * BigInt(SETTLE_SECONDS) + margin;
      return offer({ startFee, endFee: startFee - perSecond * 1000n });
    };
    expect(code(falling(0n))).toBeUndefined();
    expect(code(falling(-1n))).toBe("UNPROFITABLE");
  });
  test("a rising price is waited for", () => {
    const answer = decisionOn(offer({ startFee: 0n, endFee: 2n * cost }));
    // Half the window brings the cost; the settlement takes its time.
    expect(answer).toMatchObject({ kind: "refuse", code: "PRICE-TOO-LOW", revisitAt: NOW + 500 - SETTLE_SECONDS });
    expect(code(offer({ startFee: 0n, endFee: 2n * cost }), { chainTime: NOW + 500 - SETTLE_SECONDS })).toBeUndefined();
  });
  test("a rising price that never suffices is not waited for", () =>
    expect(code(offer({ startFee: 0n, endFee: cost - 1n }))).toBe("UNPROFITABLE"));
  test("a token is counted at its rate", () => {
    const fee = (cost + 2n) / 3n;
    expect(code(offer({ token: TOKEN, startFee: fee, endFee: fee }))).toBeUndefined();
    expect(code(offer({ token: TOKEN, startFee: fee - 1n, endFee: fee - 1n }))).toBe("UNPROFITABLE");
  });
  test("a token without a rate is not taken, whatever it says it pays", () =>
    expect(code(offer({ token: `0x${"78".repeat(20)}`, startFee: 2n ** 95n, endFee: 2n ** 95n }))).toBe(
      "TOKEN-UNKNOWN",
    ));
  test("for other provers are not taken", () =>
    expect(code(offer({ startFee: cost, endFee: cost }), { isListed: false })).toBe("PROVER-NOT-LISTED"));

  describe("with a lock", () => {
    const collateral = 10n ** 16n;
    const lockable = { startFee: 10n ** 18n, endFee: 0n, collateral, lockSeconds: 600 };
    const staking = { maxCollateralWei: collateral };
    test("are locked within the allowance", () => {
      expect(decisionOn(offer(lockable), {}, staking)).toEqual({ kind: "take", lock: true });
      expect(decisionOn(offer(lockable), { stakedWei: 1n }, staking)).toEqual({ kind: "take", lock: false });
      expect(decisionOn(offer(lockable))).toEqual({ kind: "take", lock: false });
    });
    test("are not locked for a time that may not be enough", () => {
      const short = { ...lockable, lockSeconds: 59 };
      expect(decisionOn(offer(short), {}, staking)).toEqual({ kind: "take", lock: false });
      expect(decisionOn(offer({ ...short, lockSeconds: 60 }), {}, staking)).toEqual({ kind: "take", lock: true });
    });
    test("that pay only while the price stands still are locked", () => {
      const plunging = { ...lockable, startFee: 2n * cost, priceUntil: NOW + 10 };
      expect(code(offer(plunging))).toBe("FEE-TOO-LOW");
      expect(decisionOn(offer(plunging), {}, staking)).toEqual({ kind: "take", lock: true });
    });
    test("of another prover are left until it ends", () => {
      const held = { ...offer(lockable), lockProver: REQUESTER as `0x${string}`, lockExpires: NOW + 5 };
      expect(decisionOn(held)).toMatchObject({ code: "LOCKED-BY-OTHER", revisitAt: NOW + 6 });
      expect(code(held, { chainTime: NOW + 6 })).toBeUndefined();
    });
    test("of our own go on at any price", () => {
      const held = {
        ...offer({ ...lockable, startFee: 1n }),
        lockProver: REQUESTER as `0x${string}`,
        lockExpires: NOW + 5,
      };
      expect(code(held, { holdsLock: true })).toBeUndefined();
    });
  });
});
