/** Every operator the compiler knows, by name. */
import { abs } from "./Abs.ts";
import { acos } from "./Acos.ts";
import { acosh } from "./Acosh.ts";
import { add } from "./Add.ts";
import { and } from "./And.ts";
import { argMax } from "./ArgMax.ts";
import { argMin } from "./ArgMin.ts";
import { asin } from "./Asin.ts";
import { asinh } from "./Asinh.ts";
import { atan } from "./Atan.ts";
import { atanh } from "./Atanh.ts";
import { attention } from "./Attention.ts";
import { averagePool } from "./AveragePool.ts";
import { batchNormalization } from "./BatchNormalization.ts";
import { cast } from "./Cast.ts";
import { castLike } from "./CastLike.ts";
import { ceil } from "./Ceil.ts";
import { celu } from "./Celu.ts";
import { clip } from "./Clip.ts";
import { concat } from "./Concat.ts";
import { constant } from "./Constant.ts";
import { constantOfShape } from "./ConstantOfShape.ts";
import { conv } from "./Conv.ts";
import { convInteger } from "./ConvInteger.ts";
import { convTranspose } from "./ConvTranspose.ts";
import { cos } from "./Cos.ts";
import { cosh } from "./Cosh.ts";
import { cumSum } from "./CumSum.ts";
import { depthToSpace } from "./DepthToSpace.ts";
import { dequantizeLinear } from "./DequantizeLinear.ts";
import { div } from "./Div.ts";
import { dropout } from "./Dropout.ts";
import { einsum } from "./Einsum.ts";
import { elu } from "./Elu.ts";
import { equal } from "./Equal.ts";
import { erf } from "./Erf.ts";
import { exp } from "./Exp.ts";
import { expand } from "./Expand.ts";
import { eyeLike } from "./EyeLike.ts";
import { flatten } from "./Flatten.ts";
import { floor } from "./Floor.ts";
import { gather } from "./Gather.ts";
import { gatherElements } from "./GatherElements.ts";
import { gatherND } from "./GatherND.ts";
import { gelu } from "./Gelu.ts";
import { gemm } from "./Gemm.ts";
import { globalAveragePool } from "./GlobalAveragePool.ts";
import { globalLpPool } from "./GlobalLpPool.ts";
import { globalMaxPool } from "./GlobalMaxPool.ts";
import { gru } from "./GRU.ts";
import { greater } from "./Greater.ts";
import { greaterOrEqual } from "./GreaterOrEqual.ts";
import { groupNormalization } from "./GroupNormalization.ts";
import { hardmax } from "./Hardmax.ts";
import { hardSigmoid } from "./HardSigmoid.ts";
import { hardSwish } from "./HardSwish.ts";
import { identity } from "./Identity.ts";
import { instanceNormalization } from "./InstanceNormalization.ts";
import { isInfinite } from "./IsInf.ts";
import { isNotANumber } from "./IsNaN.ts";
import { layerNormalization } from "./LayerNormalization.ts";
import { leakyRelu } from "./LeakyRelu.ts";
import { less } from "./Less.ts";
import { lessOrEqual } from "./LessOrEqual.ts";
import { log } from "./Log.ts";
import { logSoftmax } from "./LogSoftmax.ts";
import { lpNormalization } from "./LpNormalization.ts";
import { lpPool } from "./LpPool.ts";
import { lstm } from "./LSTM.ts";
import { matMul } from "./MatMul.ts";
import { matMulInteger } from "./MatMulInteger.ts";
import { max } from "./Max.ts";
import { maxPool } from "./MaxPool.ts";
import { mean } from "./Mean.ts";
import { meanVarianceNormalization } from "./MeanVarianceNormalization.ts";
import { min } from "./Min.ts";
import { mish } from "./Mish.ts";
import { mod } from "./Mod.ts";
import { mul } from "./Mul.ts";
import { arrayFeatureExtractor } from "./ml/ArrayFeatureExtractor.ts";
import { binarizer } from "./ml/Binarizer.ts";
import { imputer } from "./ml/Imputer.ts";
import { labelEncoder } from "./ml/LabelEncoder.ts";
import { linearClassifier } from "./ml/LinearClassifier.ts";
import { linearRegressor } from "./ml/LinearRegressor.ts";
import { normalizer } from "./ml/Normalizer.ts";
import { oneHotEncoder } from "./ml/OneHotEncoder.ts";
import { scaler } from "./ml/Scaler.ts";
import { svmClassifier } from "./ml/SVMClassifier.ts";
import { svmRegressor } from "./ml/SVMRegressor.ts";
import { treeEnsemble } from "./ml/TreeEnsemble.ts";
import { treeEnsembleClassifier } from "./ml/TreeEnsembleClassifier.ts";
import { treeEnsembleRegressor } from "./ml/TreeEnsembleRegressor.ts";
import { zipMap } from "./ml/ZipMap.ts";
import { neg } from "./Neg.ts";
import { not } from "./Not.ts";
import { oneHot } from "./OneHot.ts";
import { or } from "./Or.ts";
import type { Operator } from "./operator.ts";
import { pad } from "./Pad.ts";
import { pow } from "./Pow.ts";
import { pRelu } from "./PRelu.ts";
import { qLinearConv } from "./QLinearConv.ts";
import { qLinearMatMul } from "./QLinearMatMul.ts";
import { quantizeLinear } from "./QuantizeLinear.ts";
import { range } from "./Range.ts";
import { reciprocal } from "./Reciprocal.ts";
import { reduceL1 } from "./ReduceL1.ts";
import { reduceL2 } from "./ReduceL2.ts";
import { reduceLogSum } from "./ReduceLogSum.ts";
import { reduceLogSumExp } from "./ReduceLogSumExp.ts";
import { reduceMax } from "./ReduceMax.ts";
import { reduceMean } from "./ReduceMean.ts";
import { reduceMin } from "./ReduceMin.ts";
import { reduceProd } from "./ReduceProd.ts";
import { reduceSum } from "./ReduceSum.ts";
import { reduceSumSquare } from "./ReduceSumSquare.ts";
import { relu } from "./Relu.ts";
import { reshape } from "./Reshape.ts";
import { resize } from "./Resize.ts";
import { reverseSequence } from "./ReverseSequence.ts";
import { rmsNormalization } from "./RMSNormalization.ts";
import { rnn } from "./RNN.ts";
import { rotaryEmbedding } from "./RotaryEmbedding.ts";
import { round } from "./Round.ts";
import { scatterElements } from "./ScatterElements.ts";
import { scatterND } from "./ScatterND.ts";
import { selu } from "./Selu.ts";
import { shape } from "./Shape.ts";
import { shrink } from "./Shrink.ts";
import { sigmoid } from "./Sigmoid.ts";
import { sign } from "./Sign.ts";
import { sin } from "./Sin.ts";
import { sinh } from "./Sinh.ts";
import { size } from "./Size.ts";
import { slice } from "./Slice.ts";
import { softmax } from "./Softmax.ts";
import { softplus } from "./Softplus.ts";
import { softsign } from "./Softsign.ts";
import { spaceToDepth } from "./SpaceToDepth.ts";
import { split } from "./Split.ts";
import { sqrt } from "./Sqrt.ts";
import { squeeze } from "./Squeeze.ts";
import { sub } from "./Sub.ts";
import { sum } from "./Sum.ts";
import { tan } from "./Tan.ts";
import { tanh } from "./Tanh.ts";
import { thresholdedRelu } from "./ThresholdedRelu.ts";
import { tile } from "./Tile.ts";
import { topK } from "./TopK.ts";
import { transpose } from "./Transpose.ts";
import { trilu } from "./Trilu.ts";
import { unsqueeze } from "./Unsqueeze.ts";
import { upsample } from "./Upsample.ts";
import { where } from "./Where.ts";
import { xor } from "./Xor.ts";

