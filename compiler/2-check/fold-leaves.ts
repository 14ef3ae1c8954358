/**
 * What is computed from the leaf of one tree becomes the weight of that leaf.
 *
 * A tensor that depends on the input through one tree alone has as many values as the tree has leaves: every operator on it is evaluated
 * leaf by leaf, here, and what is left are trees with other weights. Sums of such tensors, and what is linear in them, are one ensemble:
 *
 *     x = base + sum over trees of part(leaf of the tree)
 *
 * Isolation forests (a depth and a correction for every leaf) and boosted classifiers (a logarithm of every leaf) shrink to their trees,
 * without a rounding between them.
 */
import { isLeaf, type TreeBranch, type TreeLeaf, type TreeNode } from "../forest.ts";
import type { GraphNode } from "../graph.ts";
import { treeSums } from "../ops/ml/ensemble.ts";
import type { Meaning } from "../ops/operator.ts";
import { isFloat, sizeOf, type Tensor, type TensorType } from "../tensor.ts";

interface Item {
  readonly node: GraphNode;
  readonly meaning: Meaning;
}

export interface Foldable {
  /** In order. */
  readonly nodes: readonly Item[];
  readonly outputs: readonly string[];
  readonly constants: ReadonlyMap<string, Tensor>;
  readonly types: ReadonlyMap<string, TensorType>;
}

/** One tree over the features of a tensor [1, features]. */
interface Tree {
  readonly x: string;
  readonly root: TreeBranch;
  readonly leaves: readonly TreeLeaf[];
  /** The node that has it. */
  readonly source: GraphNode;
}

interface Form {
  readonly type: TensorType;
  readonly base: Float64Array;
  readonly parts: ReadonlyMap<Tree, ReadonlyMap<TreeLeaf, Float64Array>>;
  /** Another function than a sum stands between it and the leaves. */
  readonly isFunction: boolean;
}

/** Values of leaves that a tensor may have, and evaluations of one node. */
const [MOST_VALUES, MOST_EVALUATIONS] = [2 ** 20, 2 ** 16];

/** Operators that are linear in all inputs that are not constants; those of the second list where one is none. */
const LINEAR =
  "Add Cast Concat Expand Flatten Gather Identity Mean Neg ReduceMean ReduceSum Reshape Slice Split Squeeze Sub Sum Transpose Unsqueeze".split(
    " ",
  );
const LINEAR_IN_ONE = ["MatMul", "Mul"];
const LINEAR_IN_FIRST = ["Div", "Gemm"];

/** The nodes with foldable tensors made by new ones; what these replace is still among them, without readers. */
export function foldLeaves(model: Foldable): readonly Item[] {
  if (!model.nodes.some(({ meaning }) => meaning.trees)) return model.nodes;
  const forms = formsOf(model);
  const chosen = chooseFolded(model, forms);
  if (chosen.length === 0) return model.nodes;
  // What is folded has another maker now; other outputs of the old ones stay.
  const nodes = model.nodes.map(
    ({ node, meaning }): Item => ({
      node: { ...node, outputs: node.outputs.map((name) => (chosen.includes(name) ? "" : name)) },
      meaning,
    }),
  );
  for (const names of grouped(chosen, forms)) {
    const sources = new Set(treesOf(forms, names).map(({ source }) => source));
    const last = model.nodes.findLastIndex(({ node }) => sources.has(node));
    const at = nodes.findIndex(({ meaning }) => meaning === model.nodes[last].meaning);
    nodes.splice(at + 1, 0, foldedNode(names, forms, model));
  }
  return nodes;
}

function formsOf({ nodes, constants, types }: Foldable): Map<string, Form> {
  const forms = new Map<string, Form>();
  const producers = new Map(nodes.flatMap((item) => item.node.outputs.map((name) => [name, item] as const)));
  for (const { node, meaning } of nodes) {
    const made = meaning.trees
      ? treeForms(node, meaning, featuresOf(node.inputs[0], producers, constants, types))
      : nodeForms(node, meaning, forms, constants);
    made?.forEach((form, index) => {
      const name = node.outputs[index];
      if (name) forms.set(name, form);
    });
  }
  return forms;
}

