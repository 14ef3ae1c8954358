/** An integer program to a circuit: steps to draft segments, then addresses for tables, rows and fixed cells. */
import type { Circuit } from "../../core/circuit.ts";
import { type Bounds, extentOf, type Interval } from "../3-quantize/bounds.ts";
import { UnsupportedError } from "../errors.ts";
import { type IntegerProgram, type IntegerStep, stepInputs, type ViewStep } from "../program.ts";
import { sizeOf } from "../tensor.ts";
import { visibilityOf } from "../visibility.ts";
import { lowerArgMax } from "./arg-max.ts";
import { assemble, type CircuitOptions } from "./assemble.ts";
import { batchDraft } from "./batch.ts";
import type { Draft } from "./draft.ts";
import { lowerGather } from "./gather.ts";
import { lowerLinear } from "./linear.ts";
import { materialize } from "./materialize.ts";
import { lowerMaxPool } from "./max-pool.ts";
import { pickView } from "./pick.ts";
import { lowerRank } from "./rank.ts";
import { reshapeView } from "./reshape.ts";
import { assignTables } from "./tables.ts";
import { limitLookups } from "./two-stage.ts";
import { concatViews, expandView, isRowRange, negate, rowsView, slotView, transposeView, type View } from "./view.ts";

export interface LowerOptions extends CircuitOptions {
  readonly name: string;
}

export function lowerProgram(program: IntegerProgram, bounds: Bounds, options: LowerOptions): Circuit {
  const { batch = 1 } = options;
  const inputs = program.inputs.map(({ name, shape, lo, hi, isExact }) => {
    const isHidden = ["private", "committed"].includes(visibilityOf(options.inputVisibility, name));
    return { name, count: sizeOf(shape), lo, hi, isExact: isHidden || isExact === true };
  });
  const draft: Draft = {
    shiftBits: program.shiftBits,
    hidesWeights: options.weights === "private",
    inputs,
    segments: [],
    blobs: [],
  };
  const views = new Map<string, View>();
  const viewOf = (name: string): View => views.get(name) as View;
  program.inputs.forEach(({ name, shape, lo, hi }, owner) => {
    views.set(name, rowsView({ owner, block: "q" }, shape, { lo, hi }));
  });
  for (const step of program.steps) {
    const view = lowerStep(draft, step, viewOf, bounds);
    const isCopied = options.copiesSums === true && view.terms.length > 1;
    views.set(step.out, isCopied ? materialize(draft, view, step.out) : view);
  }
  const outputs = program.outputs.map((name) => {
    const view = viewOf(name);
    const stands = isRowRange(view) && view.terms[0].cells.owner >= inputs.length && !readsMemory(draft, view);
    const isInPlace = stands && (batch === 1 || isWholeOwner(draft, view));
    return { name, labels: labelsOf(program, name), view: isInPlace ? view : materialize(draft, view, name) };
  });
  const batched = { draft: batchDraft(draft, batch), outputs };
  const lowered = options.lookupDepth === 2 ? limitLookups(batched) : batched;
  return assemble(program, lowered.draft, assignTables(lowered.draft), lowered.outputs, options);
}

/** Names of the classes whose indices a tensor holds. */
function labelsOf(program: IntegerProgram, name: string): readonly string[] | undefined {
  const step = program.steps.find((item) => item.out === name);
  if (step?.kind === "view" && step.inputs.length === 1) return labelsOf(program, step.inputs[0]);
  return step?.kind === "argMax" ? step.labels : undefined;
}

function lowerStep(draft: Draft, step: IntegerStep, viewOf: (name: string) => View, bounds: Bounds): View {
  switch (step.kind) {
    case "linear":
      return lowerLinear(draft, step, viewOf, bounds);
    case "maxPool":
      return lowerMaxPool(draft, step, viewOf(step.x));
    case "argMax":
      return lowerArgMax(draft, step, step.ofSmallest ? negate(viewOf(step.x)) : viewOf(step.x));
    case "rank":
      return lowerRank(draft, step, step.ofSmallest ? negate(viewOf(step.x)) : viewOf(step.x));
    case "gather":
      return lowerGather(draft, step, viewOf, extentOf(bounds.tensors.get(step.out) as Interval));
    case "view": {
      const changed = changeView(draft, step, stepInputs(step).map(viewOf));
      return { ...changed, ...extentOf(bounds.tensors.get(step.out) as Interval) };
    }
  }
}

/** A change that cannot be expressed on the cells as they stand is made on a copy. */
function changeView(draft: Draft, step: ViewStep, views: readonly View[]): View {
  const [view] = views;
  const { change, shape } = step;
  switch (change.name) {
    case "reshape":
      return reshapeView(view, shape) ?? (reshapeView(materialize(draft, view, step.out), shape) as View);
    case "transpose":
      return transposeView(view, change.permutation);
    case "slice": {
      const slice = (source: View): View | undefined =>
        slotView(source, change.axis, shape[change.axis], change.step, change.start);
      return slice(view) ?? (slice(materialize(draft, view, step.out)) as View);
    }
    case "expand":
      return expandView(view, shape);
    case "concat":
      return concatViews(views, change.axis, shape);
    case "pick":
      return pickView(draft, view, shape, change.positions, step.out);
    default:
      throw new UnsupportedError({ reason: "unknown view", remedy: "report this model" });
  }
}

/** Rows that no table of their own bounds. */
function readsMemory({ inputs, segments }: Draft, { terms }: View): boolean {
  return segments[terms[0].cells.owner - inputs.length].request.table.kind === "memory";
}

/** All rows of the owner: in a batch, only these are consecutive for all inferences. */
function isWholeOwner({ inputs, segments }: Draft, { shape, terms }: View): boolean {
  return sizeOf(shape) === segments[terms[0].cells.owner - inputs.length].count;
}
