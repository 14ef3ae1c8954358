/** Views: every change of indices against the same change made on the numbers. */
import { expect, test } from "vitest";
import { reshapeView } from "../../compiler/4-lower/reshape.ts";
import {
  concatViews,
  expandView,
  insertAxis,
  rowsView,
  slotView,
  transposeView,
  type View,
} from "../../compiler/4-lower/view.ts";
import { applyView } from "../../compiler/steps/view.ts";
import { forEachIndex, sizeOf, stridesOf } from "../../compiler/tensor.ts";
import { integer, type Random, random } from "./support/random.ts";

const SEED = 31;
const CELLS = { owner: 0, block: "q" } as const;

/** Numbers of a view whose cell at row r holds r + 1. */
function read(view: View): number[] {
  const out = new Array<number>(sizeOf(view.shape)).fill(0);
  const strides = stridesOf(view.shape);
  for (const term of view.terms) {
    forEachIndex(view.shape, strides, (position) => {
      let rest = position;
      let cell = term.base;
      let isCovered = true;
      view.shape.forEach((_, axis) => {
        const index = Math.floor(rest / strides[axis]);
        rest %= strides[axis];
        const { from, digits } = term.axes[axis];
        const extent = digits.reduce((n, digit) => n * digit.n, 1);
        if (index < from || index >= from + extent) isCovered = false;
        let inner = index - from;
        for (const digit of [...digits].reverse()) {
          cell += (inner % digit.n) * digit.stride;
          inner = Math.floor(inner / digit.n);
        }
      });
      if (isCovered) out[position] += term.coef * (cell + 1);
    });
  }
  return out;
}

function rows(shape: readonly number[]): View {
  return rowsView(CELLS, shape, { lo: 0, hi: 9 });
}

function numbers(count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => i + 1);
}

function shuffled(next: Random, n: number): number[] {
  const items = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = integer(next, 0, i);
    [items[i], items[j]] = [items[j], items[i]];
  }
  return items;
}

/** A random way to write the size as a product. */
function factorized(next: Random, size: number): number[] {
  const shape: number[] = [];
  let rest = size;
  while (rest > 1) {
    const divisors = Array.from({ length: rest }, (_, i) => i + 1).filter((d) => rest % d === 0);
    const n = divisors[integer(next, 0, divisors.length - 1)];
    shape.push(n);
    rest /= n;
  }
  return shape.length === 0 ? [1] : shape;
}

test("random transposes, reshapes, slices, concatenations and broadcasts", () => {
  const next = random(SEED);
  let [moved, refused] = [0, 0];
  for (let round = 0; round < 400; round++) {
    let shape: readonly number[] = Array.from({ length: integer(next, 1, 4) }, () => integer(next, 1, 6));
    let view = rows(shape);
    let data = numbers(sizeOf(shape));
    for (let step = 0; step < 5; step++) {
      const kind = integer(next, 0, 3);
      const axis = integer(next, 0, shape.length - 1);
      if (kind === 0) {
        const permutation = shuffled(next, shape.length);
        const after = permutation.map((i) => shape[i]);
        data = applyView({ name: "transpose", permutation }, [{ shape, data }], after);
        view = transposeView(view, permutation);
        shape = after;
      } else if (kind === 1) {
        const after = factorized(next, sizeOf(shape));
        const changed = reshapeView(view, after);
        if (changed === undefined) {
          refused++;
          continue;
        }
        view = changed;
        shape = after;
      } else if (kind === 2) {
        const start = integer(next, 0, shape[axis] - 1);
        const stride = integer(next, 1, 2);
        const count = Math.floor((shape[axis] - 1 - start) / stride) + 1;
        const after = shape.map((n, i) => (i === axis ? count : n));
        const changed = slotView(view, axis, count, stride, start);
        if (changed === undefined) {
          refused++;
          continue;
        }
        data = applyView({ name: "slice", axis, start, step: stride }, [{ shape, data }], after);
        view = changed;
        shape = after;
      } else {
        const after = shape.map((n, i) => (i === axis ? 2 * n : n));
        if (sizeOf(after) > 2000) continue;
        data = applyView(
          { name: "concat", axis },
          [
            { shape, data },
            { shape, data },
          ],
          after,
        );
        view = concatViews([view, view], axis, after);
        shape = after;
      }
      moved++;
      expect(read(view), `round ${round}, step ${step}, seed ${SEED}`).toEqual([...data]);
    }
  }
  // Most changes are possible without a copy; some are not, and that must show too.
  expect(moved).toBeGreaterThan(1000);
  expect(refused).toBeGreaterThan(20);
});

test("a slot beyond the cells reads zero and widens the range to it", () => {
  const view = slotView({ ...rows([5]), lo: 3, hi: 9 }, 0, 4, 2, -1) as View;
  expect(read(view)).toEqual([0, 2, 4, 0]);
  expect(view.lo).toBe(0);
});

test("a slot with a negative stride reads backwards", () => {
  expect(read(slotView(rows([7]), 0, 3, -2, 6) as View)).toEqual([7, 5, 3]);
});

test("an expanded axis repeats its cells", () => {
  expect(read(expandView(insertAxis(rows([3]), 0), [2, 3]))).toEqual([1, 2, 3, 1, 2, 3]);
});

test("reshapes that would need a copy are refused", () => {
  expect(reshapeView(transposeView(rows([3, 4]), [1, 0]), [12])).toBeDefined();
  expect(reshapeView(transposeView(rows([3, 4]), [1, 0]), [6, 2])).toBeUndefined();
});
