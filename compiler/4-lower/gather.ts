/**
 * Elements at computed indices, one row each.
 *
 *     q = sum of starts + sum of stride · index, whole by the division      y = source[q]
 *
 * A tensor is read as memory, constants as a table of fixed cells. Bounds keep every index inside its own axis, so that q names the element
 * the indices mean; inputs that are indices stand in rows whose table ends with the axis, so that no proof exists for another one.
 */
import type { Extent } from "../3-quantize/bounds.ts";
import { powerOfTwo } from "../math.ts";
import type { GatherStep } from "../program.ts";
import { sizeOf } from "../tensor.ts";
import { addSegment, type Draft, type TableRequest } from "./draft.ts";
import { constantTerm } from "./linear.ts";
import { materialize, viewTerms } from "./materialize.ts";
import { isRowRange, rowsView, type View } from "./view.ts";

export function lowerGather(draft: Draft, step: GatherStep, viewOf: (name: string) => View, extent: Extent): View {
  const { out, shape, indices, starts } = step;
  const unit = powerOfTwo(draft.shiftBits);
  const request = sourceTable(draft, step, viewOf);
  const owner = addSegment(draft, {
    name: out,
    count: sizeOf(shape),
    request,
    constant: 0,
    linear: [
      ...indices.flatMap(({ name, stride }) => viewTerms(viewOf(name), stride * unit)),
      ...starts.map((start) => constantTerm(draft, start, shape, unit)),
    ],
    products: [],
  });
  return rowsView({ owner, block: "y" }, shape, extent);
}

function sourceTable(draft: Draft, { out, source }: GatherStep, viewOf: (name: string) => View): TableRequest {
  if (source.kind === "constants") {
    const { values } = source;
    return { table: { kind: "values", name: `${out} source`, values }, lo: 0, hi: values.length - 1 };
  }
  const view = viewOf(source.x);
  const rows = isRowRange(view) ? view : materialize(draft, view, `${out} source`);
  const [{ cells, base }] = rows.terms;
  return { table: { kind: "memory", cells, base }, lo: 0, hi: sizeOf(rows.shape) - 1 };
}
