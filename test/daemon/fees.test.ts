import fc from "fast-check";
import { expect, test } from "vitest";
import { bumpedFees } from "../../daemon/chain/fees.ts";

const SEED = 0x6f;
const CAP = 10n ** 13n;
const fee = fc.bigInt({ min: 0n, max: CAP });
/** A tip above the fee is not valid in a transaction. */
const fees = fc
  .tuple(fee, fee)
  .map(([a, b]) =>
    a > b ? { maxFeePerGas: a, maxPriorityFeePerGas: b } : { maxFeePerGas: b, maxPriorityFeePerGas: a },
  );

test("a replacement raises both fees by an eighth and keeps to the cap, or is not made", () => {
  fc.assert(
    fc.property(fees, fees, (previous, current) => {
      const bumped = bumpedFees(previous, current, CAP);
      if (bumped === undefined) {
        expect((previous.maxFeePerGas * 1125n) / 1000n + 2n).toBeGreaterThan(CAP);
        return;
      }
      expect(bumped.maxFeePerGas * 1000n).toBeGreaterThanOrEqual(previous.maxFeePerGas * 1125n);
      expect(bumped.maxPriorityFeePerGas * 1000n).toBeGreaterThanOrEqual(previous.maxPriorityFeePerGas * 1125n);
      expect(bumped.maxFeePerGas).toBeLessThanOrEqual(CAP);
      expect(bumped.maxPriorityFeePerGas).toBeLessThanOrEqual(bumped.maxFeePerGas);
    }),
    {
      seed: SEED,
      examples: [
        [
          { maxFeePerGas: 1n, maxPriorityFeePerGas: 1n },
          { maxFeePerGas: 1n, maxPriorityFeePerGas: 1n },
        ],
      ],
    },
  );
});
