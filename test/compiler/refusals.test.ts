/** What the compiler refuses: the typed error, and what it names. */
import { readFileSync } from "node:fs";
import onnxProto from "onnx-proto";
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { CompileError } from "../../compiler/errors.ts";
import { buildModel, type TestModel, tensorProto } from "./support/onnx.ts";

const { onnx } = onnxProto;
const CALIBRATION = { inputs: [[[1, 2, 3]]] };
const W = { shape: [3, 2], data: [1, 2, 3, 4, 5, 6] };
const gemm: TestModel = {
  inputs: { x: [1, 3] },
  nodes: [{ op: "Gemm", inputs: ["x", "w"], outputs: ["y"], name: "dense" }],
  constants: { w: W },
};

function errorOf(bytes: Uint8Array, options: object = {}): CompileError {
  try {
    compile(bytes, { calibration: CALIBRATION, ...options });
  } catch (error) {
    expect(error).toBeInstanceOf(CompileError);
    return error as CompileError;
  }
  throw new Error("compiled");
}

const model = (changes: Partial<TestModel>): Uint8Array => buildModel({ ...gemm, ...changes });

test("the model that the others are broken copies of compiles", () => {
  expect(compile(buildModel(gemm), { calibration: CALIBRATION }).circuit.outputs[0].shape).toEqual([1, 2]);
});

describe("files", () => {
  const real = readFileSync(new URL("../../examples/models/digits_mlp/model.onnx", import.meta.url));

  test.each([0, 1, 10, 100, 1000, 5000, 15000])("cut after %i bytes", (length) => {
    expect(errorOf(real.subarray(0, length)).name).toBe("Compiler.ModelFormatError");
  });

  test("random bytes", () => {
    const bytes = Uint8Array.from({ length: 300 }, (_, i) => (i * 7919 + 13) % 251);
    expect(errorOf(bytes).name).toBe("Compiler.ModelFormatError");
  });

  test("text", () => {
    expect(errorOf(new TextEncoder().encode("this is no model")).name).toBe("Compiler.ModelFormatError");
  });

  test("a tensor whose data is too short", () => {
    const proto = onnx.ModelProto.decode(buildModel(gemm));
    proto.graph!.initializer![0].rawData = new Uint8Array(20);
    const error = errorOf(onnx.ModelProto.encode(proto).finish());
    expect(error.name).toBe("Compiler.ModelFormatError");
    expect(error.got).toBe("20 bytes");
  });

  test("a tensor in another file", () => {
    const proto = onnx.ModelProto.decode(buildModel(gemm));
    proto.graph!.initializer![0].dataLocation = onnx.TensorProto.DataLocation.EXTERNAL;
    const error = errorOf(onnx.ModelProto.encode(proto).finish());
    expect(error.name).toBe("Compiler.UnsupportedError");
    expect(error.remedy).toContain("one file");
  });

  test("weights of a complex type", () => {
    const proto = onnx.ModelProto.decode(buildModel(gemm));
    proto.graph!.initializer![0].dataType = onnx.TensorProto.DataType.COMPLEX64;
    expect(errorOf(onnx.ModelProto.encode(proto).finish()).name).toBe("Compiler.UnsupportedError");
  });
});