/** The tensor that features are picked from, and which: through nodes that pick columns or change nothing. */
function featuresOf(
  name: string,
  producers: ReadonlyMap<string, Item>,
  constants: ReadonlyMap<string, Tensor>,
  types: ReadonlyMap<string, TensorType>,
): { readonly x: string; readonly columns: readonly number[] } | undefined {
  const type = types.get(name);
  if (type?.shape.length !== 2 || type.shape[0] !== 1) return undefined;
  const own = { x: name, columns: Array.from({ length: type.shape[1] }, (_, i) => i) };
  const maker = producers.get(name);
  if (maker === undefined) return own;
  const { op, inputs, attributes } = maker.node;
  const above = (): ReturnType<typeof featuresOf> => featuresOf(inputs[0], producers, constants, types);
  if (op === "Identity" || (op === "Cast" && isFloat(type.dtype) && isFloat(types.get(inputs[0])?.dtype ?? "bool")))
    return above() ?? own;
  const axis = attributes.axis?.kind === "int" ? attributes.axis.value : 0;
  const indices = constants.get(inputs[1] ?? "");
  const picks = op === "ArrayFeatureExtractor" || (op === "Gather" && (axis === 1 || axis === -1));
  if (!picks || indices === undefined || (op === "Gather" && indices.shape.length !== 1)) return own;
  const from = above();
  if (from === undefined) return own;
  const columns = [...indices.data].map((index) => from.columns[index < 0 ? index + from.columns.length : index]);
  return { x: from.x, columns };
}

function treeForms(
  source: GraphNode,
  { outputs, trees }: Meaning,
  features: ReturnType<typeof featuresOf>,
): Form[] | undefined {
  if (trees === undefined || features === undefined) return undefined;
  if (trees.roots.length !== 1 && !trees.isSum) return undefined;
  const zero = new Float64Array(trees.targets);
  const base = trees.isSum
    ? trees.answer(zero).map(({ data }) => data)
    : outputs.map(({ shape }) => new Float64Array(sizeOf(shape)));
  const parts = outputs.map(() => new Map<Tree, Map<TreeLeaf, Float64Array>>());
  let values = 0;
  for (const original of trees.roots) {
    const root = mapTree(original, { feature: (index) => features.columns[index] }) as TreeBranch;
    const tree: Tree = { x: features.x, root, leaves: leavesOf(root), source };
    values += tree.leaves.length * outputs.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    if (values > MOST_VALUES) return undefined;
    const answers = tree.leaves.map((leaf) => trees.answer(sumsOf(leaf, trees.targets)));
    parts.forEach((part, k) => {
      part.set(tree, new Map(tree.leaves.map((leaf, i) => [leaf, minus(answers[i][k].data, base[k])])));
    });
  }
  return outputs.map((type, k) => ({ type, base: base[k], parts: parts[k], isFunction: false }));
}

function nodeForms(
  node: GraphNode,
  { float, outputs }: Meaning,
  forms: ReadonlyMap<string, Form>,
  constants: ReadonlyMap<string, Tensor>,
): Form[] | undefined {
  const inputs = node.inputs.map((name) => forms.get(name));
  if (inputs.every((form) => form === undefined)) return undefined;
  const known = node.inputs.map((name) => constants.get(name));
  if (inputs.some((form, i) => form === undefined && known[i] === undefined && node.inputs[i] !== "")) return undefined;
  const trees = [...new Set(inputs.flatMap((form) => [...(form?.parts.keys() ?? [])]))];
  const isLinear = isLinearNode(node, inputs, outputs);
  if (trees.length > 1 && !isLinear) return undefined;
  const size = outputs.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const leaves = trees.reduce((sum, tree) => sum + tree.leaves.length, 0);
  if (leaves > MOST_EVALUATIONS || leaves * size > MOST_VALUES) return undefined;
  const at = (tree?: Tree, leaf?: TreeLeaf): Float64Array[] => {
    const values = inputs.map((form, i) => {
      if (form === undefined) return known[i] as Tensor;
      const part = tree && leaf && form.parts.get(tree)?.get(leaf);
      return { ...form.type, data: part ? plus(form.base, part) : form.base };
    });
    return float(values).map(({ data }) => data);
  };
  // The base of a function of one tree says nothing: its values are the leaves'.
  const base = isLinear ? at() : outputs.map(({ shape }) => new Float64Array(sizeOf(shape)));
  const parts = outputs.map(() => new Map<Tree, Map<TreeLeaf, Float64Array>>());
  for (const tree of trees) {
    const values = tree.leaves.map((leaf) => at(tree, leaf));
    if (values.some((list) => list.some((data) => data.some((value) => !Number.isFinite(value))))) return undefined;
    parts.forEach((part, k) => {
      part.set(tree, new Map(tree.leaves.map((leaf, i) => [leaf, minus(values[i][k], base[k])])));
    });
  }
  const isFunction = !isLinear || inputs.some((form) => form?.isFunction);
  return outputs.map((type, k) => ({ type, base: base[k], parts: parts[k], isFunction }));
}

function isLinearNode(
  { op }: GraphNode,
  inputs: readonly (Form | undefined)[],
  outputs: readonly TensorType[],
): boolean {
  const types = [...outputs, ...inputs.flatMap((form) => (form ? [form.type] : []))];
  if (!types.every(({ dtype }) => isFloat(dtype))) return false;
  const variable = inputs.filter((form) => form !== undefined).length;
  if (LINEAR_IN_ONE.includes(op)) return variable === 1;
  if (LINEAR_IN_FIRST.includes(op)) return variable === 1 && inputs[0] !== undefined;
  return LINEAR.includes(op);
}

