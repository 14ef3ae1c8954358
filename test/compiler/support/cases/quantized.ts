/** Models that a quantizer has made: integers with their own scales and zero points. */

import type { TestAttribute, TestTensor } from "../onnx.ts";
import { type Case, scalar } from "./case.ts";
import { integers, scales, W, X, Y, zero } from "./quantized-values.ts";

export const QUANTIZED_CASES: readonly Case[] = [
  {
    name: "QuantizeLinear, DequantizeLinear",
    model: {
      inputs: { x: [2, 5] },
      nodes: [
        { op: "QuantizeLinear", inputs: ["x", "s", "z"] },
        { op: "DequantizeLinear", inputs: ["t0", "s", "z"] },
      ],
      constants: { s: scalar(X), z: zero("uint8", 120) },
    },
    jumps: true,
  },
  {
    name: "quantized Conv between QuantizeLinear and DequantizeLinear, padded, by channel",
    model: {
      inputs: { x: [1, 2, 4, 5] },
      nodes: [
        { op: "QuantizeLinear", inputs: ["x", "xs", "xz"] },
        { op: "DequantizeLinear", inputs: ["t0", "xs", "xz"] },
        { op: "DequantizeLinear", inputs: ["w", "ws", "wz"], attributes: { axis: 0 } },
        { op: "DequantizeLinear", inputs: ["b", "bs"] },
        { op: "Conv", inputs: ["t1", "t2", "t3"], attributes: { pads: [1, 0, 1, 1] } },
        { op: "Relu", inputs: ["t4"] },
        { op: "QuantizeLinear", inputs: ["t5", "ys", "yz"] },
        { op: "DequantizeLinear", inputs: ["t6", "ys", "yz"] },
      ],
      constants: {
        xs: scalar(X),
        xz: zero("uint8", 128),
        w: integers("int8", [3, 2, 3, 3], -100, 100),
        ws: scales(W, W / 2, W / 3),
        wz: { shape: [3], data: [0, 0, 0], type: "int8" },
        b: integers("int32", [3], -2000, 2000),
        bs: scalar(X * W),
        ys: scalar(Y),
        yz: zero("uint8", 0),
      },
    },
    jumps: true,
  },
  {
    name: "QLinearConv with zero points, padded",
    model: {
      inputs: { x: [1, 2, 5, 4] },
      nodes: [
        { op: "QuantizeLinear", inputs: ["x", "xs", "xz"] },
        {
          op: "QLinearConv",
          inputs: ["t0", "xs", "xz", "w", "ws", "wz", "ys", "yz", "b"],
          attributes: { pads: [1, 1, 0, 0], strides: [2, 1] },
        },
        { op: "DequantizeLinear", inputs: ["t1", "ys", "yz"] },
      ],
      constants: convConstants(),
    },
    jumps: true,
  },
  {
    name: "QLinearMatMul with zero points",
    model: {
      inputs: { x: [2, 7] },
      nodes: [
        { op: "QuantizeLinear", inputs: ["x", "xs", "xz"] },
        { op: "QLinearMatMul", inputs: ["t0", "xs", "xz", "w", "ws", "wz", "ys", "yz"] },
        { op: "DequantizeLinear", inputs: ["t1", "ys", "yz"] },
      ],
      constants: {
        xs: scalar(X),
        xz: zero("uint8", 110),
        w: integers("uint8", [7, 3], 0, 255),
        ws: scalar(W),
        wz: zero("uint8", 128),
        ys: scalar(Y),
        yz: zero("uint8", 127),
      },
    },
    jumps: true,
  },
  {
    name: "MatMulInteger, Cast, Mul",
    model: {
      inputs: { x: [2, 6] },
      nodes: [
        { op: "QuantizeLinear", inputs: ["x", "xs", "xz"] },
        { op: "MatMulInteger", inputs: ["t0", "w", "xz", "wz"] },
        { op: "Cast", inputs: ["t1"], attributes: { to: 1 } },
        { op: "Mul", inputs: ["t2", "s"] },
      ],
      constants: {
        xs: scalar(X),
        xz: zero("uint8", 128),
        w: integers("int8", [6, 3], -100, 100),
        wz: zero("int8", 2),
        s: scalar(X * W),
      },
    },
    jumps: true,
  },
  {
    name: "ConvInteger, Cast",
    model: {
      inputs: { x: [1, 2, 3, 3] },
      nodes: [
        { op: "QuantizeLinear", inputs: ["x", "xs", "xz"] },
        { op: "ConvInteger", inputs: ["t0", "w", "xz"], attributes: { pads: [1, 1, 1, 1] } },
        { op: "Cast", inputs: ["t1"], attributes: { to: 1 } },
      ],
      constants: { xs: scalar(X), xz: zero("uint8", 100), w: integers("int8", [3, 2, 2, 2], -9, 9) },
    },
    jumps: true,
  },
  oneOf("QLinearSigmoid", [2, 5], { ys: scalar(1 / 256), yz: zero("uint8", 0) }),
  oneOf("QLinearLeakyRelu", [2, 5], { ys: scalar(Y / 4), yz: zero("uint8", 90) }, { alpha: { float: 0.25 } }),
  oneOf("QLinearSoftmax", [3, 5], { ys: scalar(1 / 256), yz: zero("uint8", 0) }, { axis: -1, opset: 13 }),
  oneOf("QLinearGlobalAveragePool", [1, 3, 3, 5], { ys: scalar(Y / 2), yz: zero("uint8", 100) }, { channels_last: 0 }),
  oneOf(
    "QLinearAveragePool",
    [1, 2, 3, 5],
    { ys: scalar(Y / 2), yz: zero("uint8", 120) },
    { channels_last: 0, kernel_shape: [2, 3] },
  ),
  twoOf("QLinearAdd", [3, 5], { data: "c", shape: [5] }),
  twoOf("QLinearMul", [3, 5], { data: "c", shape: [3, 1] }),
  twoOf("QLinearMul", [3, 5], { data: "t0", shape: [] }),
  {
    name: "QLinearConcat of two scales",
    model: {
      inputs: { x: [2, 3] },
      nodes: [
        { op: "QuantizeLinear", inputs: ["x", "xs", "xz"] },
        {
          op: "QLinearConcat",
          domain: "com.microsoft",
          inputs: ["ys", "yz", "t0", "xs", "xz", "c", "cs", "cz"],
          attributes: { axis: 1 },
        },
        { op: "DequantizeLinear", inputs: ["t1", "ys", "yz"] },
      ],
      constants: {
        xs: scalar(X),
        xz: zero("uint8", 128),
        c: integers("uint8", [2, 4], 0, 255),
        cs: scalar(W),
        cz: zero("uint8", 9),
        ys: scalar(Y),
        yz: zero("uint8", 60),
      },
    },
    jumps: true,
  },
  ...[true, false].map(
    (isQuantized): Case => ({
      name: `QGemm with zero points and a bias, ${isQuantized ? "quantized" : "real"}`,
      model: {
        inputs: { x: [2, 7] },
        nodes: [
          { op: "QuantizeLinear", inputs: ["x", "xs", "xz"] },
          {
            op: "QGemm",
            domain: "com.microsoft",
            inputs: ["t0", "xs", "xz", "w", "ws", "wz", "b", ...(isQuantized ? ["ys", "yz"] : [])],
            attributes: { transB: 1, alpha: { float: 0.75 } },
          },
          ...(isQuantized ? [{ op: "DequantizeLinear", inputs: ["t1", "ys", "yz"] }] : []),
        ],
        constants: {
          xs: scalar(X),
          xz: zero("uint8", 110),
          w: integers("int8", [3, 7], -100, 100),
          ws: scalar(W),
          wz: zero("int8", 0),
          b: integers("int32", [3], -2000, 2000),
          ys: scalar(Y),
          yz: zero("uint8", 127),
        },
      },
      jumps: true,
    }),
  ),
  oneOf(
    "QLinearAveragePool",
    [1, 3, 5, 2],
    { ys: scalar(Y / 2), yz: zero("uint8", 120) },
    { channels_last: 1, kernel_shape: [2, 3] },
  ),
  oneOf("QLinearGlobalAveragePool", [1, 3, 5, 3], { ys: scalar(Y / 2), yz: zero("uint8", 100) }, { channels_last: 1 }),
  {
    ...oneOf("QLinearReduceMean", [2, 3, 5], { ys: scalar(Y / 2), yz: zero("uint8", 100) }, { axes: [1], keepdims: 0 }),
    oracle: {
      inputs: { x: [2, 3, 5] },
      nodes: [
        { op: "QuantizeLinear", inputs: ["x", "xs", "xz"] },
        { op: "DequantizeLinear", inputs: ["t0", "xs", "xz"] },
        { op: "ReduceMean", inputs: ["t1"], attributes: { axes: [1], keepdims: 0 } },
        { op: "QuantizeLinear", inputs: ["t2", "ys", "yz"] },
        { op: "DequantizeLinear", inputs: ["t3", "ys", "yz"], outputs: ["y"] },
      ],
      constants: { xs: scalar(X), xz: zero("uint8", 128), ys: scalar(Y / 2), yz: zero("uint8", 100) },
    },
  },
  {
    name: "QLinearWhere of a constant condition, a tensor and a constant",
    model: {
      inputs: { x: [2, 5] },
      nodes: [
        { op: "QuantizeLinear", inputs: ["x", "xs", "xz"] },
        {
          op: "QLinearWhere",
          domain: "com.microsoft",
          inputs: ["condition", "t0", "xs", "xz", "c", "cs", "cz", "ys", "yz"],
        },
        { op: "DequantizeLinear", inputs: ["t1", "ys", "yz"] },
      ],
      constants: {
        condition: { shape: [2, 5], data: [1, 0, 0, 1, 1, 0, 1, 1, 0, 1], type: "bool" },
        xs: scalar(X),
        xz: zero("uint8", 128),
        c: integers("uint8", [5], 0, 255),
        cs: scalar(W),
        cz: zero("uint8", 9),
        ys: scalar(Y / 2),
        yz: zero("uint8", 110),
      },
    },
    jumps: true,
  },
  {
    name: "QLinearConv of onnxruntime, channels last",
    model: {
      inputs: { x: [1, 5, 4, 2] },
      nodes: [
        { op: "QuantizeLinear", inputs: ["x", "xs", "xz"] },
        {
          op: "QLinearConv",
          domain: "com.microsoft",
          inputs: ["t0", "xs", "xz", "w", "ws", "wz", "ys", "yz", "b"],
          attributes: { channels_last: 1, pads: [1, 1, 0, 0] },
        },
        { op: "DequantizeLinear", inputs: ["t1", "ys", "yz"] },
      ],
      constants: convConstants(),
    },
    jumps: true,
  },
  {
    name: "NhwcMaxPool, padded",
    model: {
      inputs: { x: [1, 5, 4, 3] },
      nodes: [
        { op: "QuantizeLinear", inputs: ["x", "xs", "xz"] },
        {
          op: "NhwcMaxPool",
          domain: "com.microsoft",
          inputs: ["t0"],
          attributes: { kernel_shape: [3, 2], strides: [2, 1], pads: [1, 0, 1, 0] },
        },
        { op: "DequantizeLinear", inputs: ["t1", "xs", "xz"] },
      ],
      constants: { xs: scalar(X), xz: zero("uint8", 121) },
    },
    jumps: true,
  },
];

