/** Small circuits for tests of the proof system: odd sizes, padding on both sides, every kind of axis and operand. */
import type { BoundaryTensor, Circuit, Product, Segment, Table, Term, Visibility } from "../../core/circuit.ts";
import { maskRowsFor } from "../../core/layout.ts";

export const RELU: Table = {
  name: "relu",
  lo: -100,
  hi: 100,
  breaks: [
    { at: -100, level: 0, slope: 0 },
    { at: 0, level: 0, slope: 1 },
    { at: 50, level: 0, slope: -1 },
  ],
};

const plain = (n: number, cell: number, row: number, first?: number, count?: number) =>
  ({
    kind: "plain",
    n,
    cell,
    row,
    ...(count === undefined ? {} : { vars: { first: first as number, count } }),
  }) as const;

/**
 * Input x of shape [1, 5, 5] (relu table, 0..50).
 *   conv   2 channels, 3x3, padding 1, stride 2 on height and 1 on width, bias: rows [2, 3, 5], relu
 *   dense  30 -> 3 with bias, identity table tabulated in the fixed cells
 *   square elementwise product of dense with itself plus a linear term, relu
 */
export function mixedCircuit(
  options: { logRows?: number; blocksPerColumn?: 1 | 2 | 4; fixedColumnLength?: number; seed?: number } = {},
): Circuit {
  const { logRows = 10 } = options;
  const random = numbers(options.seed ?? 7);
  const fixed: number[] = [];
  const place = (values: number[]): number => {
    const base = fixed.length;
    fixed.push(...values);
    return base;
  };
  const convWeights = place(Array.from({ length: 18 }, () => random(-9, 9)));
  const convBias = place([13, -200]);
  const denseWeights = place(Array.from({ length: 90 }, () => random(-12, 12)));
  const denseBias = place([6000, -7000, 3000]);
  const identity: Table = { name: "third", lo: -300, hi: 300, fixedBase: fixed.length };
  for (let x = -300; x <= 300; x++) fixed.push(Math.round(x / 3));

  const products: Product[] = [];
  const withProducts = (make: (maskRows: number) => Circuit): Circuit => {
    make(0);
    return make(maskRowsFor(logRows, products));
  };
  return withProducts((maskRows) => {
    products.length = 0;
    const x = maskRows;
    const conv = x + 25;
    const dense = conv + 30;
    const square = dense + 3;
    const window = (outN: number, stride: number, cell: number, row: number, first: number) =>
      ({
        kind: "window",
        outN,
        kernelN: 3,
        stride,
        dilation: 1,
        pad: 1,
        inputN: 5,
        cell,
        row,
        vars: { first, count: 2 },
      }) as const;
    const convProduct: Product = {
      bits: 4,
      left: [{ source: "y", base: x, rowBase: conv, coef: 1, axes: [window(3, 2, 5, 5, 2), window(5, 1, 1, 1, 0)] }],
      right: [
        {
          source: "fixed",
          base: convWeights,
          rowBase: 0,
          coef: 1,
          axes: [plain(2, 9, 15), plain(3, 3, 0, 2, 2), plain(3, 1, 0, 0, 2)],
        },
      ],
    };
    const denseProduct: Product = {
      bits: 5,
      left: [{ source: "y", base: conv, rowBase: dense, coef: 1, axes: [plain(30, 1, 0, 0, 5)] }],
      right: [
        { source: "fixed", base: denseWeights, rowBase: 0, coef: 1, axes: [plain(3, 30, 1), plain(30, 1, 0, 0, 5)] },
      ],
    };
    const self = (rowBase: number): Term => ({
      source: "y",
      base: dense,
      rowBase,
      coef: 1,
      axes: [plain(3, 1, rowBase === 0 ? 0 : 1, 0, 2), plain(1, 0, 0, 2, 1)],
    });
    const squareProduct: Product = { bits: 3, left: [self(square)], right: [self(0)] };
    products.push(convProduct, denseProduct, squareProduct);
    const segments: Segment[] = [
      segment(
        "conv",
        conv,
        30,
        0,
        [{ source: "fixed", base: convBias, rowBase: conv, coef: 1, axes: [plain(2, 1, 15), plain(15, 0, 1)] }],
        [convProduct],
      ),
      segment(
        "dense",
        dense,
        3,
        1,
        [{ source: "fixed", base: denseBias, rowBase: dense, coef: 1, axes: [plain(3, 1, 1)] }],
        [denseProduct],
      ),
      segment(
        "square",
        square,
        3,
        1,
        [{ source: "q", base: dense, rowBase: square, coef: -2, axes: [plain(3, 1, 1)] }],
        [squareProduct],
        5,
      ),
    ];
    return {
      name: "mixed",
      logRows,
      maskRows,
      constrainedStart: conv,
      constrainedEnd: square + 3,
      shiftBits: 6,
      tables: [RELU, identity],
      inputs: [
        {
          name: "x",
          visibility: "public",
          shape: [1, 5, 5],
          block: "y",
          start: x,
          count: 25,
          elementBytes: 1,
          signed: false,
          scale: 1,
          table: 0,
        },
      ],
      outputs: [
        {
          name: "out",
          visibility: "public",
          shape: [3],
          block: "q",
          start: square,
          count: 3,
          elementBytes: 2,
          signed: true,
          scale: 1,
          table: 1,
        },
      ],
      segments,
      weights: "fixed",
      fixedLength: fixed.length,
      fixed: Int32Array.from(fixed),
      blocksPerColumn: options.blocksPerColumn ?? 4,
      fixedColumnLength: options.fixedColumnLength ?? 1024,
    };
  });
}