/**
 * Tensors of real numbers that others read and that a function of leaves, or the sum of several ensembles, has made. A tree whose own
 * node is read all the same would be walked twice: what depends on such trees stays as it is.
 */
function chooseFolded({ nodes, outputs }: Foldable, forms: ReadonlyMap<string, Form>): string[] {
  const others = nodes.filter(({ node }) => !node.outputs.some((name) => forms.has(name)));
  const read = new Set([...outputs, ...others.flatMap(({ node }) => node.inputs)]);
  let chosen = [...read].filter((name) => {
    const form = forms.get(name);
    if (form === undefined || !isFloat(form.type.dtype)) return false;
    const sources = new Set([...form.parts.keys()].map(({ source }) => source));
    const isSource = [...sources].some((source) => source.outputs.includes(name));
    return !isSource && (form.isFunction || sources.size > 1);
  });
  for (;;) {
    const needed = new Set([...read].filter((name) => !chosen.includes(name)));
    for (const { node } of [...nodes].reverse())
      if (node.outputs.some((name) => needed.has(name) && !chosen.includes(name)))
        for (const name of node.inputs) if (!chosen.includes(name)) needed.add(name);
    const kept = chosen.filter((name) =>
      treesOf(forms, [name]).every(({ source }) => !source.outputs.some((output) => needed.has(output))),
    );
    if (kept.length === chosen.length) return chosen;
    chosen = kept;
  }
}

function treesOf(forms: ReadonlyMap<string, Form>, names: readonly string[]): Tree[] {
  return [...new Set(names.flatMap((name) => [...(forms.get(name)?.parts.keys() ?? [])]))];
}

/** Tensors of the same trees are targets of one ensemble. */
function grouped(names: readonly string[], forms: ReadonlyMap<string, Form>): string[][] {
  const groups: string[][] = [];
  for (const name of names) {
    const trees = treesOf(forms, [name]);
    const group = groups.find((others) => {
      const known = treesOf(forms, [others[0]]);
      return known.length === trees.length && trees.every((tree) => known.includes(tree));
    });
    if (group) group.push(name);
    else groups.push([name]);
  }
  return groups;
}

/** A node that makes tensors of the same trees. */
function foldedNode(names: readonly string[], forms: ReadonlyMap<string, Form>, { types }: Foldable): Item {
  const made = names.map((name) => forms.get(name) as Form);
  const trees = treesOf(forms, names);
  const inputs = [...new Set(trees.map(({ x }) => x))];
  const { name, op, domain } = trees[0].source;
  const node: GraphNode = { name, op, domain, inputs, outputs: names, attributes: {} };
  const base = made.flatMap((form) => [...form.base]);
  const rootsOver = (x: string): TreeNode[] =>
    trees
      .filter((tree) => tree.x === x)
      .map((tree) =>
        mapTree(tree.root, {
          leaf: (leaf) =>
            made
              .flatMap((form) => [...(form.parts.get(tree)?.get(leaf) ?? [])])
              .flatMap((value, target) => (value === 0 ? [] : [[target, value] as const])),
        }),
      );
  const over = inputs.map((x) => ({ roots: rootsOver(x), features: types.get(x)?.shape[1] ?? 0 }));
  return {
    node,
    meaning: treeSums(
      node,
      over,
      base,
      made.map(({ type }) => type),
    ),
  };
}

interface TreeChange {
  readonly feature?: (index: number) => number;
  readonly leaf?: (leaf: TreeLeaf) => TreeLeaf;
}

/** The tree with other features or leaves; shared subtrees stay shared. */
function mapTree(root: TreeNode, { feature = (index) => index, leaf = (item) => item }: TreeChange): TreeNode {
  const made = new Map<TreeNode, TreeNode>();
  const map = (node: TreeNode): TreeNode => {
    const known = made.get(node);
    if (known) return known;
    const result = isLeaf(node)
      ? leaf(node)
      : { ...node, feature: feature(node.feature), yes: map(node.yes), no: map(node.no) };
    made.set(node, result);
    return result;
  };
  return map(root);
}

function leavesOf(root: TreeNode): TreeLeaf[] {
  const seen = new Set<TreeNode>([root]);
  for (const node of seen) if (!isLeaf(node)) seen.add(node.yes).add(node.no);
  return [...seen].filter(isLeaf);
}

function sumsOf(leaf: TreeLeaf, targets: number): Float64Array {
  const sums = new Float64Array(targets);
  for (const [target, weight] of leaf) sums[target] += weight;
  return sums;
}

const plus = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, i) => value + b[i]);
const minus = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, i) => value - b[i]);