const OPERATORS: readonly Operator[] = [
  abs,
  acos,
  acosh,
  add,
  and,
  argMax,
  argMin,
  asin,
  asinh,
  atan,
  atanh,
  attention,
  averagePool,
  batchNormalization,
  cast,
  castLike,
  ceil,
  celu,
  clip,
  concat,
  constant,
  constantOfShape,
  conv,
  convInteger,
  convTranspose,
  cos,
  cosh,
  cumSum,
  depthToSpace,
  dequantizeLinear,
  div,
  dropout,
  einsum,
  elu,
  equal,
  erf,
  exp,
  expand,
  eyeLike,
  flatten,
  floor,
  gather,
  gatherElements,
  gatherND,
  gelu,
  gemm,
  globalAveragePool,
  globalLpPool,
  globalMaxPool,
  greater,
  greaterOrEqual,
  groupNormalization,
  gru,
  hardmax,
  hardSigmoid,
  hardSwish,
  identity,
  instanceNormalization,
  isInfinite,
  isNotANumber,
  layerNormalization,
  leakyRelu,
  less,
  lessOrEqual,
  log,
  logSoftmax,
  lpNormalization,
  lpPool,
  lstm,
  matMul,
  matMulInteger,
  max,
  maxPool,
  mean,
  meanVarianceNormalization,
  min,
  mish,
  mod,
  mul,
  neg,
  not,
  oneHot,
  or,
  pad,
  pow,
  pRelu,
  qLinearConv,
  qLinearMatMul,
  quantizeLinear,
  range,
  reciprocal,
  reduceL1,
  reduceL2,
  reduceLogSum,
  reduceLogSumExp,
  reduceMax,
  reduceMean,
  reduceMin,
  reduceProd,
  reduceSum,
  reduceSumSquare,
  relu,
  reshape,
  resize,
  reverseSequence,
  rmsNormalization,
  rnn,
  rotaryEmbedding,
  round,
  scatterElements,
  scatterND,
  selu,
  shape,
  shrink,
  sigmoid,
  sign,
  sin,
  sinh,
  size,
  slice,
  softmax,
  softplus,
  softsign,
  spaceToDepth,
  split,
  sqrt,
  squeeze,
  sub,
  sum,
  tan,
  tanh,
  thresholdedRelu,
  tile,
  topK,
  transpose,
  trilu,
  unsqueeze,
  upsample,
  where,
  xor,
];

