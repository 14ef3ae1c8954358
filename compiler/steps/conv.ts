/** Convolution as a part of a linear step: what it adds to the accumulator. */
import type { ConvPart, Window } from "../program.ts";

const POINT: Window = { inputN: 1, outN: 1, kernel: 1, stride: 1, dilation: 1, pad: 0 };

/** Two spatial windows; a single one becomes the last. */
export function windowPair(windows: readonly Window[]): readonly [Window, Window] {
  return windows.length === 1 ? [POINT, windows[0]] : [windows[0], windows[1]];
}

/** Output positions handled at a time: a block of patches stays in the cache and in memory whatever the image. */
const BLOCK = 512;

/**
 * acc[n][o][h][w] += sum over c, kh, kw of weights[o][c][kh][kw] · x[n][c][h'][w']
 *
 * Block by block of output positions: the input cells each kernel cell meets are laid out as a matrix, then rows of it are added up.
 */
export function accumulateConv(acc: Float64Array, part: ConvPart, x: Float64Array): void {
  const [height, width] = windowPair(part.windows);
  const inSize = height.inputN * width.inputN;
  const outSize = height.outN * width.outN;
  const batch = x.length / (part.channels * inSize);
  const groupIn = part.channels / part.groups;
  const groupOut = part.outChannels / part.groups;
  const depth = groupIn * height.kernel * width.kernel;
  const patches = new Float64Array(depth * Math.min(BLOCK, outSize));
  for (let plane = 0; plane < batch * part.groups; plane++) {
    const group = plane % part.groups;
    const outBase = plane * groupOut * outSize;
    for (let from = 0; from < outSize; from += BLOCK) {
      const count = Math.min(BLOCK, outSize - from);
      fillPatches(patches, x, plane * groupIn * inSize, groupIn, height, width, from, count);
      for (let o = 0; o < groupOut; o += 2) {
        const row = (group * groupOut + o) * depth;
        const at = outBase + o * outSize + from;
        if (o + 1 < groupOut) addTwoRows(acc, [at, at + outSize], part.weights, row, depth, patches, count);
        else addRow(acc, at, part.weights, row, depth, patches, count);
      }
    }
  }
}

/** patches[c, kh, kw][p] = the input cell that kernel cell meets at output position from + p, 0 outside the input. */
function fillPatches(
  patches: Float64Array,
  x: Float64Array,
  base: number,
  channels: number,
  height: Window,
  width: Window,
  from: number,
  count: number,
): void {
  let row = 0;
  for (let c = 0; c < channels; c++) {
    for (let kh = 0; kh < height.kernel; kh++) {
      for (let kw = 0; kw < width.kernel; kw++, row += count) {
        let h = Math.floor(from / width.outN);
        let w = from % width.outN;
        for (let p = 0; p < count; p++) {
          const i = height.stride * h + height.dilation * kh - height.pad;
          const j = width.stride * w + width.dilation * kw - width.pad;
          const isInside = i >= 0 && i < height.inputN && j >= 0 && j < width.inputN;
          patches[row + p] = isInside ? x[base + (c * height.inputN + i) * width.inputN + j] : 0;
          if (++w === width.outN) {
            w = 0;
            h++;
          }
        }
      }
    }
  }
}

/** acc[at + p] += sum over k of weights[row + k] · patches[k][p], four k at a time. */
function addRow(
  acc: Float64Array,
  at: number,
  weights: Float64Array,
  row: number,
  depth: number,
  patches: Float64Array,
  count: number,
): void {
  let k = 0;
  for (; k + 4 <= depth; k += 4) {
    const [a, b, c, d] = [weights[row + k], weights[row + k + 1], weights[row + k + 2], weights[row + k + 3]];
    const [pa, pb, pc, pd] = [k * count, (k + 1) * count, (k + 2) * count, (k + 3) * count];
    for (let p = 0; p < count; p++) {
      acc[at + p] += a * patches[pa + p] + b * patches[pb + p] + (c * patches[pc + p] + d * patches[pd + p]);
    }
  }
  addRest(acc, at, weights, row, k, depth, patches, count);
}

/** `addRow` for two rows of weights that follow each other: each patch is read once for both. The sums are those of `addRow`. */
function addTwoRows(
  acc: Float64Array,
  [first, second]: readonly [number, number],
  weights: Float64Array,
  row: number,
  depth: number,
  patches: Float64Array,
  count: number,
): void {
  let k = 0;
  for (; k + 4 <= depth; k += 4) {
    const [a, b, c, d] = [weights[row + k], weights[row + k + 1], weights[row + k + 2], weights[row + k + 3]];
    const next = row + depth + k;
    const [e, f, g, h] = [weights[next], weights[next + 1], weights[next + 2], weights[next + 3]];
    const [pa, pb, pc, pd] = [k * count, (k + 1) * count, (k + 2) * count, (k + 3) * count];
    for (let p = 0; p < count; p++) {
      const va = patches[pa + p];
      const vb = patches[pb + p];
      const vc = patches[pc + p];
      const vd = patches[pd + p];
      acc[first + p] += a * va + b * vb + (c * vc + d * vd);
      acc[second + p] += e * va + f * vb + (g * vc + h * vd);
    }
  }
  addRest(acc, first, weights, row, k, depth, patches, count);
  addRest(acc, second, weights, row + depth, k, depth, patches, count);
}

/** From k = `start` on, one k at a time. */
function addRest(
  acc: Float64Array,
  at: number,
  weights: Float64Array,
  row: number,
  start: number,
  depth: number,
  patches: Float64Array,
  count: number,
): void {
  for (let k = start; k < depth; k++) {
    const weight = weights[row + k];
    for (let p = 0; p < count; p++) acc[at + p] += weight * patches[k * count + p];
  }
}
