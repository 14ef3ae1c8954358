/** Graphs as exporters write them: several nodes for one idea, shapes that are computed. */
import { type Case, list, scalar, weights } from "./case.ts";

const index = (value: number) => ({ shape: [], data: [value], type: "int64" }) as const;

export const PATTERN_CASES: readonly Case[] = [
  {
    name: "flatten by Shape, Gather, Unsqueeze, Concat, Reshape",
    model: {
      inputs: { x: [2, 3, 4] },
      nodes: [
        { op: "Shape", inputs: ["x"], outputs: ["shape"] },
        { op: "Gather", inputs: ["shape", "first"], outputs: ["n"] },
        { op: "Unsqueeze", inputs: ["n", "axis"], outputs: ["n1"] },
        { op: "Concat", inputs: ["n1", "rest"], outputs: ["to"], attributes: { axis: 0 } },
        { op: "Reshape", inputs: ["x", "to"], outputs: ["flat"] },
        { op: "Gemm", inputs: ["flat", "w", "b"], attributes: { transB: 1 } },
      ],
      constants: { first: index(0), axis: list(0), rest: list(-1), w: weights([5, 12]), b: weights([5]) },
    },
  },
  {
    name: "layer normalization by ReduceMean, Sub, Pow, Sqrt, Div",
    model: {
      inputs: { x: [2, 3, 6] },
      nodes: [
        { op: "ReduceMean", inputs: ["x"], outputs: ["mean"], attributes: { axes: [-1] } },
        { op: "Sub", inputs: ["x", "mean"], outputs: ["d"] },
        { op: "Pow", inputs: ["d", "two"], outputs: ["square"] },
        { op: "ReduceMean", inputs: ["square"], outputs: ["variance"], attributes: { axes: [-1] } },
        { op: "Add", inputs: ["variance", "epsilon"], outputs: ["safe"] },
        { op: "Sqrt", inputs: ["safe"], outputs: ["deviation"] },
        { op: "Div", inputs: ["d", "deviation"], outputs: ["unit"] },
        { op: "Mul", inputs: ["unit", "gain"], outputs: ["scaled"] },
        { op: "Add", inputs: ["scaled", "bias"] },
      ],
      constants: { two: scalar(2), epsilon: scalar(1e-5), gain: weights([6], 0.5, 1.5), bias: weights([6]) },
      opset: 13,
    },
  },
  {
    name: "root mean square normalization by Pow, ReduceMean, Sqrt, Reciprocal",
    model: {
      inputs: { x: [1, 3, 8] },
      nodes: [
        { op: "Pow", inputs: ["x", "two"], outputs: ["square"] },
        { op: "ReduceMean", inputs: ["square", "last"], outputs: ["mean"] },
        { op: "Add", inputs: ["mean", "epsilon"], outputs: ["safe"] },
        { op: "Sqrt", inputs: ["safe"], outputs: ["root"] },
        { op: "Reciprocal", inputs: ["root"], outputs: ["inverse"] },
        { op: "Mul", inputs: ["x", "inverse"], outputs: ["unit"] },
        { op: "Mul", inputs: ["gain", "unit"] },
      ],
      constants: { two: scalar(2), last: list(-1), epsilon: scalar(1e-6), gain: weights([8], 0.5, 1.5) },
      opset: 18,
    },
  },
  {
    name: "Gelu by Div, Erf, Add, Mul, Mul",
    model: {
      inputs: { x: [1, 5] },
      nodes: [
        { op: "MatMul", inputs: ["x", "w"], outputs: ["h"] },
        { op: "Div", inputs: ["h", "root"], outputs: ["a"] },
        { op: "Erf", inputs: ["a"], outputs: ["b"] },
        { op: "Add", inputs: ["b", "one"], outputs: ["c"] },
        { op: "Mul", inputs: ["h", "c"], outputs: ["d"] },
        { op: "Mul", inputs: ["d", "half"] },
      ],
      constants: { w: weights([5, 7]), root: scalar(Math.SQRT2), one: scalar(1), half: scalar(0.5) },
    },
  },
  {
    name: "Gelu by Pow, Tanh",
    model: {
      inputs: { x: [1, 6] },
      nodes: [
        { op: "Pow", inputs: ["x", "three"], outputs: ["cube"] },
        { op: "Mul", inputs: ["cube", "a"], outputs: ["b"] },
        { op: "Add", inputs: ["x", "b"], outputs: ["c"] },
        { op: "Mul", inputs: ["c", "d"], outputs: ["e"] },
        { op: "Tanh", inputs: ["e"], outputs: ["f"] },
        { op: "Add", inputs: ["f", "one"], outputs: ["g"] },
        { op: "Mul", inputs: ["x", "half"], outputs: ["h"] },
        { op: "Mul", inputs: ["h", "g"] },
      ],
      constants: { three: scalar(3), a: scalar(0.044715), d: scalar(0.7978846), one: scalar(1), half: scalar(0.5) },
    },
    lo: -3,
    hi: 3,
  },
  {
    name: "hard swish by Add, Clip, Mul, Div",
    model: {
      inputs: { x: [1, 2, 3, 3] },
      nodes: [
        { op: "Conv", inputs: ["x", "w", "b"], outputs: ["c"] },
        { op: "Add", inputs: ["c", "three"], outputs: ["a"] },
        { op: "Clip", inputs: ["a", "zero", "six"], outputs: ["k"] },
        { op: "Mul", inputs: ["c", "k"], outputs: ["m"] },
        { op: "Div", inputs: ["m", "six"] },
      ],
      constants: {
        w: weights([3, 2, 1, 1], -2, 2),
        b: weights([3]),
        three: scalar(3),
        zero: scalar(0),
        six: scalar(6),
      },
    },
  },
  {
    name: "squeeze and excitation",
    model: {
      inputs: { x: [1, 4, 3, 3] },
      nodes: [
        { op: "GlobalAveragePool", inputs: ["x"], outputs: ["p"] },
        { op: "Conv", inputs: ["p", "w", "b"], outputs: ["c"] },
        { op: "Relu", inputs: ["c"], outputs: ["r"] },
        { op: "Conv", inputs: ["r", "v", "d"], outputs: ["e"] },
        { op: "HardSigmoid", inputs: ["e"], outputs: ["gate"], attributes: { alpha: { float: 1 / 6 } } },
        { op: "Mul", inputs: ["gate", "x"] },
      ],
      constants: { w: weights([3, 4, 1, 1]), b: weights([3]), v: weights([4, 3, 1, 1]), d: weights([4]) },
    },
  },
  {
    name: "channel shuffle",
    model: {
      inputs: { x: [1, 6, 2, 3] },
      nodes: [
        { op: "Reshape", inputs: ["x", "split"] },
        { op: "Transpose", inputs: ["t0"], attributes: { perm: [0, 2, 1, 3, 4] } },
        { op: "Reshape", inputs: ["t1", "joined"] },
        { op: "Conv", inputs: ["t2", "w"], attributes: { group: 3 } },
      ],
      constants: { split: list(1, 2, 3, 2, 3), joined: list(1, -1, 2, 3), w: weights([3, 2, 1, 1]) },
    },
  },
  {
    name: "gated linear unit by Split, Sigmoid",
    model: {
      inputs: { x: [1, 3, 6] },
      nodes: [
        { op: "Split", inputs: ["x"], outputs: ["a", "b"], attributes: { axis: -1, num_outputs: 2 } },
        { op: "Sigmoid", inputs: ["b"], outputs: ["g"] },
        { op: "Mul", inputs: ["a", "g"] },
      ],
      opset: 18,
    },
  },
  {
    name: "Split in uneven parts by their number",
    model: {
      inputs: { x: [1, 7] },
      nodes: [
        { op: "Split", inputs: ["x"], outputs: ["a", "b", "c"], attributes: { axis: 1, num_outputs: 3 } },
        { op: "Concat", inputs: ["c", "a"], attributes: { axis: 1 } },
      ],
      opset: 18,
    },
  },
  {
    name: "rotary positions by Slice, Neg, Concat",
    model: {
      inputs: { x: [1, 3, 4] },
      nodes: [
        { op: "Slice", inputs: ["x", "zero", "two", "last"], outputs: ["a"] },
        { op: "Slice", inputs: ["x", "two", "end", "last"], outputs: ["b"] },
        { op: "Neg", inputs: ["b"], outputs: ["n"] },
        { op: "Concat", inputs: ["n", "a"], outputs: ["turned"], attributes: { axis: -1 } },
        { op: "Mul", inputs: ["x", "cos"], outputs: ["c"] },
        { op: "Mul", inputs: ["turned", "sin"], outputs: ["s"] },
        { op: "Add", inputs: ["c", "s"] },
      ],
      constants: {
        zero: list(0),
        two: list(2),
        end: list(Number.MAX_SAFE_INTEGER),
        last: list(-1),
        cos: weights([3, 4], -1, 1),
        sin: weights([3, 4], -1, 1),
      },
    },
  },
  {
    name: "softmax by ReduceMax, Sub, Exp, ReduceSum, Div",
    model: {
      inputs: { x: [2, 5] },
      nodes: [
        { op: "ReduceMax", inputs: ["x"], outputs: ["m"], attributes: { axes: [1] } },
        { op: "Sub", inputs: ["x", "m"], outputs: ["d"] },
        { op: "Exp", inputs: ["d"], outputs: ["e"] },
        { op: "ReduceSum", inputs: ["e", "axis"], outputs: ["s"] },
        { op: "Div", inputs: ["e", "s"] },
      ],
      constants: { axis: list(1) },
      opset: 13,
    },
    lo: -2,
    hi: 2,
  },
  {
    name: "unit vectors by ReduceL2, Clip, Expand by Shape, Div",
    model: {
      inputs: { x: [2, 5] },
      nodes: [
        { op: "ReduceL2", inputs: ["x"], outputs: ["norm"], attributes: { axes: [1], keepdims: 1 } },
        { op: "Clip", inputs: ["norm", "least"], outputs: ["safe"] },
        { op: "Shape", inputs: ["x"], outputs: ["shape"] },
        { op: "Expand", inputs: ["safe", "shape"], outputs: ["wide"] },
        { op: "Div", inputs: ["x", "wide"] },
      ],
      constants: { least: scalar(0.1) },
      opset: 13,
    },
    lo: 0.2,
    hi: 1,
  },
  {
    name: "attention with heads by Einsum",
    model: {
      inputs: { x: [1, 3, 8] },
      nodes: [
        { op: "MatMul", inputs: ["x", "wq"], outputs: ["q"] },
        { op: "MatMul", inputs: ["x", "wk"], outputs: ["k"] },
        { op: "Reshape", inputs: ["q", "heads"], outputs: ["qh"] },
        { op: "Reshape", inputs: ["k", "heads"], outputs: ["kh"] },
        { op: "Einsum", inputs: ["qh", "kh"], outputs: ["s"], attributes: { equation: "bqhd,bkhd->bhqk" } },
        { op: "Softmax", inputs: ["s"], outputs: ["p"], attributes: { axis: -1 } },
        { op: "Einsum", inputs: ["p", "qh"], outputs: ["o"], attributes: { equation: "bhqk,bkhd->bqhd" } },
        { op: "Reshape", inputs: ["o", "joined"] },
      ],
      constants: { wq: weights([8, 8]), wk: weights([8, 8]), heads: list(0, 0, 2, 4), joined: list(0, 0, -1) },
    },
  },
  {
    name: "scaled dot product attention: causal Where, Softmax, IsNaN, Where",
    model: {
      inputs: { x: [1, 4, 6] },
      nodes: [
        { op: "MatMul", inputs: ["x", "w"], outputs: ["q"] },
        { op: "Transpose", inputs: ["x"], outputs: ["k"], attributes: { perm: [0, 2, 1] } },
        { op: "MatMul", inputs: ["q", "k"], outputs: ["s"] },
        { op: "Where", inputs: ["seen", "s", "never"], outputs: ["masked"] },
        { op: "Softmax", inputs: ["masked"], outputs: ["p"], attributes: { axis: -1 } },
        { op: "IsNaN", inputs: ["p"], outputs: ["bad"] },
        { op: "Where", inputs: ["bad", "zero", "p"], outputs: ["clean"] },
        { op: "MatMul", inputs: ["clean", "x"] },
      ],
      constants: {
        w: weights([6, 6]),
        seen: { shape: [4, 4], data: [1, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 1], type: "bool" },
        never: scalar(Number.NEGATIVE_INFINITY),
        zero: scalar(0),
      },
    },
  },
  {
    name: "causal mask by Range, Unsqueeze, LessOrEqual, Where",
    model: {
      inputs: { x: [3, 3] },
      nodes: [
        { op: "Shape", inputs: ["x"], outputs: ["shape"] },
        { op: "Gather", inputs: ["shape", "zero"], outputs: ["n"] },
        { op: "Range", inputs: ["zero", "n", "one"], outputs: ["range"] },
        { op: "Unsqueeze", inputs: ["range", "first"], outputs: ["columns"] },
        { op: "Unsqueeze", inputs: ["range", "second"], outputs: ["rows"] },
        { op: "LessOrEqual", inputs: ["columns", "rows"], outputs: ["seen"] },
        { op: "Where", inputs: ["seen", "none", "never"], outputs: ["mask"] },
        { op: "Add", inputs: ["x", "mask"], outputs: ["masked"] },
        { op: "Softmax", inputs: ["masked"], attributes: { axis: -1 } },
      ],
      constants: {
        zero: index(0),
        one: index(1),
        first: list(0),
        second: list(1),
        none: scalar(0),
        never: scalar(-3.4028234663852886e38),
      },
    },
  },
  {
    name: "windows of a picture shifted by Slice and Concat",
    model: {
      inputs: { x: [1, 4, 4, 3] },
      nodes: [
        { op: "Slice", inputs: ["x", "two", "end", "axis"], outputs: ["a"] },
        { op: "Slice", inputs: ["x", "zero", "two", "axis"], outputs: ["b"] },
        { op: "Concat", inputs: ["a", "b"], outputs: ["rolled"], attributes: { axis: 1 } },
        { op: "Reshape", inputs: ["rolled", "cut"], outputs: ["grid"] },
        { op: "Transpose", inputs: ["grid"], outputs: ["by window"], attributes: { perm: [0, 1, 3, 2, 4, 5] } },
        { op: "Reshape", inputs: ["by window", "windows"], outputs: ["tokens"] },
        { op: "MatMul", inputs: ["tokens", "w"] },
      ],
      constants: {
        zero: list(0),
        two: list(2),
        end: list(100),
        axis: list(1),
        cut: list(1, 2, 2, 2, 2, 3),
        windows: list(4, 4, 3),
        w: weights([3, 2]),
      },
    },
  },
  {
    name: "words, segments and places, LayerNormalization",
    model: {
      inputs: { ids: [1, 4], segments: [1, 4] },
      indices: { ids: 9, segments: 2 },
      nodes: [
        { op: "Gather", inputs: ["words", "ids"], outputs: ["a"] },
        { op: "Gather", inputs: ["kinds", "segments"], outputs: ["b"] },
        { op: "Add", inputs: ["a", "b"], outputs: ["c"] },
        { op: "Add", inputs: ["c", "places"], outputs: ["d"] },
        { op: "LayerNormalization", inputs: ["d", "gain", "bias"] },
      ],
      constants: {
        words: weights([9, 6]),
        kinds: weights([2, 6]),
        places: weights([1, 4, 6]),
        gain: weights([6], 0.5, 1.5),
        bias: weights([6]),
      },
    },
  },
  {
    name: "mean of the words that are not padding",
    model: {
      inputs: { ids: [2, 4] },
      indices: { ids: 6 },
      nodes: [
        { op: "Gather", inputs: ["words", "ids"], outputs: ["rows"] },
        { op: "Equal", inputs: ["ids", "pad"], outputs: ["isPad"] },
        { op: "Not", inputs: ["isPad"], outputs: ["isWord"] },
        { op: "Cast", inputs: ["isWord"], outputs: ["ones"], attributes: { to: 1 } },
        { op: "Unsqueeze", inputs: ["ones", "last"], outputs: ["column"] },
        { op: "Mul", inputs: ["rows", "column"], outputs: ["kept"] },
        { op: "ReduceSum", inputs: ["kept", "second"], outputs: ["sum"], attributes: { keepdims: 0 } },
        { op: "ReduceSum", inputs: ["column", "second"], outputs: ["count"], attributes: { keepdims: 0 } },
        { op: "Clip", inputs: ["count", "one"], outputs: ["safe"] },
        { op: "Div", inputs: ["sum", "safe"] },
      ],
      constants: { words: weights([6, 5]), pad: index(0), last: list(-1), second: list(1), one: scalar(1) },
    },
  },
  {
    name: "sentence classifier: Gather, Transpose, Conv, Relu, GlobalMaxPool, Gemm",
    model: {
      inputs: { ids: [1, 6] },
      indices: { ids: 8 },
      nodes: [
        { op: "Gather", inputs: ["words", "ids"] },
        { op: "Transpose", inputs: ["t0"], attributes: { perm: [0, 2, 1] } },
        { op: "Conv", inputs: ["t1", "w", "b"], attributes: { kernel_shape: [3], pads: [1, 1] } },
        { op: "Relu", inputs: ["t2"] },
        { op: "GlobalMaxPool", inputs: ["t3"] },
        { op: "Flatten", inputs: ["t4"] },
        { op: "Gemm", inputs: ["t5", "v"] },
      ],
      constants: { words: weights([8, 4]), w: weights([5, 4, 3]), b: weights([5]), v: weights([5, 2]) },
    },
  },
  {
    name: "the next word: Gather, LSTM over tokens, last state, Gemm",
    model: {
      inputs: { ids: [3, 1] },
      indices: { ids: 5 },
      nodes: [
        { op: "Gather", inputs: ["words", "ids"], outputs: ["rows"] },
        { op: "LSTM", inputs: ["rows", "w", "r"], outputs: ["all", "last"], attributes: { hidden_size: 3 } },
        { op: "Squeeze", inputs: ["last", "first"], outputs: ["state"] },
        { op: "Gemm", inputs: ["state", "v"] },
      ],
      constants: {
        words: weights([5, 4]),
        w: weights([1, 12, 4]),
        r: weights([1, 12, 3]),
        v: weights([3, 5]),
        first: list(0),
      },
    },
  },
  {
    name: "best of the scores by TopK, its row of a table by Gather",
    model: {
      inputs: { x: [1, 6] },
      nodes: [
        { op: "MatMul", inputs: ["x", "w"], outputs: ["scores"] },
        { op: "TopK", inputs: ["scores", "k"], outputs: ["best", "which"] },
        { op: "Gather", inputs: ["table", "which"], outputs: ["rows"] },
        { op: "ReduceMean", inputs: ["rows"], attributes: { axes: [1], keepdims: 0 } },
      ],
      constants: { w: weights([6, 5]), k: list(2), table: weights([5, 4]) },
    },
    jumps: true,
  },
  {
    name: "experts: Softmax of gates, GatherElements of what TopK chose",
    model: {
      inputs: { x: [2, 4] },
      nodes: [
        { op: "MatMul", inputs: ["x", "gates"], outputs: ["g"] },
        { op: "Softmax", inputs: ["g"], outputs: ["p"], attributes: { axis: -1 } },
        { op: "TopK", inputs: ["g", "k"], outputs: ["best", "which"] },
        { op: "GatherElements", inputs: ["p", "which"], attributes: { axis: 1 } },
      ],
      constants: { gates: weights([4, 5], -2, 2), k: list(2) },
    },
    jumps: true,
  },
];
