/** Indices that the model computes or takes as inputs: lookups of elements, one-hot codes, the largest k. */
import { type Case, list, scalar, weights } from "./case.ts";

export const INDEX_CASES: readonly Case[] = [
  {
    name: "Gather of a table at token ids, Gemm",
    model: {
      inputs: { ids: [1, 3] },
      indices: { ids: 7 },
      nodes: [
        { op: "Gather", inputs: ["table", "ids"] },
        { op: "MatMul", inputs: ["t0", "w"] },
      ],
      constants: { table: weights([7, 5]), w: weights([5, 3]) },
    },
  },
  {
    name: "Gather of two tables at tokens and positions, sum",
    model: {
      inputs: { ids: [2, 3] },
      indices: { ids: 6 },
      nodes: [
        { op: "Gather", inputs: ["table", "ids"] },
        { op: "Gather", inputs: ["places", "range"] },
        { op: "Add", inputs: ["t0", "t1"] },
        { op: "Relu", inputs: ["t2"] },
      ],
      constants: { table: weights([6, 5]), places: weights([4, 5]), range: list(0, 1, 2) },
    },
  },
  {
    name: "Gather of a constant along the last axis",
    model: {
      inputs: { ids: [3] },
      indices: { ids: 5 },
      nodes: [{ op: "Gather", inputs: ["table", "ids"], attributes: { axis: -1 } }],
      constants: { table: weights([2, 3, 5]) },
    },
  },
  {
    name: "Gather of a tensor at computed indices, middle axis",
    model: {
      inputs: { x: [2, 5, 3], ids: [2, 2] },
      indices: { ids: 5 },
      nodes: [{ op: "Gather", inputs: ["x", "ids"], attributes: { axis: 1 } }],
    },
  },
  {
    name: "Gather of one row at the end of a sequence, Gemm",
    model: {
      inputs: { x: [1, 4, 3], last: [] },
      indices: { last: 4 },
      nodes: [
        { op: "Gather", inputs: ["x", "last"], attributes: { axis: 1 } },
        { op: "MatMul", inputs: ["t0", "w"] },
      ],
      constants: { w: weights([3, 2]) },
    },
  },
  {
    name: "Gather of what a Relu makes at what ArgMax chooses",
    model: {
      inputs: { x: [1, 5] },
      nodes: [
        { op: "MatMul", inputs: ["x", "w"] },
        { op: "Relu", inputs: ["t0"] },
        { op: "ArgMax", inputs: ["x"], attributes: { axis: 1, keepdims: 0 } },
        { op: "Gather", inputs: ["t1", "t2"], attributes: { axis: 1 } },
        { op: "MatMul", inputs: ["t3", "v"] },
      ],
      constants: { w: weights([5, 5]), v: weights([1, 2]) },
    },
    jumps: true,
  },
  {
    name: "Gather of a transposed tensor",
    model: {
      inputs: { x: [3, 4], ids: [3] },
      indices: { ids: 3 },
      nodes: [
        { op: "Transpose", inputs: ["x"], attributes: { perm: [1, 0] } },
        { op: "Gather", inputs: ["t0", "ids"], attributes: { axis: 1 } },
      ],
    },
  },
  {
    name: "Gather at indices computed from tokens: the next row of a table",
    model: {
      inputs: { ids: [3] },
      indices: { ids: 4 },
      nodes: [
        { op: "Gather", inputs: ["first", "ids"] },
        { op: "Add", inputs: ["ids", "one"] },
        { op: "Clip", inputs: ["t1", "zero", "three"] },
        { op: "Gather", inputs: ["table", "t2"] },
        { op: "Add", inputs: ["t0", "t3"] },
      ],
      constants: {
        first: weights([4, 3]),
        table: weights([4, 3]),
        one: { shape: [], data: [1], type: "int64" },
        zero: { shape: [], data: [0], type: "int64" },
        three: { shape: [], data: [3], type: "int64" },
      },
    },
  },
  {
    name: "Gather at indices from a table of indices",
    model: {
      inputs: { ids: [3] },
      indices: { ids: 4 },
      nodes: [
        { op: "Gather", inputs: ["next", "ids"] },
        { op: "Gather", inputs: ["table", "t0"] },
      ],
      constants: { next: list(2, 5, 0, 1), table: weights([6, 3]) },
    },
  },
  {
    name: "Gather at uneven constant indices",
    model: {
      inputs: { x: [2, 5, 3] },
      nodes: [{ op: "Gather", inputs: ["x", "order"], attributes: { axis: 1 } }],
      constants: { order: { shape: [2, 3], data: [4, 0, 0, -2, 1, 4], type: "int64" } },
    },
  },
  {
    name: "Gather at numbers truncated to indices",
    model: {
      inputs: { x: [1, 4] },
      nodes: [
        { op: "Mul", inputs: ["x", "three"] },
        { op: "Abs", inputs: ["t0"] },
        { op: "Cast", inputs: ["t1"], attributes: { to: 7 } },
        { op: "Clip", inputs: ["t2", "zero", "two"] },
        { op: "Gather", inputs: ["table", "t3"] },
      ],
      constants: {
        three: scalar(3),
        zero: { shape: [], data: [0], type: "int64" },
        two: { shape: [], data: [2], type: "int64" },
        table: weights([3, 2]),
      },
    },
    jumps: true,
  },
  {
    name: "GatherElements at computed indices, first axis",
    model: {
      inputs: { x: [3, 4], ids: [2, 4] },
      indices: { ids: 3 },
      nodes: [{ op: "GatherElements", inputs: ["x", "ids"] }],
    },
  },
  {
    name: "GatherElements at computed indices, last axis, Gemm",
    model: {
      inputs: { x: [2, 5], ids: [2, 3] },
      indices: { ids: 5 },
      nodes: [
        { op: "GatherElements", inputs: ["x", "ids"], attributes: { axis: -1 } },
        { op: "MatMul", inputs: ["t0", "w"] },
      ],
      constants: { w: weights([3, 2]) },
    },
  },
  {
    name: "GatherND of elements at computed indices",
    model: {
      inputs: { x: [3, 4], ids: [5, 2] },
      indices: { ids: 3 },
      nodes: [{ op: "GatherND", inputs: ["x", "ids"] }],
    },
  },
  {
    name: "GatherND of rows at computed indices, batch axis",
    model: {
      inputs: { x: [2, 3, 4], ids: [2, 1] },
      indices: { ids: 3 },
      nodes: [{ op: "GatherND", inputs: ["x", "ids"], attributes: { batch_dims: 1 } }],
    },
  },
  {
    name: "Gather at indices that may count from the end",
    model: {
      inputs: { x: [4, 3], ids: [3] },
      indices: { ids: 4 },
      nodes: [
        { op: "Sub", inputs: ["ids", "two"] },
        { op: "Gather", inputs: ["x", "t0"] },
        { op: "MatMul", inputs: ["t1", "w"] },
      ],
      constants: { two: { shape: [], data: [2], type: "int64" }, w: weights([3, 2]) },
    },
  },
  {
    name: "GatherElements and GatherND, the same indices from the end",
    model: {
      inputs: { x: [3, 5], ids: [3, 1] },
      indices: { ids: 3 },
      nodes: [
        { op: "Neg", inputs: ["ids"] },
        { op: "GatherElements", inputs: ["x", "t0"], attributes: { axis: 1 } },
        { op: "GatherND", inputs: ["x", "t0"] },
        { op: "Add", inputs: ["t1", "t2"] },
      ],
    },
  },
  {
    name: "OneHot of indices from a table, some from the end",
    model: {
      inputs: { ids: [3] },
      indices: { ids: 4 },
      nodes: [
        { op: "Gather", inputs: ["list", "ids"] },
        { op: "OneHot", inputs: ["t0", "depth", "values"] },
      ],
      constants: {
        list: list(1, -5, 4, -1),
        depth: { shape: [], data: [5], type: "int64" },
        values: { shape: [2], data: [0, 1] },
      },
    },
  },
  {
    name: "ArrayFeatureExtractor at computed indices",
    model: {
      inputs: { x: [3, 5], ids: [2] },
      indices: { ids: 5 },
      nodes: [{ op: "ArrayFeatureExtractor", inputs: ["x", "ids"], domain: "ai.onnx.ml" }],
    },
  },
  {
    name: "classes of the nearest three, counted",
    model: {
      inputs: { x: [1, 7] },
      nodes: [
        { op: "TopK", inputs: ["x", "k"], outputs: ["values", "places"], attributes: { largest: 0 } },
        { op: "ArrayFeatureExtractor", inputs: ["classes", "places"], domain: "ai.onnx.ml" },
        { op: "Equal", inputs: ["t1", "one"] },
        { op: "Cast", inputs: ["t2"], attributes: { to: 1 } },
        { op: "ReduceSum", inputs: ["t3", "axes"], attributes: { keepdims: 0 } },
      ],
      constants: {
        k: list(3),
        classes: list(0, 2, 1, 1, 0, 2, 1),
        one: { shape: [1], data: [1], type: "int64" },
        axes: list(1),
      },
    },
    jumps: true,
  },
  {
    name: "LabelEncoder of tokens",
    model: {
      inputs: { ids: [5] },
      indices: { ids: 4 },
      nodes: [
        {
          op: "LabelEncoder",
          inputs: ["ids"],
          domain: "ai.onnx.ml",
          attributes: {
            keys_int64s: [3, 0, 2],
            values_int64s: [5, -2, 9],
            default_int64: 1,
          },
        },
        { op: "Cast", inputs: ["t0"], attributes: { to: 1 } },
      ],
    },
  },
  {
    name: "LabelEncoder of tokens, real numbers",
    model: {
      inputs: { ids: [1, 5] },
      indices: { ids: 4 },
      nodes: [
        {
          op: "LabelEncoder",
          inputs: ["ids"],
          domain: "ai.onnx.ml",
          attributes: {
            keys_int64s: [3, 0, 2],
            values_floats: { floats: [0.75, -1.5, 2.25] },
            default_float: { float: 0.125 },
          },
        },
        { op: "Div", inputs: ["t0", "c"] },
      ],
      constants: { c: { shape: [1], data: [1.5] } },
    },
  },
  {
    name: "OneHot of token ids, MatMul",
    model: {
      inputs: { ids: [1, 3] },
      indices: { ids: 5 },
      nodes: [
        { op: "OneHot", inputs: ["ids", "depth", "values"] },
        { op: "MatMul", inputs: ["t0", "w"] },
      ],
      constants: {
        depth: { shape: [], data: [5], type: "int64" },
        values: { shape: [2], data: [0, 1] },
        w: weights([5, 3]),
      },
    },
  },
  {
    name: "OneHot of token ids, first axis, values of its own",
    model: {
      inputs: { ids: [2, 3] },
      indices: { ids: 4 },
      nodes: [{ op: "OneHot", inputs: ["ids", "depth", "values"], attributes: { axis: 0 } }],
      constants: { depth: { shape: [1], data: [4], type: "int64" }, values: { shape: [2], data: [-0.5, 1.5] } },
    },
  },
  {
    name: "OneHot of a class",
    model: {
      inputs: { x: [2, 5] },
      nodes: [
        { op: "ArgMax", inputs: ["x"], attributes: { axis: 1, keepdims: 0 } },
        { op: "OneHot", inputs: ["t0", "depth", "values"] },
      ],
      constants: { depth: { shape: [], data: [5], type: "int64" }, values: { shape: [2], data: [0, 1] } },
    },
    jumps: true,
  },
  {
    name: "tokens compared with a padding token, mask on scores",
    model: {
      inputs: { ids: [2, 3] },
      indices: { ids: 5 },
      nodes: [
        { op: "Equal", inputs: ["ids", "pad"] },
        { op: "Gather", inputs: ["table", "ids"] },
        { op: "ReduceSum", inputs: ["t1", "axes"], attributes: { keepdims: 0 } },
        { op: "Where", inputs: ["t0", "small", "t2"] },
        { op: "Softmax", inputs: ["t3"], attributes: { axis: -1 } },
      ],
      constants: {
        pad: { shape: [], data: [0], type: "int64" },
        table: weights([5, 3]),
        axes: list(-1),
        small: scalar(-1),
      },
    },
  },
  {
    name: "TopK values of three",
    model: {
      inputs: { x: [2, 5] },
      nodes: [{ op: "TopK", inputs: ["x", "k"], outputs: ["values", "indices"] }],
      outputs: ["values"],
      constants: { k: list(3) },
    },
  },
  {
    name: "TopK smallest along the middle axis, values",
    model: {
      inputs: { x: [2, 5, 3] },
      nodes: [{ op: "TopK", inputs: ["x", "k"], outputs: ["values", "indices"], attributes: { axis: 1, largest: 0 } }],
      outputs: ["values"],
      constants: { k: list(2) },
    },
  },
  {
    name: "TopK of sums, the chosen sums again, Gemm",
    model: {
      inputs: { x: [1, 6] },
      nodes: [
        { op: "MatMul", inputs: ["x", "w"] },
        { op: "TopK", inputs: ["t0", "k"], outputs: ["values", "indices"] },
        { op: "MatMul", inputs: ["values", "v"] },
      ],
      constants: { w: weights([6, 7]), k: list(3), v: weights([3, 2]) },
    },
  },
];

/** The answer is an index: rounding may choose another one of values that are nearly equal. */
export const TOP_K_CASES: readonly Case[] = [
  {
    name: "TopK indices of three",
    model: {
      inputs: { x: [1, 7] },
      nodes: [{ op: "TopK", inputs: ["x", "k"], outputs: ["values", "indices"] }],
      outputs: ["indices"],
      outputTypes: { indices: "int64" },
      constants: { k: list(3) },
    },
  },
  {
    name: "TopK of all, smallest first: the order of an axis",
    model: {
      inputs: { x: [2, 5] },
      nodes: [{ op: "TopK", inputs: ["x", "k"], outputs: ["values", "indices"], attributes: { largest: 0 } }],
      outputs: ["indices"],
      outputTypes: { indices: "int64" },
      constants: { k: list(5) },
    },
  },
];