describe("graphs", () => {
  test.each([6, 24])("operator set %i", (opset) => {
    expect(errorOf(model({ opset }))).toMatchObject({ name: "Compiler.UnsupportedError", expected: "7 to 23" });
  });

  test("an unknown operator is named with its node", () => {
    const error = errorOf(model({ nodes: [{ op: "Frobnicate", inputs: ["x"], name: "odd" }] }));
    expect(error).toMatchObject({ name: "Compiler.UnsupportedError", node: "odd", op: "Frobnicate" });
    expect(error.remedy).toBeTruthy();
  });

  test("an operator of another domain", () => {
    const error = errorOf(model({ nodes: [{ op: "Gemm", domain: "com.example", inputs: ["x", "w"], name: "odd" }] }));
    expect(error).toMatchObject({ name: "Compiler.UnsupportedError", op: "com.example::Gemm" });
  });

  test("a cycle", () => {
    const nodes = [
      { op: "Add", inputs: ["x", "b"], outputs: ["a"] },
      { op: "Relu", inputs: ["a"], outputs: ["b"] },
    ];
    expect(errorOf(model({ nodes }))).toMatchObject({
      name: "Compiler.GraphError",
      reason: "the node needs its own output",
    });
  });

  test("a tensor that nothing makes", () => {
    const error = errorOf(model({ nodes: [{ op: "Gemm", inputs: ["x", "missing"], name: "dense" }] }));
    expect(error).toMatchObject({ name: "Compiler.GraphError", node: "dense" });
    expect(error.reason).toContain("missing");
  });

  test("a tensor that two nodes make", () => {
    const nodes = [
      { op: "Relu", inputs: ["x"], outputs: ["a"] },
      { op: "Tanh", inputs: ["x"], outputs: ["a"] },
    ];
    expect(errorOf(model({ nodes })).name).toBe("Compiler.GraphError");
  });

  test("an output that nothing makes", () => {
    expect(errorOf(model({ outputs: ["nowhere"] })).name).toBe("Compiler.GraphError");
  });

  test("an output that does not depend on the input", () => {
    expect(errorOf(model({ nodes: [{ op: "Relu", inputs: ["w"] }] })).name).toBe("Compiler.UnsupportedError");
  });
});

describe("shapes", () => {
  test("inner sizes that differ", () => {
    const error = errorOf(model({ inputs: { x: [1, 4] } }), { calibration: { inputs: [[[1, 2, 3, 4]]] } });
    expect(error).toMatchObject({ name: "Compiler.ShapeError", node: "dense", op: "Gemm" });
  });

  test("a declared output shape that is another is not the output's", () => {
    const { circuit } = compile(model({ outputShapes: { y: [1, 3] } }), { calibration: CALIBRATION });
    expect(circuit.outputs[0].shape).toEqual([1, 2]);
  });

  test("a free dimension other than the batch", () => {
    const error = errorOf(model({ inputs: { x: ["N", "features"] } }));
    expect(error.name).toBe("Compiler.ShapeError");
    expect(error.remedy).toContain("--bind features=NUMBER");
  });

  test("a bound dimension compiles, a wrong size does not", () => {
    const bytes = model({ inputs: { x: ["N", "features"] } });
    expect(compile(bytes, { calibration: CALIBRATION, bind: { features: 3 } }).circuit.inputs[0].shape).toEqual([1, 3]);
    expect(errorOf(bytes, { bind: { features: 3, N: 0 } }).name).toBe("Compiler.ShapeError");
  });

  test("a size for a dimension that no input has", () => {
    const named = model({ inputs: { x: ["N", "features"] } });
    expect(errorOf(named, { bind: { features: 3, feature: 3 } })).toMatchObject({
      name: "Compiler.ShapeError",
      expected: "N, features",
      got: "feature",
    });
    expect(errorOf(model({}), { bind: { N: 2 } })).toMatchObject({ name: "Compiler.ShapeError", got: "N" });
  });

  test.each([
    [
      "Reshape",
      { nodes: [{ op: "Reshape", inputs: ["x", "s"] }], constants: { s: { shape: [1], data: [5], type: "int64" } } },
    ],
    ["Add", { nodes: [{ op: "Add", inputs: ["x", "c"] }], constants: { c: { shape: [2], data: [1, 2] } } }],
    ["Transpose", { nodes: [{ op: "Transpose", inputs: ["x"], attributes: { perm: [0, 0] } }] }],
    [
      "Squeeze",
      { nodes: [{ op: "Squeeze", inputs: ["x", "a"] }], constants: { a: { shape: [1], data: [1], type: "int64" } } },
    ],
    ["ArgMax", { nodes: [{ op: "ArgMax", inputs: ["x"], attributes: { axis: 2 } }] }],
    ["Concat", { nodes: [{ op: "Concat", inputs: ["x", "x"], attributes: { axis: 5 } }] }],
    [
      "MaxPool",
      { inputs: { x: [1, 1, 3, 3] }, nodes: [{ op: "MaxPool", inputs: ["x"], attributes: { kernel_shape: [4, 4] } }] },
    ],
    [
      "Conv",
      {
        inputs: { x: [1, 2, 3, 3] },
        nodes: [{ op: "Conv", inputs: ["x", "k"] }],
        constants: { k: { shape: [1, 1, 1, 1], data: [1] } },
      },
    ],
    [
      "BatchNormalization",
      {
        inputs: { x: [1, 2, 3] },
        nodes: [{ op: "BatchNormalization", inputs: ["x", "c", "c", "c", "c"] }],
        constants: { c: { shape: [3], data: [1, 1, 1] } },
      },
    ],
  ] as const)("%s that does not fit", (op, changes) => {
    expect(errorOf(model(changes as Partial<TestModel>))).toMatchObject({ name: "Compiler.ShapeError", op });
  });
});

