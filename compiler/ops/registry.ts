/** Every operator the compiler knows, by name. */
import { abs } from "./Abs.ts";
import { acos } from "./Acos.ts";
import { acosh } from "./Acosh.ts";
import { add } from "./Add.ts";
import { argMax } from "./ArgMax.ts";
import { argMin } from "./ArgMin.ts";
import { asin } from "./Asin.ts";
import { asinh } from "./Asinh.ts";
import { atan } from "./Atan.ts";
import { atanh } from "./Atanh.ts";
import { averagePool } from "./AveragePool.ts";
import { batchNormalization } from "./BatchNormalization.ts";
import { cast } from "./Cast.ts";
import { ceil } from "./Ceil.ts";
import { celu } from "./Celu.ts";
import { clip } from "./Clip.ts";
import { concat } from "./Concat.ts";
import { constant } from "./Constant.ts";
import { conv } from "./Conv.ts";
import { cos } from "./Cos.ts";
import { cosh } from "./Cosh.ts";
import { div } from "./Div.ts";
import { dropout } from "./Dropout.ts";
import { elu } from "./Elu.ts";
import { erf } from "./Erf.ts";
import { exp } from "./Exp.ts";
import { expand } from "./Expand.ts";
import { flatten } from "./Flatten.ts";
import { floor } from "./Floor.ts";
import { gather } from "./Gather.ts";
import { gelu } from "./Gelu.ts";
import { gemm } from "./Gemm.ts";
import { globalAveragePool } from "./GlobalAveragePool.ts";
import { globalMaxPool } from "./GlobalMaxPool.ts";
import { gru } from "./GRU.ts";
import { hardSigmoid } from "./HardSigmoid.ts";
import { hardSwish } from "./HardSwish.ts";
import { identity } from "./Identity.ts";
import { layerNormalization } from "./LayerNormalization.ts";
import { leakyRelu } from "./LeakyRelu.ts";
import { log } from "./Log.ts";
import { logSoftmax } from "./LogSoftmax.ts";
import { lstm } from "./LSTM.ts";
import { matMul } from "./MatMul.ts";
import { maxPool } from "./MaxPool.ts";
import { mean } from "./Mean.ts";
import { mish } from "./Mish.ts";
import { mul } from "./Mul.ts";
import { treeEnsembleClassifier } from "./ml/TreeEnsembleClassifier.ts";
import { treeEnsembleRegressor } from "./ml/TreeEnsembleRegressor.ts";
import { neg } from "./Neg.ts";
import type { Operator } from "./operator.ts";
import { pow } from "./Pow.ts";
import { pRelu } from "./PRelu.ts";
import { reciprocal } from "./Reciprocal.ts";
import { reduceMax } from "./ReduceMax.ts";
import { reduceMean } from "./ReduceMean.ts";
import { reduceMin } from "./ReduceMin.ts";
import { reduceSum } from "./ReduceSum.ts";
import { relu } from "./Relu.ts";
import { reshape } from "./Reshape.ts";
import { round } from "./Round.ts";
import { selu } from "./Selu.ts";
import { shape } from "./Shape.ts";
import { shrink } from "./Shrink.ts";
import { sigmoid } from "./Sigmoid.ts";
import { sign } from "./Sign.ts";
import { sin } from "./Sin.ts";
import { sinh } from "./Sinh.ts";
import { slice } from "./Slice.ts";
import { softmax } from "./Softmax.ts";
import { softplus } from "./Softplus.ts";
import { softsign } from "./Softsign.ts";
import { split } from "./Split.ts";
import { sqrt } from "./Sqrt.ts";
import { squeeze } from "./Squeeze.ts";
import { sub } from "./Sub.ts";
import { sum } from "./Sum.ts";
import { tan } from "./Tan.ts";
import { tanh } from "./Tanh.ts";
import { thresholdedRelu } from "./ThresholdedRelu.ts";
import { transpose } from "./Transpose.ts";
import { unsqueeze } from "./Unsqueeze.ts";

const OPERATORS: readonly Operator[] = [
  abs,
  acos,
  acosh,
  add,
  argMax,
  argMin,
  asin,
  asinh,
  atan,
  atanh,
  averagePool,
  batchNormalization,
  cast,
  ceil,
  celu,
  clip,
  concat,
  constant,
  conv,
  cos,
  cosh,
  div,
  dropout,
  elu,
  erf,
  exp,
  expand,
  flatten,
  floor,
  gather,
  gelu,
  gemm,
  globalAveragePool,
  globalMaxPool,
  gru,
  hardSigmoid,
  hardSwish,
  identity,
  layerNormalization,
  leakyRelu,
  log,
  logSoftmax,
  lstm,
  matMul,
  maxPool,
  mean,
  mish,
  mul,
  neg,
  pow,
  pRelu,
  reciprocal,
  reduceMax,
  reduceMean,
  reduceMin,
  reduceSum,
  relu,
  reshape,
  round,
  selu,
  shape,
  shrink,
  sigmoid,
  sign,
  sin,
  sinh,
  slice,
  softmax,
  softplus,
  softsign,
  split,
  sqrt,
  squeeze,
  sub,
  sum,
  tan,
  tanh,
  thresholdedRelu,
  transpose,
  unsqueeze,
];

/** Operators of ai.onnx.ml. */
const ML_OPERATORS: readonly Operator[] = [treeEnsembleClassifier, treeEnsembleRegressor];

const byName = (operators: readonly Operator[]): ReadonlyMap<string, Operator> =>
  new Map(operators.map((operator) => [operator.op, operator]));

const BY_DOMAIN: Readonly<Record<string, ReadonlyMap<string, Operator>>> = {
  "": byName(OPERATORS),
  "ai.onnx.ml": byName(ML_OPERATORS),
};

export function findOperator(domain: string, op: string): Operator | undefined {
  return BY_DOMAIN[domain]?.get(op);
}

/** Names in every domain; no two domains share one. */
export function operatorNames(): readonly string[] {
  return Object.values(BY_DOMAIN).flatMap((operators) => [...operators.keys()]);
}
