/**
 * Support vector classifiers.
 *
 * Without support vectors each class has a sum W x + rho and the largest decides. With them each pair of classes i < j has a decision
 *
 *     d_ij = sum over vectors v of i of coef[j-1][v]·K(v, x) + sum over vectors of j of coef[i][v]·K(v, x) + rho_ij
 *
 * that votes for i when positive and for j otherwise; the class with most votes, the first of equals, is the label. Two classes show
 * the scores [-d, d], or with probabilities the sigmoids of [-(a·d + b), a·d + b]; three or more show their decisions, or the
 * probabilities that `coupling.ts` makes of them.
 */
import type { Activation } from "../../activation.ts";
import type { GraphNode } from "../../graph.ts";
import { argMax } from "../../steps/arg-max.ts";
import { tensor } from "../../tensor.ts";
import {
  badValue,
  floatsAttribute,
  intsAttribute,
  type Meaning,
  type NodeContext,
  type Operator,
  unsupported,
} from "../operator.ts";
import { emitLinear, referenceOf, scaled } from "../steps.ts";
import { coupledProbabilities, emitCoupled, type PairSigmoids, pairsOf } from "./coupling.ts";
import { type Expansion, expansionParts, expansionSums, kernelOf, supportVectors } from "./kernels.ts";
import { coefficientsOf, matrixScores } from "./matrix.ts";
import {
  type Classifier,
  classifierMeaning,
  type Labels,
  labelsOf,
  rowsOf,
  type ScoreSource,
  type Transform,
  tableInput,
  transformOf,
} from "./scores.ts";

export const svmClassifier: Operator = {
  op: "SVMClassifier",
  takes: "LINEAR, POLY, SIGMOID, RBF; probabilities; without them three classes or more show the decision of each pair",
  check: (context) => {
    const { node } = context;
    const { features } = rowsOf(context);
    const labels = labelsOf(node, "classlabels_ints", "classlabels_strings");
    const classes = labels.values.length;
    const vectorsPerClass = intsAttribute(node, "vectors_per_class") ?? [];
    const rho = floatsAttribute(node, "rho") ?? [];
    if (classes < 2) unsupported(node, `${classes} classes`, "give two classes or more");
    const transform = transformOf(node);
    if (vectorsPerClass.length === 0) {
      const bias = new Array<number>(classes).fill(rho[0] ?? 0);
      const source = matrixScores(coefficientsOf(node, classes, features), features, bias);
      return classifierMeaning(context, { labels, source, transform });
    }
    const source = pairScores(context, vectorsPerClass, rho);
    if (classes === 2) return classifierMeaning(context, twoClasses(node, labels, source, transform));
    if (transform.name !== "none")
      unsupported(node, "a post_transform of the decisions of pairs", "add the function as a node behind the scores");
    return votedMeaning(context, labels, source, sigmoidsOf(node, source.count));
  },
};

function sigmoidsOf(node: GraphNode, pairs: number): PairSigmoids | undefined {
  const [a = [], b = []] = [floatsAttribute(node, "prob_a"), floatsAttribute(node, "prob_b")];
  if (a.length === 0) return undefined;
  if (a.length !== pairs || b.length !== pairs)
    badValue(node, `${a.length} and ${b.length} sigmoids for ${pairs} pairs of classes`, "export the model again");
  return { a, b };
}

function pairScores(context: NodeContext, vectorsPerClass: readonly number[], rho: readonly number[]): ScoreSource {
  const { node } = context;
  const { rows, features } = rowsOf(context);
  const vectors = supportVectors(node, features);
  const n = vectors.length / features;
  const classes = vectorsPerClass.length;
  const pairs = pairsOf(classes);
  const coefficients = coefficientsOf(node, classes - 1, n);
  if (rho.length !== pairs.length || vectorsPerClass.reduce((a, b) => a + b) !== n)
    badValue(
      node,
      `${rho.length} values of rho and ${n} vectors do not fit ${classes} classes`,
      "export the model again",
    );
  if (coefficients.every((value) => value >= 0))
    unsupported(node, "no coefficient is negative", "onnxruntime decides such models by other thresholds; train again");
  const owner = vectorsPerClass.flatMap((count, index) => new Array<number>(count).fill(index));
  const weights = Float64Array.from({ length: pairs.length * n }, (_, at) => {
    const [[i, j], v] = [pairs[Math.floor(at / n)], at % n];
    if (owner[v] === i) return coefficients[(j - 1) * n + v];
    return owner[v] === j ? coefficients[i * n + v] : 0;
  });
  const expansion: Expansion = { kernel: kernelOf(node), rows, features, vectors, weights, count: pairs.length };
  return {
    count: pairs.length,
    bias: rho,
    parts: (planner, x) => expansionParts(planner, x, expansion),
    sums: (x) => expansionSums(expansion, x),
  };
}

