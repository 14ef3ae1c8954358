/**
 * Scattering at computed indices: every index is compared with every place of its lane.
 *
 *     hit[j][m] = [place of update m = j], and of several updates of one place only the last where nothing is combined
 *     none       y[j] = sum_m hit[j][m] · update[m] + [no hit] · data[j]
 *     add        y[j] = data[j] + sum_m hit[j][m] · update[m]
 *     mul        y[j] = data[j] · prod_m (1 + hit[j][m] · (update[m] - 1))
 *     max        y[j] = data[j] + max_m hit[j][m] · relu(update[m] - data[j]); min with the signs turned
 */
import type { ProductPart } from "../program.ts";
import { countedFromStart, rangeOf } from "./counted-index.ts";
import type { Planner } from "./operator.ts";
import { rowProduct } from "./row-product.ts";
import type { Lanes, ScatterReduction } from "./scatter-lanes.ts";
import { emitLinear, IS_ZERO, RELU, referenceOf, scaled } from "./steps.ts";
import { expanded, type Named, permuted, reshaped } from "./views.ts";

/** [lanes, places, slab] */
export function emitCompared(planner: Planner, lanes: Lanes, reduction: ScatterReduction): Named {
  const { data, updates } = lanes;
  const [laneCount, places, slab] = data.shape;
  const count = updates.shape[1];
  const make = makerOf(planner);
  const hits = hitsOf(planner, lanes, reduction === "none");
  if (reduction === "none" || reduction === "add") {
    const byPlace = permuted(planner, updates, [0, 2, 1]);
    const sum: ProductPart = { kind: "product", x: hits.name, y: byPlace.name, contracts: true, factor: 1 };
    if (reduction === "add") return make("sum", data.shape, { parts: [sum, scaled(data.name, 1)] });
    const kept = make("kept", [laneCount, places, 1], {
      parts: [{ kind: "sum", x: hits.name, axes: [2], factor: 1 }],
      activation: IS_ZERO,
    });
    const keeps = expanded(planner, kept, data.shape);
    return make("written", data.shape, { parts: [sum, product(keeps, data)] });
  }

  // Every place beside every update, the updates innermost: [lanes, places, slab, count].
  const wide = [laneCount, places, slab, count];
  const hit = expanded(planner, reshaped(planner, hits, [laneCount, places, 1, count]), wide);
  const update = expanded(
    planner,
    reshaped(planner, permuted(planner, updates, [0, 2, 1]), [laneCount, 1, slab, count]),
    wide,
  );
  const rows = [1, laneCount * places * slab, count];
  if (reduction === "mul") {
    const excess = make("excess", wide, {
      parts: [scaled(update.name, 1)],
      bias: { shape: [], data: Float64Array.of(-1) },
    });
    const factor = make("factor", wide, {
      parts: [product(hit, excess)],
      bias: { shape: [], data: Float64Array.of(1) },
    });
    const all = reshaped(planner, rowProduct(planner, reshaped(planner, factor, rows)), data.shape);
    return make("product", data.shape, { parts: [product(data, all)] });
  }
  const sign = reduction === "max" ? 1 : -1;
  const before = expanded(planner, reshaped(planner, data, [laneCount, places, slab, 1]), wide);
  const excess = make("excess", wide, {
    parts: [scaled(update.name, sign), scaled(before.name, -sign)],
    activation: RELU,
  });
  const gains = make("gains", wide, { parts: [product(hit, excess)] });
  const gain = reshaped(planner, largestOfRows(planner, reshaped(planner, gains, rows)), data.shape);
  return make("extreme", data.shape, { parts: [scaled(data.name, 1), scaled(gain.name, sign)] });
}

/** [lanes, places, count] */
function hitsOf(planner: Planner, { data, indices }: Lanes, lastOnly: boolean): Named {
  const [laneCount, places] = data.shape;
  const make = makerOf(planner);
  const counted = indices.map((index) => countedFromStart(planner, index.x, index.count));
  const ranges = indices.map((index) => rangeOf(index.count));
  const count = counted[0].shape[1];
  const isPlain = indices.length === 1 && indices[0].stride === 1;
  let place = isPlain
    ? counted[0]
    : make("place", counted[0].shape, {
        parts: counted.map(({ name }, i) => scaled(name, indices[i].stride)),
        indexRanges: ranges,
      });
  let largest = places - 1;
  if (lastOnly && count > 1) {
    place = withoutEarlier(planner, place, places);
    largest += places * count;
  }
  const wide = expanded(planner, reshaped(planner, place, [laneCount, 1, count]), [laneCount, places, count]);
  return make("hits", wide.shape, {
    parts: [scaled(wide.name, 1)],
    bias: { shape: [places, 1], data: Float64Array.from({ length: places }, (_, j) => -j) },
    activation: IS_ZERO,
    indexRanges: [{ lo: 0, hi: largest }],
  });
}

/** Moves the place of an update beyond the last one where a later update goes to the same place. */
function withoutEarlier(planner: Planner, place: Named, places: number): Named {
  const [laneCount, count] = place.shape;
  const make = makerOf(planner);
  const square = [laneCount, count, count];
  const own = expanded(planner, reshaped(planner, place, [laneCount, count, 1]), square);
  const other = expanded(planner, reshaped(planner, place, [laneCount, 1, count]), square);
  const notLater = Float64Array.from({ length: count * count }, (_, i) =>
    i % count <= Math.floor(i / count) ? places : 0,
  );
  const later = make("later", square, {
    parts: [scaled(own.name, 1), scaled(other.name, -1)],
    bias: { shape: [count, count], data: notLater },
    activation: IS_ZERO,
    indexRanges: [rangeOf(places), rangeOf(places)],
  });
  return make("last", place.shape, {
    parts: [scaled(place.name, 1), { kind: "sum", x: later.name, axes: [2], factor: places }],
  });
}

function largestOfRows(planner: Planner, x: Named): Named {
  const [, rows, n] = x.shape;
  if (n === 1) return x;
  const out = { name: planner.fresh(x.name), shape: [1, rows, 1] };
  planner.emit({
    kind: "maxPool",
    x: x.name,
    out: out.name,
    shape: out.shape,
    windows: [{ inputN: n, outN: 1, kernel: n, stride: 1, dilation: 1, pad: 0 }],
    nodes: [referenceOf(planner)],
  });
  return out;
}

function makerOf(
  planner: Planner,
): (label: string, shape: readonly number[], options: Parameters<typeof emitLinear>[2]) => Named {
  return (label, shape, options) => {
    const made = { name: planner.fresh(`${planner.outputs[0].name} ${label}`), shape };
    emitLinear(planner, made, options);
    return made;
  };
}

function product(x: Named, y: Named): ProductPart {
  return { kind: "product", x: x.name, y: y.name, contracts: false, factor: 1 };
}