function segment(
  name: string,
  start: number,
  count: number,
  table: number,
  linear: Term[],
  products: Product[],
  constant = 0,
): Segment {
  return { name, start, count, table, constant, linear, products };
}

/** Deterministic integers in [lo, hi]. */
export function numbers(seed: number): (lo: number, hi: number) => number {
  let state = seed >>> 0;
  return (lo, hi) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return lo + Math.floor((state / 2 ** 32) * (hi - lo + 1));
  };
}

/** Two or three inputs, a dense layer to two outputs, relu; 2^7 rows, one column. The smallest circuit with every kind of claim. */
export function tinyCircuit(inputCount: 2 | 3 = 3): Circuit {
  const logRows = 7;
  const product = (x: number, dense: number): Product => ({
    bits: 2,
    left: [{ source: "y", base: x, rowBase: dense, coef: 1, axes: [plain(inputCount, 1, 0, 0, 2)] }],
    right: [
      {
        source: "fixed",
        base: 0,
        rowBase: 0,
        coef: 1,
        axes: [plain(2, inputCount, 1), plain(inputCount, 1, 0, 0, 2)],
      },
    ],
  });
  const maskRows = maskRowsFor(logRows, [product(0, 0)]);
  const dense = maskRows + inputCount;
  const bias: Term = { source: "fixed", base: 2 * inputCount, rowBase: dense, coef: 1, axes: [plain(2, 1, 1)] };
  const relu: Table = {
    name: "relu",
    lo: -20,
    hi: 20,
    breaks: [
      { at: -20, level: 0, slope: 0 },
      { at: 0, level: 0, slope: 1 },
    ],
  };
  return {
    name: "tiny",
    logRows,
    maskRows,
    constrainedStart: dense,
    constrainedEnd: dense + 2,
    shiftBits: 3,
    tables: [relu],
    inputs: [
      {
        name: "x",
        visibility: "public",
        shape: [inputCount],
        block: "y",
        start: maskRows,
        count: inputCount,
        elementBytes: 1,
        signed: false,
        scale: 1,
        table: 0,
      },
    ],
    outputs: [
      {
        name: "out",
        visibility: "public",
        shape: [2],
        block: "y",
        start: dense,
        count: 2,
        elementBytes: 1,
        signed: false,
        scale: 1,
        table: 0,
      },
    ],
    segments: [segment("dense", dense, 2, 0, [bias], [product(maskRows, dense)])],
    weights: "fixed",
    fixedLength: 8,
    fixed: Int32Array.from([2, -1, 3, 1, 1, -2, 5, -7]),
    blocksPerColumn: 4,
    fixedColumnLength: 512,
  };
}

/**
 * Inputs x (5 values) and j, two indices; out_i = x[j_i] read from memory, then copied. 2^8 rows, no product: the smallest circuit
 * with a table of witness cells.
 */
export function memoryCircuit(): Circuit {
  const [logRows, shiftBits, size, reads] = [8, 3, 5, 2];
  const maskRows = maskRowsFor(logRows, [], true);
  const [x, j] = [maskRows, maskRows + size];
  const read = j + reads;
  const out = read + reads;
  const copy = (source: "q" | "y", base: number, rowBase: number): Term => ({
    source,
    base,
    rowBase,
    coef: 2 ** shiftBits,
    axes: [plain(reads, 1, 1)],
  });
  const identity = (name: string, lo: number, hi: number): Table => ({
    name,
    lo,
    hi,
    breaks: [{ at: lo, level: lo, slope: 1 }],
  });
  const tensor = { visibility: "public", elementBytes: 1, signed: true, scale: 1, block: "q" } as const;
  return {
    name: "memory",
    logRows,
    maskRows,
    constrainedStart: read,
    constrainedEnd: out + reads,
    shiftBits,
    tables: [
      identity("values", -20, 20),
      identity("indices", 0, size - 1),
      { name: "memory of x", lo: 0, hi: size - 1, memory: { block: "q", start: x } },
    ],
    inputs: [
      { ...tensor, name: "x", shape: [size], start: x, count: size, table: 0 },
      { ...tensor, name: "j", shape: [reads], start: j, count: reads, table: 1 },
    ],
    outputs: [{ ...tensor, name: "out", shape: [reads], start: out, count: reads, table: 0 }],
    segments: [
      segment("read", read, reads, 2, [copy("q", j, read)], []),
      segment("out", out, reads, 0, [copy("y", read, out)], []),
    ],
    weights: "fixed",
    fixedLength: 0,
    fixed: new Int32Array(0),
    blocksPerColumn: 4,
    fixedColumnLength: 1024,
  };
}

/** With its weights hidden: the weights are few enough to leave the last cell of their column free. */
export function withPrivateWeights(circuit: Circuit): Circuit {
  return { ...circuit, weights: "private" };
}

/** The tiny circuit with private weights and its tensors split, so that every visibility occurs on both sides. */
export function veiledCircuit(): Circuit {
  const circuit = tinyCircuit();
  const split = (tensor: BoundaryTensor, visibilities: readonly Visibility[]): BoundaryTensor[] =>
    visibilities.map((visibility, i) => ({
      ...tensor,
      name: `${visibility} ${tensor.name}`,
      visibility,
      shape: [1],
      start: tensor.start + (i % tensor.count),
      count: 1,
    }));
  return {
    ...withPrivateWeights(circuit),
    name: "veiled",
    inputs: split(circuit.inputs[0], ["hashed", "committed", "private"]),
    outputs: split(circuit.outputs[0], ["committed", "hashed", "public", "private"]),
  };
}