/** An operator of com.microsoft on one quantized tensor. */
function oneOf(
  op: string,
  shape: readonly number[],
  result: Record<string, TestTensor>,
  attributes: Record<string, TestAttribute> = {},
): Case {
  return {
    name: `${op} [${shape}]${attributes.channels_last === 1 ? ", channels last" : ""}`,
    model: {
      inputs: { x: shape },
      nodes: [
        { op: "QuantizeLinear", inputs: ["x", "xs", "xz"] },
        { op, domain: "com.microsoft", inputs: ["t0", "xs", "xz", "ys", "yz"], attributes },
        { op: "DequantizeLinear", inputs: ["t1", "ys", "yz"], outputs: ["y"] },
      ],
      constants: { xs: scalar(X), xz: zero("uint8", 128), ...result },
    },
    jumps: true,
  };
}

/** An operator of com.microsoft on a quantized tensor and a constant, or on the tensor twice. */
function twoOf(op: string, shape: readonly number[], other: { data: string; shape: readonly number[] }): Case {
  const isConstant = other.data === "c";
  const [scale, point] = isConstant ? ["cs", "cz"] : ["xs", "xz"];
  return {
    name: `${op} [${shape}] ${isConstant ? `constant [${other.shape}]` : "with itself"}`,
    model: {
      inputs: { x: shape },
      nodes: [
        { op: "QuantizeLinear", inputs: ["x", "xs", "xz"] },
        { op, domain: "com.microsoft", inputs: ["t0", "xs", "xz", other.data, scale, point, "ys", "yz"] },
        { op: "DequantizeLinear", inputs: ["t1", "ys", "yz"] },
      ],
      constants: {
        xs: scalar(X),
        xz: zero("uint8", 128),
        ...(isConstant ? { c: integers("uint8", other.shape, 0, 255), cs: scalar(W / 2), cz: zero("uint8", 140) } : {}),
        ys: scalar(Y / 2),
        yz: zero("uint8", 128),
      },
    },
    jumps: true,
  };
}

/** Of a QLinearConv from two channels to three with a kernel of 2 by 3. */
function convConstants(): Record<string, TestTensor> {
  return {
    xs: scalar(X),
    xz: zero("uint8", 121),
    w: integers("int8", [3, 2, 2, 3], -100, 100),
    ws: scales(W, W / 2, W / 4),
    wz: { shape: [3], data: [0, 0, 0], type: "int8" },
    ys: scalar(Y),
    yz: zero("uint8", 130),
    b: integers("int32", [3], -2000, 2000),
  };
}
