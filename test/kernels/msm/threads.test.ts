import { afterAll, describe, expect, it } from "vitest";
import { mod } from "../../../core/field.ts";
import { msmReference, powersOfTauReference } from "../../../kernels/msm-reference.ts";
import { createEngine } from "../../../prover/engine.ts";
import { createRandom } from "./support/random.ts";

const SEED = 20261106;
const random = createRandom(SEED);
const COUNT = 6000;

describe.each([1, 2, 3])(`points in an engine of %i threads (seed ${SEED})`, async (threads) => {
  const engine = await createEngine({ threads });
  afterAll(() => engine.close());
  const tau = random.scalar();
  const records = engine.powersOfTau(tau, COUNT);
  const points = engine.points(records);
  const taus = engine.frVec(COUNT);
  engine.powers(taus, tau);
  const multiple = (scalar: bigint) => msmReference([{ x: 1n, y: 2n }], [scalar]);

  it("makes powers of tau", () => {
    expect(records.subarray(0, 64 * 20)).toEqual(powersOfTauReference(tau, 20));
    expect(engine.powersOfTau(tau, 0)).toHaveLength(0);
    expect(engine.powersOfTau(0n, 3)).toEqual(powersOfTauReference(0n, 3));
  });

  it("sums full scalars", () => {
    for (const count of [1, 9, 300, COUNT]) {
      const scalars = engine.frVec(count);
      engine.powers(scalars, random.scalar(), random.scalar());
      expect(engine.msm(points, scalars), `${count}`).toEqual(multiple(engine.dot(scalars, taus)));
    }
  });

  it("sums integers", () => {
    for (const magnitude of [1, 100, 30000, 2 ** 30]) {
      const ints = engine.intVec(Int32Array.from({ length: COUNT }, () => random.int(2 * magnitude + 1) - magnitude));
      expect(engine.msmInts(points, ints), `${magnitude}`).toEqual(multiple(engine.dotInts(taus, ints)));
    }
  });

  it("sums slices", () => {
    const scalars = engine.frVec(16);
    engine.powers(scalars, 3n);
    const shifted = engine.slicePoints(points, 5, 100);
    const sum = engine.read(scalars).reduce((total, scalar, i) => total + scalar * engine.read(taus, 5 + i, 1)[0]!, 0n);
    expect(engine.msm(shifted, scalars)).toEqual(multiple(mod(sum)));
    expect(engine.msm(points, engine.slice(scalars, 8, 8))).toEqual(
      multiple(
        engine.read(scalars, 8, 8).reduce((total, scalar, i) => total + scalar * engine.read(taus, i, 1)[0]!, 0n),
      ),
    );
  });

  it("leaves the stack as it was", () => {
    const mark = engine.mark();
    engine.powersOfTau(5n, 100);
    engine.msm(points, taus);
    engine.msmInts(points, engine.sliceInts(engine.intVec(new Int32Array(0)), 0, 0));
    engine.release(mark);
    expect(engine.mark()).toBe(mark);
  });

  it("refuses released points, too few points, and ranges outside", () => {
    const refusal = (run: () => unknown): string => {
      try {
        run();
      } catch (error) {
        return (error as Error).name;
      }
      return "accepted";
    };
    const mark = engine.mark();
    const released = engine.points(records.subarray(0, 640));
    engine.release(mark);
    expect(refusal(() => engine.msm(released, engine.frVec(1)))).toBe("Kernels.ReleasedVectorError");
    expect(refusal(() => engine.msm(engine.slicePoints(points, 0, 10), taus))).toBe("Kernels.ShapeError");
    expect(refusal(() => engine.slicePoints(points, COUNT - 1, 2))).toBe("Kernels.ShapeError");
    expect(refusal(() => engine.powersOfTau(-1n, 2))).toBe("Kernels.ScalarRangeError");
  });
});
