/**
 * What the classifiers and regressors of ai.onnx.ml share: an input of rows of features, scores per row, and the label of the best.
 *
 * Where two classes have one score s, onnxruntime decides by s > 1/2 when no weight is negative and by s > 0 otherwise, and its scores
 * are [1 - s, s] or [-s, s] before the transform. Two classes with a score each are decided by the larger one, the first of equals, as
 * the specification says.
 */
import type { Activation } from "../../activation.ts";
import { evaluateActivation } from "../../activation.ts";
import type { TreeBranch } from "../../forest.ts";
import type { GraphNode } from "../../graph.ts";
import { exp } from "../../math.ts";
import type { Bias, Part } from "../../program.ts";
import { argMax } from "../../steps/arg-max.ts";
import { type Tensor, tensor } from "../../tensor.ts";
import { emitExponentials } from "../exponentials.ts";
import {
  badShape,
  badValue,
  inputType,
  intsAttribute,
  type Meaning,
  type NodeContext,
  type Planner,
  type PlanOutput,
  stringAttribute,
  stringsAttribute,
  tensorInput,
  unsupported,
} from "../operator.ts";
import { emitWithAxesLast } from "../rows.ts";
import { emitLinear, emitView, NO_BIAS, referenceOf, scaled } from "../steps.ts";

/** Rows and features of x: [N, F], or [F] for one row. */
export function rowsOf(context: NodeContext): { readonly rows: number; readonly features: number } {
  const { shape } = inputType(context, 0);
  if (shape.length === 1) return { rows: 1, features: shape[0] };
  if (shape.length !== 2) badShape(context.node, `the input [${shape}] is not a table of features`);
  return { rows: shape[0], features: shape[1] };
}

/** Name of the planner's input as [rows, features]. */
export function tableInput(planner: Planner, rows: number, features: number): string {
  const { name, shape } = tensorInput(planner, 0);
  if (shape.length === 2) return name;
  const table = { name: planner.fresh(name), shape: [rows, features] };
  emitView(planner, [name], table, { name: "reshape" });
  return table.name;
}

const NONE: Activation = { name: "none" };

/** A function of each score, or of all scores of a row. */
export type Transform = Activation | { readonly name: "softmax" };

const TRANSFORMS: Readonly<Record<string, Transform>> = {
  NONE,
  LOGISTIC: { name: "sigmoid" },
  SOFTMAX: { name: "softmax" },
};

export function transformOf(node: GraphNode): Transform {
  const name = stringAttribute(node, "post_transform", "NONE");
  const transform = TRANSFORMS[name];
  if (transform === undefined)
    unsupported(
      node,
      `post_transform ${name}`,
      "use NONE, LOGISTIC or SOFTMAX and apply other functions to the scores outside",
    );
  return transform;
}

/** Values and names of the classes: numbers are values, strings stand for their position. */
export interface Labels {
  readonly values: readonly number[];
  readonly names?: readonly string[];
}

export function labelsOf(node: GraphNode, numbers: string, strings: string): Labels {
  const values = intsAttribute(node, numbers) ?? [];
  const names = stringsAttribute(node, strings) ?? [];
  if (values.length > 0 === names.length > 0)
    badValue(node, `exactly one of ${numbers} and ${strings} must be given`, "export the model again");
  if (names.length > 0) return { values: names.map((_, index) => index), names };
  return { values };
}

/** One row of sums for each row of the input, before any transform. */
export interface ScoreSource {
  readonly count: number;
  readonly parts: (planner: Planner, x: string) => readonly Part[];
  /** `count` values. */
  readonly bias: readonly number[];
  readonly sums: (x: Tensor) => Float64Array;
  /** Where the sums are those of trees. */
  readonly roots?: readonly TreeBranch[];
}

/** What of a meaning says that trees alone decide. */
function overTrees(
  { roots, count }: ScoreSource,
  rows: number,
  answer: (sums: Float64Array) => Tensor[],
  isSum: boolean,
): Pick<Meaning, "trees"> {
  return roots && rows === 1 ? { trees: { roots, targets: count, answer, isSum } } : {};
}

export interface Classifier {
  readonly labels: Labels;
  readonly source: ScoreSource;
  readonly transform: Transform;
  /** Added to the scores of each row before they are compared; the scores that are given stay without it. */
  readonly decision?: readonly number[];
  /** The scores that are given are factor · score + shift, transformed; they are compared without it. */
  readonly shown?: { readonly factor: number; readonly shift: readonly number[] };
}