/** Operators of ai.onnx.ml. */
const ML_OPERATORS: readonly Operator[] = [
  arrayFeatureExtractor,
  binarizer,
  imputer,
  labelEncoder,
  linearClassifier,
  linearRegressor,
  normalizer,
  oneHotEncoder,
  scaler,
  svmClassifier,
  svmRegressor,
  treeEnsemble,
  treeEnsembleClassifier,
  treeEnsembleRegressor,
  zipMap,
];

const byName = (operators: readonly Operator[]): ReadonlyMap<string, Operator> =>
  new Map(operators.map((operator) => [operator.op, operator]));

/** A map, since a file may name any domain. */
const BY_DOMAIN: ReadonlyMap<string, ReadonlyMap<string, Operator>> = new Map([
  ["", byName(OPERATORS)],
  ["ai.onnx.ml", byName(ML_OPERATORS)],
]);

export function findOperator(domain: string, op: string): Operator | undefined {
  return BY_DOMAIN.get(domain)?.get(op);
}

/** Of every domain, "" being ai.onnx. */
export function operatorsOf(domain: string): readonly Operator[] {
  return [...(BY_DOMAIN.get(domain)?.values() ?? [])];
}

export const DOMAINS: readonly string[] = [...BY_DOMAIN.keys()];

/** Names in every domain; no two domains share one. */
export function operatorNames(): readonly string[] {
  return [...BY_DOMAIN.values()].flatMap((operators) => [...operators.keys()]);
}
