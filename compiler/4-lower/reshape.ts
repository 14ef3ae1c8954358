/** Reshapes of views: axes that merge and split without moving a cell. */
import { type Digit, extentOfAxis, mergeDigits, type View, type ViewAxis, type ViewTerm } from "./view.ts";

/** Undefined where some term's cells do not step evenly along the new axes. */
export function reshapeView(view: View, shape: readonly number[]): View | undefined {
  const groups = matchAxes(view.shape, shape);
  const terms: ViewTerm[] = [];
  for (const term of view.terms) {
    const axes: ViewAxis[] = [];
    for (const { from, to } of groups) {
      const merged = mergeAxes(
        from.map((axis) => term.axes[axis]),
        from.map((axis) => view.shape[axis]),
      );
      const split =
        merged &&
        splitAxis(
          merged,
          to.map((axis) => shape[axis]),
        );
      if (split === undefined) return undefined;
      axes.push(...split);
    }
    terms.push({ ...term, axes });
  }
  return { ...view, shape, terms };
}

interface AxisGroup {
  readonly from: number[];
  readonly to: number[];
}

/** Runs of old and new axes with equal products, as short as possible. */
function matchAxes(before: readonly number[], after: readonly number[]): AxisGroup[] {
  const groups: AxisGroup[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const group: AxisGroup = { from: [], to: [] };
    let [m, n] = [1, 1];
    const takeOld = (): void => {
      m *= before[i];
      group.from.push(i++);
    };
    const takeNew = (): void => {
      n *= after[j];
      group.to.push(j++);
    };
    if (i < before.length) takeOld();
    if (j < after.length) takeNew();
    while (m !== n) {
      if (m < n) takeOld();
      else takeNew();
    }
    groups.push(group);
  }
  return groups;
}

/** One axis from several: only the outermost that is longer than 1 may be covered in part. */
function mergeAxes(axes: readonly ViewAxis[], sizes: readonly number[]): ViewAxis | undefined {
  let merged: ViewAxis = { from: 0, digits: [] };
  let size = 1;
  for (const [i, axis] of axes.entries()) {
    const isWhole = axis.from === 0 && extentOfAxis(axis) === sizes[i];
    if (!isWhole && size > 1) return undefined;
    merged = { from: merged.from * sizes[i] + axis.from, digits: mergeDigits([...merged.digits, ...axis.digits]) };
    size *= sizes[i];
  }
  return merged;
}

/** Several axes from one. */
function splitAxis(axis: ViewAxis, sizes: readonly number[]): ViewAxis[] | undefined {
  const result: ViewAxis[] = [];
  let rest: ViewAxis = axis;
  for (let i = sizes.length - 1; i >= 0; i--) {
    const isLast = sizes.slice(0, i).every((n) => n === 1);
    if (isLast) {
      result.unshift(...sizes.slice(0, i).map(() => ({ from: 0, digits: [] })), rest);
      return result;
    }
    if (sizes[i] === 1) {
      result.unshift({ from: 0, digits: [] });
      continue;
    }
    const cut = cutDigits(rest, sizes[i]);
    if (cut === undefined) return undefined;
    result.unshift({ from: 0, digits: cut.inner });
    rest = { from: rest.from / sizes[i], digits: cut.outer };
  }
  return extentOfAxis(rest) === 1 && rest.from === 0 ? result : undefined;
}

/** The innermost digits whose product is n, cutting one digit in two where it must be. */
export function cutDigits({ from, digits }: ViewAxis, n: number): { outer: Digit[]; inner: Digit[] } | undefined {
  if (from % n !== 0) return undefined;
  const inner: Digit[] = [];
  let left = n;
  for (let i = digits.length - 1; i >= 0; i--) {
    if (left === 1) return { outer: digits.slice(0, i + 1), inner };
    const digit = digits[i];
    if (left % digit.n === 0) {
      inner.unshift(digit);
      left /= digit.n;
    } else if (digit.n % left === 0) {
      const outer = [...digits.slice(0, i), { n: digit.n / left, stride: digit.stride * left }];
      return { outer, inner: [{ n: left, stride: digit.stride }, ...inner] };
    } else {
      return undefined;
    }
  }
  return left === 1 ? { outer: [], inner } : undefined;
}
