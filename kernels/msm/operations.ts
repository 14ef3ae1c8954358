/** The operations of `Engine` on points, over any host of the curve module. */
import * as check from "../checks.ts";
import { POINT_BYTES } from "../emit/curve/tables.ts";
import type { Engine, PointVec } from "../engine.ts";
import { ReleasedVectorError } from "../errors.ts";
import type { KernelHost } from "../host.ts";
import { msmInts, msmScalars } from "./msm.ts";
import { makeMultiples, msmMultiples } from "./multiples.ts";
import { multiplesPay, multiplesPlan } from "./plan.ts";
import type { MemoryPoints } from "./points.ts";
import { readPoints, scoped, slicePoints } from "./points.ts";
import { multiplesOfGenerator } from "./powers.ts";

interface OwnedPoints extends MemoryPoints {
  readonly owner: KernelHost;
}

export type PointOperations = Pick<Engine, "points" | "slicePoints" | "msm" | "msmInts" | "powersOfTau">;

function endOf({ address, length, multiples }: MemoryPoints): number {
  return multiples
    ? multiples.address + (multiples.plan.rows - 1) * multiples.rowBytes
    : address + length * POINT_BYTES;
}

/** `field` is what powersOfTau needs of the same engine. */
export function createPointOperations(host: KernelHost, field: Pick<Engine, "frVec" | "powers">): PointOperations {
  /** The handle's own fields, after checking that it belongs to this engine and was not released. */
  function own(v: PointVec): OwnedPoints {
    const points = v as OwnedPoints;
    if (points.owner !== host || endOf(points) > host.mark()) {
      throw new ReleasedVectorError("the points are no longer owned by the engine", {
        remedy: "use them before release() of an earlier mark, and with the engine that made them",
      });
    }
    return points;
  }

  return {
    points(bytes, keepMultiples = false) {
      const read = readPoints(host, bytes);
      const wanted = keepMultiples && !read.mayHoldInfinity && read.length > 0;
      const multiples = wanted ? { multiples: makeMultiples(host, read, multiplesPlan(read.length)) } : {};
      const points: OwnedPoints = { ...read, ...multiples, owner: host };
      return points;
    },
    slicePoints(v, start, length) {
      const points = own(v);
      check.checkRange("slicePoints", points, start, length);
      const part: OwnedPoints = { ...slicePoints(points, start, length), owner: host };
      return part;
    },
    msm(v, scalars) {
      const points = own(v);
      const { length } = scalars;
      check.checkAtLeast("msm: points", points, length);
      const { multiples } = points;
      if (multiples && multiplesPay(multiples.plan, length)) {
        return msmMultiples(host, points, multiples, host.addressOf(scalars), length);
      }
      return msmScalars(host, points, host.addressOf(scalars), length);
    },
    msmInts(points, scalars) {
      check.checkAtLeast("msmInts: points", own(points), scalars.length);
      return msmInts(host, own(points), host.addressOf(scalars), scalars.length);
    },
    powersOfTau(tau, count) {
      check.checkScalar(tau, "powersOfTau: tau");
      check.checkLength(count, "powersOfTau: count");
      return scoped(host, () => {
        const powers = field.frVec(count);
        field.powers(powers, tau);
        return multiplesOfGenerator(host, host.addressOf(powers), count);
      });
    },
  };
}