describe("values", () => {
  test.each([Number.NaN, Number.POSITIVE_INFINITY])("a weight that is %f", (value) => {
    const error = errorOf(model({ constants: { w: { shape: [3, 2], data: [1, 2, value, 4, 5, 6] } } }));
    expect(error).toMatchObject({ name: "Compiler.ValueError", node: "dense", op: "Gemm" });
    expect(error.reason).toContain("element 2");
  });

  test("a weight that folding makes infinite", () => {
    const nodes = [
      { op: "Div", inputs: ["w", "zero"] },
      { op: "Gemm", inputs: ["x", "t0"], name: "dense" },
    ];
    expect(errorOf(model({ nodes, constants: { w: W, zero: { shape: [1], data: [0] } } }))).toMatchObject({
      name: "Compiler.ValueError",
      node: "dense",
    });
  });

  test("division by zero", () => {
    const error = errorOf(
      model({ nodes: [{ op: "Div", inputs: ["x", "c"] }], constants: { c: { shape: [3], data: [1, 0, 2] } } }),
    );
    expect(error).toMatchObject({ name: "Compiler.ValueError", op: "Div" });
  });

  test("a batch normalization of negative variance", () => {
    const c = (value: number) => ({ shape: [3], data: [value, value, value] });
    const constants = { s: c(1), b: c(0), m: c(0), v: c(-1) };
    const error = errorOf(
      model({ nodes: [{ op: "BatchNormalization", inputs: ["x", "s", "b", "m", "v"] }], constants }),
    );
    expect(error).toMatchObject({ name: "Compiler.ValueError", op: "BatchNormalization" });
  });

  test("factors too large for 32 bits", () => {
    // The sum of two opposite huge weights stays small on the samples, so its scale is small beside the weights.
    const data = [1e9, 1e9, -1e9, -1e9, 1e-6, 1e-6];
    const error = errorOf(model({ constants: { w: { shape: [3, 2], data } } }), {
      calibration: { inputs: [[[2, 2, 1]]] },
    });
    expect(error).toMatchObject({ name: "Compiler.CapacityError", node: "dense", op: "Gemm" });
  });
});

