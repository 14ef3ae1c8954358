/** Updates written into data, or combined with it, one after another as in a loop over them. */
import { sizeOf, tensor } from "../tensor.ts";
import {
  inputType,
  type Meaning,
  type NodeContext,
  type PlanInput,
  type Planner,
  stringAttribute,
  unsupported,
} from "./operator.ts";
import { emitCompared } from "./scatter-compared.ts";
import type { Lanes, ScatterReduction } from "./scatter-lanes.ts";
import { emitRounds } from "./scatter-rounds.ts";
import { emitLinear } from "./steps.ts";
import type { Named } from "./views.ts";

const COMBINE = {
  none: (_: number, update: number) => update,
  add: (value: number, update: number) => value + update,
  mul: (value: number, update: number) => value * update,
  max: Math.max,
  min: Math.min,
} as const satisfies Record<ScatterReduction, (value: number, update: number) => number>;

export interface Scatter {
  /** The element of the data that each update goes to. */
  readonly targets: (indices: Float64Array) => Int32Array;
  /** For computed indices. */
  readonly lanes: (planner: Planner, data: Named, updates: Named) => Lanes;
  /** Puts [lanes, places, slab] back into the shape of the data. */
  readonly restore: (planner: Planner, result: Named, data: Named) => Named;
}

export const SCATTER_LIMITS =
  "constant or computed indices, every reduction; at most 65,536 comparisons of an index with a place";

export function checkScatter(context: NodeContext, { targets, lanes, restore }: Scatter): Meaning {
  const { node, constants } = context;
  const data = inputType(context, 0);
  const reduction = reductionOf(context);
  const known = constants[1] && targets(constants[1].data);
  return {
    outputs: [data],
    float: ([before, indices, updates]) => {
      const after = before.data.slice();
      (known ?? targets(indices.data)).forEach((target, i) => {
        after[target] = COMBINE[reduction](after[target], updates.data[i]);
      });
      return [tensor(data.shape, after, data.dtype)];
    },
    plan: (planner) => {
      const [before, updates] = [0, 2].map((index) => asTensor(planner, planner.inputs[index] as PlanInput));
      if (known) return emitRounds(planner, before, updates, known, reduction);
      const placed = lanes(planner, before, updates);
      const comparisons = sizeOf(placed.updates.shape.slice(0, 2)) * placed.data.shape[1];
      if (comparisons > 2 ** 16)
        unsupported(
          node,
          `${comparisons} comparisons of an index with a place`,
          "scatter at constant indices, or fewer updates",
        );
      const result = emitCompared(planner, placed, reduction);
      const { name } = restore(planner, result, before);
      planner.emit({
        kind: "view",
        inputs: [name],
        out: planner.outputs[0].name,
        shape: data.shape,
        nodes: [{ name: node.name, op: node.op }],
        change: { name: "reshape" },
      });
    },
  };
}

function reductionOf({ node }: NodeContext): ScatterReduction {
  const name = stringAttribute(node, "reduction", "none");
  if (name in COMBINE) return name as ScatterReduction;
  return unsupported(node, `reduction ${name}`, "use none, add, mul, max or min");
}

/** Constants become rows: a bias without parts. */
function asTensor(planner: Planner, input: PlanInput): Named {
  if (input.kind === "tensor") return input;
  const made = { name: planner.fresh(`${planner.outputs[0].name} constant`), shape: input.shape };
  emitLinear(planner, made, { parts: [], bias: input.tensor });
  return made;
}