/** Outputs: label [N], scores [N, count]. */
export function classifierMeaning(context: NodeContext, classifier: Classifier): Meaning {
  const { rows, features } = rowsOf(context);
  const { labels, source, transform, decision, shown } = classifier;
  const { count } = source;
  const shape = [rows, count];
  const choice = { axis: 1, lastOfEquals: false, ofSmallest: false, values: labels.values };
  const moved = (scores: Float64Array, by: readonly number[] | undefined): Float64Array =>
    by ? scores.map((score, i) => score + by[i % count]) : scores;
  const shownScores = (scores: Float64Array): Float64Array =>
    shown
      ? moved(
          scores.map((score) => shown.factor * score),
          shown.shift,
        )
      : scores;
  const answer = (sums: Float64Array): Tensor[] => {
    const scores = sums.map((sum, i) => sum + source.bias[i % count]);
    return [
      tensor([rows], argMax(moved(scores, decision), shape, choice), "int64"),
      tensor(shape, transformed(transform, shownScores(scores), count)),
    ];
  };
  return {
    outputs: [
      { dtype: "int64", shape: [rows] },
      { dtype: "float32", shape },
    ],
    float: ([x]) => answer(source.sums(x)),
    ...overTrees(source, rows, answer, false),
    plan: (planner) => {
      const [label, scores] = planner.outputs;
      const isShown = scores !== undefined && planner.isRead(scores.name);
      const parts = source.parts(planner, tableInput(planner, rows, features));
      const bias = biasOf(source.bias);
      const isPlain = transform.name === "none" && decision === undefined && shown === undefined;
      const raw = { name: isPlain && isShown ? scores.name : planner.fresh(label.name), shape };
      emitLinear(planner, raw, { parts, bias });
      if (isShown && !isPlain) emitTransform(planner, transform, raw, scores, shown);
      if (!planner.isRead(label.name)) return;
      const compared = decision ? { name: planner.fresh(label.name), shape } : raw;
      if (decision) emitLinear(planner, compared, { parts: [scaled(raw.name, 1)], bias: biasOf(decision) });
      planner.emit({
        kind: "argMax",
        x: compared.name,
        out: label.name,
        shape: [rows],
        ...choice,
        ...(labels.names ? { labels: labels.names } : {}),
        nodes: [referenceOf(planner)],
      });
    },
  };
}

function transformed(transform: Transform, scores: Float64Array, count: number): Float64Array {
  if (transform.name !== "softmax") return scores.map((score) => evaluateActivation(transform, score));
  const powers = scores.map(exp);
  return powers.map((power, i) => {
    const first = i - (i % count);
    return power / powers.subarray(first, first + count).reduce((a, b) => a + b);
  });
}

function emitTransform(
  planner: Planner,
  transform: Transform,
  raw: PlanOutput,
  scores: PlanOutput,
  { factor, shift }: NonNullable<Classifier["shown"]> = { factor: 1, shift: [0] },
): void {
  if (transform.name !== "softmax")
    return emitLinear(planner, scores, {
      parts: [scaled(raw.name, factor)],
      bias: biasOf(shift),
      activation: transform,
    });
  emitWithAxesLast(planner, raw, scores, [1], (rows, output) => emitExponentials(planner, rows, output, false));
}

/** One output: scores [N, count]. */
export function regressorMeaning(context: NodeContext, source: ScoreSource): Meaning {
  const { rows, features } = rowsOf(context);
  const shape = [rows, source.count];
  const answer = (sums: Float64Array): Tensor[] => [
    tensor(
      shape,
      sums.map((sum, i) => sum + source.bias[i % source.count]),
    ),
  ];
  return {
    outputs: [{ dtype: "float32", shape }],
    float: ([x]) => answer(source.sums(x)),
    ...overTrees(source, rows, answer, true),
    plan: (planner) => {
      const parts = source.parts(planner, tableInput(planner, rows, features));
      emitLinear(planner, planner.outputs[0], { parts, bias: biasOf(source.bias) });
    },
  };
}

function biasOf(values: readonly number[]): Bias {
  if (values.every((value) => value === 0)) return NO_BIAS;
  return { shape: [1, values.length], data: Float64Array.from(values) };
}