describe("indices", () => {
  const lookup = (changes: Partial<TestModel>, ids: readonly unknown[] = [0, 2]) =>
    errorOf(
      buildModel({
        inputs: { ids: [2] },
        indices: { ids: 3 },
        nodes: [{ op: "Gather", inputs: ["table", "ids"], outputs: ["y"], name: "lookup" }],
        constants: { table: W },
        ...changes,
      }),
      { calibration: { inputs: [ids] } },
    );

  test("beyond the axis in a sample", () => {
    expect(lookup({}, [0, 3])).toMatchObject({
      name: "Compiler.ValueError",
      node: "lookup",
      op: "Gather",
      reason: "an index is 3",
      expected: "whole numbers from 0 to 2",
    });
  });

  test("below 0 in a sample", () => {
    expect(lookup({}, [-1, 0])).toMatchObject({
      name: "Compiler.ValueError",
      node: "lookup",
      reason: "an index is -1",
    });
  });

  test("that are not whole", () => {
    expect(lookup({}, [0.5, 1])).toMatchObject({ name: "Compiler.SamplesError", expected: "2 whole numbers" });
  });

  test("that the model can move beyond the axis", () => {
    const nodes = [
      { op: "Add", inputs: ["ids", "one"], outputs: ["next"], name: "next" },
      { op: "Gather", inputs: ["table", "next"], outputs: ["y"], name: "lookup" },
      { op: "Gather", inputs: ["table", "ids"], outputs: ["z"], name: "plain" },
    ];
    const constants = { table: W, one: { shape: [], data: [1], type: "int64" } as const };
    expect(lookup({ nodes, constants, outputs: ["y", "z"] }, [0, 1])).toMatchObject({
      name: "Compiler.ValueError",
      node: "lookup",
      reason: "an index is 1 to 3, for some input",
    });
  });

  test("of other types than int64 and int32", () => {
    const proto = onnx.ModelProto.decode(buildModel(gemm));
    proto.graph!.input![0].type!.tensorType!.elemType = onnx.TensorProto.DataType.UINT8;
    expect(errorOf(onnx.ModelProto.encode(proto).finish())).toMatchObject({
      name: "Compiler.UnsupportedError",
      reason: "input x is of type uint8",
    });
  });

  test("into weights that are to be hidden", () => {
    const nodes = [
      { op: "Gather", inputs: ["table", "ids"], outputs: ["rows"] },
      { op: "MatMul", inputs: ["rows", "w"], outputs: ["y"] },
    ];
    const constants = { table: W, w: { shape: [2, 2], data: [1, -1, 0.5, 2] } };
    const bytes = buildModel({ inputs: { ids: [2] }, indices: { ids: 3 }, nodes, constants });
    expect(errorOf(bytes, { calibration: { inputs: [[0, 2]] }, weights: "private" })).toMatchObject({
      name: "Compiler.VisibilityError",
      got: "constants that are looked up",
    });
  });

  test("k beyond the axis", () => {
    const nodes = [{ op: "TopK", inputs: ["x", "k"], outputs: ["y", ""], name: "best" }];
    const k = { shape: [1], data: [4], type: "int64" } as const;
    expect(errorOf(model({ nodes, constants: { k } }))).toMatchObject({ name: "Compiler.ShapeError", node: "best" });
  });
});

describe("recurrent networks", () => {
  const cell = (more: Partial<TestModel["nodes"][number]>) =>
    errorOf(
      model({
        inputs: { x: [2, 1, 3] },
        nodes: [{ op: "LSTM", inputs: ["x", "w", "r"], outputs: ["y"], name: "cell", ...more }],
        constants: {
          w: { shape: [1, 8, 3], data: new Array(24).fill(0.1) },
          r: { shape: [1, 8, 2], data: new Array(16).fill(0.1) },
          h: { shape: [1, 1, 2], data: [0, 1] },
          n: { shape: [1], data: [1], type: "int64" },
        },
      }),
    );

  test.each([
    ["an initial state", { inputs: ["x", "w", "r", "", "", "h"] }],
    ["shorter sequences", { inputs: ["x", "w", "r", "", "n"] }],
    ["layout 1", { attributes: { layout: 1 } }],
    ["coupled gates", { attributes: { input_forget: 1 } }],
    ["a clip", { attributes: { clip: { float: 1 } } }],
  ])("%s is refused", (_, more) => {
    expect(cell(more)).toMatchObject({ name: "Compiler.UnsupportedError", node: "cell", op: "LSTM" });
  });

  test("weights that do not fit are refused", () => {
    expect(cell({ attributes: { hidden_size: 3 } })).toMatchObject({ name: "Compiler.ShapeError", node: "cell" });
  });
});

