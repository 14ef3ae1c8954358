/** The equation of an Einsum: a label for every axis. */
import { badShape, type NodeContext, stringAttribute } from "./operator.ts";

export interface Equation {
  readonly inputs: readonly (readonly string[])[];
  readonly output: readonly string[];
  readonly sizes: ReadonlyMap<string, number>;
}

/** Axes an ellipsis stands for are labelled "0", "1", .. from the last one. */
export function readEquation({ node }: NodeContext, shapes: readonly (readonly number[])[]): Equation {
  const text = stringAttribute(node, "equation", "").replaceAll(" ", "");
  const [left, right] = text.split("->");
  const terms = left.split(",");
  if (terms.length !== shapes.length) badShape(node, `the equation ${text} does not have ${shapes.length} terms`);
  let ellipsisRank = 0;
  const expand = (term: string, rank: number): string[] => {
    const [before, after] = term.split("...");
    const labels = [...before, ...(after ?? "")];
    if (after === undefined) return labels;
    const count = rank - labels.length;
    ellipsisRank = Math.max(ellipsisRank, count);
    return [...before, ...Array.from({ length: count }, (_, i) => String(count - 1 - i)), ...after];
  };
  const inputs = terms.map((term, i) => expand(term, shapes[i].length));
  const sizes = new Map<string, number>();
  inputs.forEach((labels, i) => {
    if (labels.length !== shapes[i].length)
      badShape(node, `the term ${terms[i]} does not fit the shape [${shapes[i]}]`);
    labels.forEach((label, axis) => {
      const [known, n] = [sizes.get(label) ?? 1, shapes[i][axis]];
      if (known !== 1 && n !== 1 && known !== n)
        badShape(node, `the axes named ${label} have lengths ${known} and ${n}`);
      sizes.set(label, Math.max(known, n));
    });
  });
  const output =
    right === undefined ? implied(inputs, ellipsisRank) : expand(right, ellipsisRank + right.replace("...", "").length);
  const unknown = output.find((label) => !sizes.has(label));
  if (unknown !== undefined) badShape(node, `the result's axis ${unknown} is an axis of no input`);
  return { inputs, output, sizes };
}

/** Without an arrow: the ellipsis, then labels that occur once, in order. */
function implied(inputs: readonly (readonly string[])[], ellipsisRank: number): string[] {
  const all = inputs.flat().filter((label) => !/[0-9]/.test(label));
  const once = all.filter((label) => all.indexOf(label) === all.lastIndexOf(label)).sort();
  return [...Array.from({ length: ellipsisRank }, (_, i) => String(ellipsisRank - 1 - i)), ...once];
}
