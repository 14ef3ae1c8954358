/** Models whose activations a quantizer left to be quantized while running. */
import { type Case, scalar } from "./case.ts";
import { integers, next, scales, W, X, zero } from "./quantized-values.ts";

export const QUANTIZED_DYNAMIC_CASES: readonly Case[] = [
  {
    name: "DynamicQuantizeLinear, MatMulInteger, Cast, Mul",
    model: {
      inputs: { x: [2, 6] },
      nodes: [
        { op: "DynamicQuantizeLinear", inputs: ["x"], outputs: ["q", "qs", "qz"] },
        { op: "MatMulInteger", inputs: ["q", "w", "qz", "wz"] },
        { op: "Cast", inputs: ["t1"], attributes: { to: 1 } },
        { op: "Mul", inputs: ["qs", "ws"] },
        { op: "Mul", inputs: ["t2", "t3"] },
      ],
      constants: { w: integers("int8", [6, 3], -100, 100), wz: zero("int8", 2), ws: scalar(W) },
    },
    floatTolerance: 0.02,
  },
  {
    name: "DynamicQuantizeLinear, ConvInteger, Cast, Mul",
    model: {
      inputs: { x: [1, 2, 4, 5] },
      nodes: [
        { op: "DynamicQuantizeLinear", inputs: ["x"], outputs: ["q", "qs", "qz"] },
        { op: "ConvInteger", inputs: ["q", "w", "qz"], attributes: { pads: [1, 0, 1, 1] } },
        { op: "Cast", inputs: ["t1"], attributes: { to: 1 } },
        { op: "Mul", inputs: ["qs", "ws"] },
        { op: "Mul", inputs: ["t2", "t3"] },
      ],
      constants: { w: integers("int8", [3, 2, 2, 2], -100, 100), ws: scalar(W) },
    },
    floatTolerance: 0.02,
  },
  {
    name: "DynamicQuantizeMatMul by column, with a bias",
    model: {
      inputs: { x: [2, 6] },
      nodes: [{ op: "DynamicQuantizeMatMul", domain: "com.microsoft", inputs: ["x", "w", "ws", "wz", "b"] }],
      constants: {
        w: integers("int8", [6, 3], -100, 100),
        ws: scales(W, W / 2, W / 3),
        wz: { shape: [3], data: [0, 3, -2], type: "int8" },
        b: { shape: [3], data: [0.5, -0.25, 1] },
      },
    },
    floatTolerance: 0.02,
  },
  {
    name: "MatMulIntegerToFloat of a quantized tensor, with a bias",
    model: {
      inputs: { x: [2, 6] },
      nodes: [
        { op: "QuantizeLinear", inputs: ["x", "xs", "xz"] },
        {
          op: "MatMulIntegerToFloat",
          domain: "com.microsoft",
          inputs: ["t0", "w", "xs", "ws", "xz", "wz", "b"],
        },
      ],
      constants: {
        xs: scalar(X),
        xz: zero("uint8", 120),
        w: integers("uint8", [6, 3], 0, 255),
        ws: scalar(W),
        wz: zero("uint8", 128),
        b: { shape: [3], data: [0.5, -0.25, 1] },
      },
    },
    jumps: true,
  },
  {
    name: "MatMulIntegerToFloat of what is quantized while running",
    model: {
      inputs: { x: [2, 6] },
      nodes: [
        { op: "DynamicQuantizeLinear", inputs: ["x"], outputs: ["q", "qs", "qz"] },
        { op: "MatMulIntegerToFloat", domain: "com.microsoft", inputs: ["q", "w", "qs", "ws", "qz"] },
      ],
      constants: { w: integers("int8", [6, 3], -100, 100), ws: scales(W, W / 2, W / 3) },
    },
    floatTolerance: 0.02,
  },
  ...[1, 16].map((scaleCount): Case => {
    const directions = 2;
    const all = (value: (i: number) => number) => Array.from({ length: directions * scaleCount }, (_, i) => value(i));
    const shape = scaleCount === 1 ? [directions] : [directions, scaleCount];
    return {
      name: `DynamicQuantizeLSTM, bidirectional, ${scaleCount === 1 ? "a scale" : "16 scales"} for each direction`,
      model: {
        inputs: { x: [3, 1, 5] },
        nodes: [
          {
            op: "DynamicQuantizeLSTM",
            domain: "com.microsoft",
            inputs: ["x", "w", "r", "b", "", "", "", "", "ws", "wz", "rs", "rz"],
            outputs: ["y", "h", "c"],
            attributes: { hidden_size: 4, direction: "bidirectional" },
          },
        ],
        constants: {
          w: integers("int8", [2, 5, 16], -100, 100),
          r: integers("int8", [2, 4, 16], -100, 100),
          b: { shape: [2, 32], data: Array.from({ length: 64 }, () => next(-50, 50) / 100) },
          ws: { shape, data: all((i) => W / (1 + (i % 3))) },
          wz: { shape, data: all(() => 0), type: "int8" },
          rs: { shape, data: all((i) => W / (2 + (i % 2))) },
          rz: { shape, data: all(() => 0), type: "int8" },
        },
        outputs: ["y", "h", "c"],
      },
      floatTolerance: 0.03,
    };
  }),
];