describe("operators beyond this compiler's reach", () => {
  test.each([
    ["Mod", [{ op: "Mod", inputs: ["x", "x"], attributes: { fmod: 1 } }]],
    ["Add", [{ op: "Add", inputs: ["x", "mask"] }]],
    [
      "MatMul",
      [
        { op: "Squeeze", inputs: ["x"] },
        { op: "MatMul", inputs: ["x", "t0"] },
      ],
    ],
    [
      "Reshape",
      [
        { op: "Relu", inputs: ["x"] },
        { op: "Reshape", inputs: ["x", "t0"] },
      ],
    ],
  ] as const)("%s of values of the model", (op, nodes) => {
    const error = errorOf(
      model({
        nodes,
        constants: {
          mask: { shape: [3], data: [0, 0, Number.NEGATIVE_INFINITY] },
        },
      }),
    );
    expect(error).toMatchObject({ name: "Compiler.UnsupportedError", op });
    expect(error.remedy).toBeTruthy();
  });

  test.each([
    ["If", ["sum"], "condition"],
    ["Loop", ["sum", "", "x"], "turns"],
  ])("%s that depends on the input", (op, inputs, reason) => {
    const body = { inputs: [], outputs: ["x"], nodes: [] };
    const attributes = { then_branch: { body }, else_branch: { body }, body: { body } };
    const nodes = [
      { op: "ReduceSum", inputs: ["x"], outputs: ["sum"] },
      { op, inputs, attributes, outputs: ["y"] },
    ];
    const error = errorOf(model({ nodes }));
    expect(error).toMatchObject({ name: "Compiler.UnsupportedError", op, reason: expect.stringContaining(reason) });
  });

  test.each([
    ["QLinearSoftmax", { axis: 1, opset: 12 }, ["q", "s", "z", "s", "z"], "several axes"],
    ["DynamicQuantizeLSTM", {}, ["x", "q", "q", "", "", "", "", "", "s", "z", "s", "z"], "weights"],
    ["FusedGemm", { activation: "Erf" }, ["x", "x"], "activation"],
    ["QGemm", {}, ["q", "x", "z", "q", "s", "z", "b"], "scale"],
  ])("%s of com.microsoft: %s", (op, attributes, inputs, reason) => {
    const nodes = [
      { op: "QuantizeLinear", inputs: ["x", "s", "z"], outputs: ["q"] },
      { op, domain: "com.microsoft", attributes, inputs, outputs: ["y"] },
    ];
    const constants = {
      s: { shape: [], data: [0.1] },
      z: { shape: [], data: [0], type: "int8" },
      b: { shape: [3], data: [1, 2, 3], type: "int32" },
    } as const;
    const error = errorOf(buildModel({ inputs: { x: [1, 3, 4] }, nodes, constants, outputs: ["y"] }));
    expect(error).toMatchObject({ name: "Compiler.UnsupportedError", op, reason: expect.stringContaining(reason) });
    expect(error.remedy).toBeTruthy();
  });

  test("more rows than allowed", () => {
    expect(errorOf(buildModel(gemm), { maxLogRows: 8 })).toMatchObject({
      name: "Compiler.CapacityError",
      expected: expect.stringContaining("2^8"),
    });
  });
});

describe("samples", () => {
  const bytes = buildModel(gemm);

  test.each([
    ["none", {}],
    ["empty", { inputs: [] }],
    ["of another size", { inputs: [[[1, 2]]] }],
    ["not numbers", { inputs: [[[1, "2", 3]]] }],
    ["not finite", { inputs: [[[1, Number.NaN, 3]]] }],
    ["by another name", { inputs: [{ z: [[1, 2, 3]] }] }],
  ])("calibration samples: %s", (_, calibration) => {
    expect(errorOf(bytes, { calibration }).name).toBe("Compiler.SamplesError");
  });

  test("labels of another number", () => {
    expect(errorOf(bytes, { samples: { inputs: [[[1, 2, 3]]], labels: [1, 2] } }).name).toBe("Compiler.SamplesError");
  });

  test("by name they do fit", () => {
    expect(compile(bytes, { calibration: { inputs: [{ x: [[1, 2, 3]] }] } }).report.samples.count).toBe(1);
  });
});

test("a tensor may hold its values as numbers instead of bytes", () => {
  const proto = onnx.ModelProto.decode(buildModel(gemm));
  proto.graph!.initializer![0] = onnx.TensorProto.create({ ...tensorProto("w", W), rawData: null, floatData: W.data });
  const typed = compile(onnx.ModelProto.encode(proto).finish(), { calibration: CALIBRATION });
  expect(typed.circuit.fixed).toEqual(compile(buildModel(gemm), { calibration: CALIBRATION }).circuit.fixed);
});
