/** Scattering at constant indices. Round r holds, for every element of the data, the r-th update that goes there, or -1. */
import { sizeOf } from "../tensor.ts";
import { stackedLargest } from "./larger.ts";
import type { Planner } from "./operator.ts";
import type { ScatterReduction } from "./scatter-lanes.ts";
import { emitLinear, scaled } from "./steps.ts";
import { finish, joined, type Named, picked, reshaped } from "./views.ts";

export function emitRounds(
  planner: Planner,
  data: Named,
  updates: Named,
  targets: Int32Array,
  reduction: ScatterReduction,
): void {
  const { shape } = data;
  const rounds = roundsOf(targets, sizeOf(shape), reduction);
  const flat = (x: Named): Named => reshaped(planner, x, [sizeOf(x.shape)]);
  /** Where a round has no update, the element of the data. */
  const chosen = (round: Int32Array): Named => {
    const positions = round.map((update, i) => (update < 0 ? i : round.length + update));
    return picked(planner, joined(planner, [flat(data), flat(updates)], 0), shape, positions);
  };
  const [output] = planner.outputs;
  switch (reduction) {
    case "none":
      return finish(planner, rounds.length === 0 ? data : chosen(rounds[0]));
    case "max":
    case "min": {
      const stacked = [data, ...rounds.map(chosen)].map(({ name }) => name);
      stackedLargest(planner, stacked, reduction === "max" ? 1 : -1, output.name);
      return;
    }
    case "add": {
      const sums = rounds.map((round) => picked(planner, updates, shape, round));
      return emitLinear(planner, output, { parts: [data, ...sums].map(({ name }) => scaled(name, 1)) });
    }
    case "mul": {
      let product = data;
      for (const round of rounds) {
        const factor = { name: planner.fresh(`${output.name} factor`), shape };
        const bias = { shape, data: Float64Array.from(round, (update) => (update < 0 ? 1 : 0)) };
        emitLinear(planner, factor, { parts: [scaled(picked(planner, updates, shape, round).name, 1)], bias });
        const next = { name: planner.fresh(`${output.name} product`), shape };
        emitLinear(planner, next, {
          parts: [{ kind: "product", x: product.name, y: factor.name, contracts: false, factor: 1 }],
        });
        product = next;
      }
      return finish(planner, product);
    }
  }
}

/** Without a reduction the last update of a place is the only one. */
function roundsOf(targets: Int32Array, size: number, reduction: ScatterReduction): Int32Array[] {
  const rounds: Int32Array[] = [];
  const met = new Int32Array(size);
  targets.forEach((target, update) => {
    const round = reduction === "none" ? 0 : met[target]++;
    rounds[round] ??= new Int32Array(size).fill(-1);
    rounds[round][target] = update;
  });
  return rounds;
}
