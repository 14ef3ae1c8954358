/**
 * Decision trees, by the paths that the input takes: four rows for each step of each tree, and one for each leaf that is read.
 *
 *     node      q = number of the node               y = feature·2^s + (threshold - offset), from a table of fixed cells
 *     child     q = number of the node               y = number of its first child, from a table of fixed cells
 *     feature   q = node.y / 2^s rounded = feature   y = x[feature], from memory
 *     branch    q = [x[feature] > threshold]
 *     leaf      q = number of the leaf               y = its weight, from a table of fixed cells
 *
 * with s = shiftBits. What rounding leaves of node.y is the threshold, offset so that the values of x stand in the middle of the 2^s
 * remainders: node.y - 2^s·feature.q is linear. The next node is child.y + branch.q, linear as well. The comparison is that of
 * `arg-max.ts`: d = x - threshold lies within 2^s of 0, so floor((d - 1 + 2^s) / 2^s) is the bit itself.
 *
 * Every row is a function of the rows before it, so the path has no freedom (docs/decisions/0004-trees.md).
 */
import { CapacityError } from "../errors.ts";
import { type Forest, hasOneTargetPerTree, leafCount } from "../forest.ts";
import { powerOfTwo } from "../math.ts";
import { type IntegerLinearStep, placeOf } from "../program.ts";
import { mergeAxes, plain } from "./axes.ts";
import { addBlob, addSegment, type Draft, type DraftTerm } from "./draft.ts";
import { materialize } from "./materialize.ts";
import { isRowRange, type View } from "./view.ts";

/** Fixed cells are 32-bit integers. */
const CELL_LIMIT = 2 ** 31;

interface Paths {
  readonly draft: Draft;
  readonly name: string;
  readonly forest: Forest;
  /** Rows of the input. */
  readonly samples: number;
  readonly x: View;
}

/** Terms of the accumulator of `step`: the weights of the leaves that x leads to. */
export function lowerTrees(draft: Draft, step: IntegerLinearStep, forest: Forest, view: View): DraftTerm[] {
  checkCapacity(draft, step, forest, view);
  const x = isRowRange(view) ? view : materialize(draft, view);
  const paths: Paths = { draft, name: step.out, forest, samples: step.shape[0], x };
  const tables = nodeTables(paths);
  let node = rootTerms(paths);
  for (let level = 0; level < forest.depth; level++) node = lowerLevel(paths, tables, level, node);
  return hasOneTargetPerTree(forest) ? ownTargetLeaves(paths, node) : allTargetLeaves(paths, node);
}

function checkCapacity({ shiftBits }: Draft, step: IntegerLinearStep, forest: Forest, { lo, hi }: View): void {
  const unit = powerOfTwo(shiftBits);
  if (hi - lo < unit && forest.features * unit <= CELL_LIMIT) return;
  throw new CapacityError({
    ...placeOf(step),
    reason: `features of ${hi - lo + 1} values, ${forest.features} of them, do not fit a division by 2^${shiftBits}`,
    expected: `at most ${unit} values and ${CELL_LIMIT / unit} features`,
    remedy: "use more shift bits, or fewer bits for what the trees read",
  });
}

interface NodeTables {
  /** What is taken off a threshold before it is stored. */
  readonly offset: number;
  readonly node: TableRequestValues;
  readonly child: TableRequestValues;
}

interface TableRequestValues {
  readonly table: { readonly kind: "values"; readonly name: string; readonly values: Float64Array };
  readonly lo: number;
  readonly hi: number;
}

function valuesTable(name: string, lo: number, values: Float64Array): TableRequestValues {
  return { table: { kind: "values", name, values }, lo, hi: lo + values.length - 1 };
}

function nodeTables({ draft, name, forest, x }: Paths): NodeTables {
  const unit = powerOfTwo(draft.shiftBits);
  const offset = x.lo + unit / 2;
  const stored = forest.threshold.map(
    (threshold, node) => forest.feature[node] * unit + Math.min(threshold, x.hi) - offset,
  );
  return {
    offset,
    node: valuesTable(`${name} nodes`, 0, stored),
    child: valuesTable(`${name} children`, 0, Float64Array.from(forest.child)),
  };
}

/** Terms that add factor·(number of the node that a tree stands at) to rows [samples, trees]. */
type NodeTerms = (factor: number) => DraftTerm[];

/** Tree t starts at node t. */
function rootTerms({ draft, forest: { trees }, samples }: Paths): NodeTerms {
  const roots = addBlob(
    draft,
    Float64Array.from({ length: trees }, (_, tree) => tree),
    trees,
  );
  const axes = mergeAxes([plain(samples, 0, trees), plain(trees, 1, 1)]);
  return (factor) => (trees === 1 ? [] : [{ source: { blob: roots }, base: 0, rowBase: 0, coef: factor, axes }]);
}

