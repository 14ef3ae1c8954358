/** TensorProto to Tensor; strings become their positions in a list of names. */
import onnxProto from "onnx-proto";
import { ModelFormatError, UnsupportedError } from "../errors.ts";
import { type DataType, sizeOf, type Tensor } from "../tensor.ts";

const { DataType: Kind, DataLocation } = onnxProto.onnx.TensorProto;

const DATA_TYPES: Readonly<Record<number, DataType>> = {
  [Kind.FLOAT]: "float32",
  [Kind.UINT8]: "uint8",
  [Kind.INT8]: "int8",
  [Kind.UINT16]: "uint16",
  [Kind.INT16]: "int16",
  [Kind.INT32]: "int32",
  [Kind.INT64]: "int64",
  [Kind.BOOL]: "bool",
  [Kind.FLOAT16]: "float16",
  [Kind.DOUBLE]: "float64",
};

const ELEMENT_BYTES: Readonly<Record<DataType, number>> = {
  float32: 4,
  float64: 8,
  float16: 2,
  int64: 8,
  int32: 4,
  int16: 2,
  int8: 1,
  uint8: 1,
  uint16: 2,
  bool: 1,
};

/** Elements a tensor may have: a file that claims more is broken, and the buffer would not fit a machine. */
const MAX_ELEMENTS = 2 ** 30;

export function dataTypeOf(code: number | null | undefined): DataType | undefined {
  return DATA_TYPES[code ?? 0];
}

export function readTensor(proto: onnxProto.onnx.ITensorProto, label: string): Tensor {
  const hasNames = proto.dataType === Kind.STRING;
  const dtype = hasNames ? "int64" : dataTypeOf(proto.dataType);
  if (dtype === undefined) {
    throw new UnsupportedError({
      reason: `tensor ${label} has element type ${proto.dataType ?? 0}`,
      remedy: "export the model with float32 weights",
    });
  }
  const isExternal = proto.dataLocation === DataLocation.EXTERNAL || (proto.externalData?.length ?? 0) > 0;
  if (isExternal) {
    throw new UnsupportedError({
      reason: `tensor ${label} keeps its data in another file`,
      remedy: "save the model as one file (onnx.save_model with save_as_external_data=False)",
    });
  }
  const shape = (proto.dims ?? []).map(Number);
  const size = sizeOf(shape);
  if (shape.some((n) => !Number.isSafeInteger(n) || n < 0) || size > MAX_ELEMENTS) {
    throw new ModelFormatError({
      reason: `tensor ${label} has the shape [${shape}]`,
      remedy: "export the model again",
    });
  }
  const strings = (proto.stringData ?? []).map((bytes) => new TextDecoder().decode(bytes));
  const names = [...new Set(strings)];
  const data = hasNames
    ? Float64Array.from(strings, (name) => names.indexOf(name))
    : (proto.rawData?.length ?? 0) > 0
      ? rawElements(proto.rawData as Uint8Array, dtype, size, label)
      : typedElements(proto, dtype);
  if (data.length !== size) {
    throw new ModelFormatError({
      reason: `tensor ${label} of shape [${shape}] has the wrong amount of data`,
      expected: `${size} elements`,
      got: `${data.length} elements`,
      remedy: "export the model again; the file may be cut short",
    });
  }
  if (dtype === "int64" && data.some((value) => !Number.isSafeInteger(value))) clampToSafe(data);
  return { dtype, shape, data, ...(hasNames ? { names } : {}) };
}

/** Slices use the largest int64 to mean "to the end"; the largest safe integer means the same. */
function clampToSafe(data: Float64Array): void {
  data.forEach((value, i) => {
    data[i] = Math.max(Math.min(value, Number.MAX_SAFE_INTEGER), Number.MIN_SAFE_INTEGER);
  });
}

function rawElements(bytes: Uint8Array, dtype: DataType, size: number, label: string): Float64Array {
  const width = ELEMENT_BYTES[dtype];
  if (bytes.length !== size * width) {
    throw new ModelFormatError({
      reason: `tensor ${label} has the wrong amount of raw data`,
      expected: `${size * width} bytes`,
      got: `${bytes.length} bytes`,
      remedy: "export the model again; the file may be cut short",
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = new Float64Array(size);
  for (let i = 0; i < size; i++) data[i] = rawElement(view, i * width, dtype);
  return data;
}

function rawElement(view: DataView, offset: number, dtype: DataType): number {
  switch (dtype) {
    case "float32":
      return view.getFloat32(offset, true);
    case "float64":
      return view.getFloat64(offset, true);
    case "float16":
      return halfToNumber(view.getUint16(offset, true));
    case "int64":
      return Number(view.getBigInt64(offset, true));
    case "int32":
      return view.getInt32(offset, true);
    case "int16":
      return view.getInt16(offset, true);
    case "uint16":
      return view.getUint16(offset, true);
    case "int8":
      return view.getInt8(offset);
    default:
      return view.getUint8(offset);
  }
}

function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return (sign * fraction) / 2 ** 24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent >= 25
    ? sign * (1024 + fraction) * 2 ** (exponent - 25)
    : (sign * (1024 + fraction)) / 2 ** (25 - exponent);
}

function typedElements(proto: onnxProto.onnx.ITensorProto, dtype: DataType): Float64Array {
  switch (dtype) {
    case "float32":
      return Float64Array.from(proto.floatData ?? []);
    case "float64":
      return Float64Array.from(proto.doubleData ?? []);
    case "int64":
      return Float64Array.from((proto.int64Data ?? []) as unknown[], Number);
    case "float16":
      return Float64Array.from(proto.int32Data ?? [], halfToNumber);
    default:
      return Float64Array.from(proto.int32Data ?? []);
  }
}