/** Scores [-d, d]: the first class wins where the second score is positive. */
function twoClasses(node: GraphNode, labels: Labels, source: ScoreSource, transform: Transform): Classifier {
  const [a] = floatsAttribute(node, "prob_a") ?? [];
  const [b = 0] = floatsAttribute(node, "prob_b") ?? [];
  if (transform.name === "softmax") unsupported(node, "post_transform SOFTMAX of one decision", "use NONE or LOGISTIC");
  if (a !== undefined && transform.name !== "none")
    unsupported(node, "probabilities with a post_transform", "use NONE with probabilities");
  const classifier = {
    labels: { ...labels, values: [...labels.values].reverse() },
    source: bothSigns(source),
  };
  if (a === undefined) return { ...classifier, transform };
  return { ...classifier, transform: { name: "sigmoid" }, shown: { factor: a, shift: [-b, b] } };
}

/** [-d, d] for a source of d alone. */
function bothSigns(source: ScoreSource): ScoreSource {
  return {
    count: 2,
    bias: [-source.bias[0], source.bias[0]],
    parts: (planner, x) =>
      source.parts(planner, x).map((part) => {
        if (part.kind !== "contract") return part;
        return { ...part, outN: 2, weights: Float64Array.from([...part.weights.map((w) => -w), ...part.weights]) };
      }),
    sums: (x) => Float64Array.from([...source.sums(x)].flatMap((d) => [-d, d])),
  };
}

const VOTE: Activation = { name: "function", f: "isPositive", a: 0, b: 0 };

function votedMeaning(
  context: NodeContext,
  labels: Labels,
  source: ScoreSource,
  sigmoids: PairSigmoids | undefined,
): Meaning {
  const { rows, features } = rowsOf(context);
  const classes = labels.values.length;
  const pairs = pairsOf(classes);
  const votes = Float64Array.from({ length: classes * pairs.length }, (_, at) => {
    const [k, [i, j]] = [Math.floor(at / pairs.length), pairs[at % pairs.length]];
    return k === i ? 1 : k === j ? -1 : 0;
  });
  const start = Array.from({ length: classes }, (_, k) => pairs.filter(([, j]) => j === k).length);
  const choice = { axis: 1, lastOfEquals: false, ofSmallest: false, values: labels.values };
  const counting = matrixScores(votes, pairs.length, start);
  const shown = [rows, sigmoids ? classes : pairs.length];
  return {
    outputs: [
      { dtype: "int64", shape: [rows] },
      { dtype: "float32", shape: shown },
    ],
    float: ([x]) => {
      const decisions = source.sums(x).map((sum, i) => sum + source.bias[i % pairs.length]);
      const won = tensor(
        [rows, pairs.length],
        decisions.map((d) => (d > 0 ? 1 : 0)),
      );
      const counts = counting.sums(won).map((sum, i) => sum + start[i % classes]);
      const scores = sigmoids ? coupledProbabilities(decisions, classes, sigmoids) : decisions;
      return [tensor([rows], argMax(counts, [rows, classes], choice), "int64"), tensor(shown, scores)];
    },
    plan: (planner) => {
      const [label, scores] = planner.outputs;
      const name = (suffix: string): string => planner.fresh(`${label.name} ${suffix}`);
      const isShown = scores !== undefined && planner.isRead(scores.name);
      const isPlain = isShown && sigmoids === undefined;
      const decisions = { name: isPlain ? scores.name : name("decisions"), shape: [rows, pairs.length] };
      const parts = source.parts(planner, tableInput(planner, rows, features));
      emitLinear(planner, decisions, {
        parts,
        bias: { shape: [1, pairs.length], data: Float64Array.from(source.bias) },
      });
      if (isShown && sigmoids) emitCoupled(planner, decisions, scores, classes, sigmoids);
      if (!planner.isRead(label.name)) return;
      const won = { name: name("won"), shape: decisions.shape };
      emitLinear(planner, won, { parts: [scaled(decisions.name, 1)], activation: VOTE });
      const counts = { name: name("votes"), shape: [rows, classes] };
      emitLinear(planner, counts, {
        parts: counting.parts(planner, won.name),
        bias: { shape: [1, classes], data: Float64Array.from(start) },
      });
      planner.emit({
        kind: "argMax",
        x: counts.name,
        out: label.name,
        shape: [rows],
        ...choice,
        ...(labels.names ? { labels: labels.names } : {}),
        nodes: [referenceOf(planner)],
      });
    },
  };
}