function lowerLevel(paths: Paths, { offset, node, child }: NodeTables, level: number, current: NodeTerms): NodeTerms {
  const { draft, name, forest, samples, x } = paths;
  const { trees, features } = forest;
  const unit = powerOfTwo(draft.shiftBits);
  const count = samples * trees;
  const segment = (
    label: string,
    request: Parameters<typeof addSegment>[1]["request"],
    linear: DraftTerm[],
    constant = 0,
  ) => addSegment(draft, { name: `${name} ${label} ${level}`, count, request, constant, linear, products: [] });
  const rows = (owner: number, block: "q" | "y", coef: number): DraftTerm => ({
    source: { owner, block },
    base: 0,
    rowBase: 0,
    coef,
    axes: mergeAxes([plain(count, 1, 1)]),
  });

  const nodes = segment("node", node, current(unit));
  const children = segment("child", child, current(unit));
  const memory = { kind: "memory", cells: x.terms[0].cells, base: x.terms[0].base } as const;
  const reads = segment("feature", { table: memory, lo: 0, hi: samples * features - 1 }, [
    rows(nodes, "y", 1),
    ...sampleTerms(paths, unit),
  ]);
  const branches = segment(
    "branch",
    { table: { kind: "none" }, lo: 0, hi: 1 },
    [rows(reads, "y", 1), rows(nodes, "y", -1), rows(reads, "q", unit), ...sampleTerms(paths, -unit)],
    unit / 2 - 1 - offset,
  );
  return (factor) => [rows(children, "y", factor), rows(branches, "q", factor)];
}

/** Adds factor·(first element of the row's sample) to rows [samples, trees]. */
function sampleTerms({ draft, forest, samples }: Paths, factor: number): DraftTerm[] {
  if (samples === 1) return [];
  const starts = Float64Array.from({ length: samples }, (_, sample) => sample * forest.features);
  const axes = mergeAxes([plain(samples, 1, forest.trees), plain(forest.trees, 0, 1)]);
  return [{ source: { blob: addBlob(draft, starts, samples) }, base: 0, rowBase: 0, coef: factor, axes }];
}

/** Rows [samples, trees]: a leaf has the weight of the one target that its tree adds to. */
function ownTargetLeaves({ draft, name, forest, samples }: Paths, node: NodeTerms): DraftTerm[] {
  const { trees, targets, firstLeaf, weights, treesOf } = forest;
  const leaves = leafCount(forest);
  const own = new Float64Array(leaves);
  weights.forEach((weight, i) => {
    own[i % leaves] += weight;
  });
  const owner = addSegment(draft, {
    name: `${name} leaf`,
    count: samples * trees,
    request: valuesTable(`${name} leaves`, firstLeaf, own),
    constant: 0,
    linear: node(powerOfTwo(draft.shiftBits)),
    products: [],
  });
  return treesOf.flatMap(({ from, count }, target) =>
    count === 0
      ? []
      : {
          source: { owner, block: "y" as const },
          base: from,
          rowBase: target,
          coef: 1,
          axes: mergeAxes([plain(samples, trees, targets), plain(count, 1, 0)]),
        },
  );
}

/** Rows [targets, samples, trees]: the weights of target k stand k·(number of leaves) further on. */
function allTargetLeaves({ draft, name, forest, samples }: Paths, node: NodeTerms): DraftTerm[] {
  const { trees, targets, firstLeaf, weights } = forest;
  const unit = powerOfTwo(draft.shiftBits);
  const perTarget = samples * trees;
  const columns = addBlob(
    draft,
    Float64Array.from({ length: targets }, (_, target) => target * leafCount(forest)),
    targets,
  );
  const repeated = node(unit).map((term) => ({
    ...term,
    axes: mergeAxes([plain(targets, 0, perTarget), ...term.axes]),
  }));
  const owner = addSegment(draft, {
    name: `${name} leaf`,
    count: targets * perTarget,
    request: valuesTable(`${name} leaves`, firstLeaf, weights),
    constant: 0,
    linear: [
      ...repeated,
      {
        source: { blob: columns },
        base: 0,
        rowBase: 0,
        coef: unit,
        axes: mergeAxes([plain(targets, 1, perTarget), plain(perTarget, 0, 1)]),
      },
    ],
    products: [],
  });
  const axes = mergeAxes([plain(samples, trees, targets), plain(targets, perTarget, 1), plain(trees, 1, 0)]);
  return [{ source: { owner, block: "y" }, base: 0, rowBase: 0, coef: 1, axes }];
}
