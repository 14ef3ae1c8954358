/**
 * Circuits with much or little to stack, and what `core/stack.ts` makes of them: runs of every length, ties, steps of zero, runs that end
 * at a column's end or where variables run out.
 */
import type { Axis, Product, Segment, Term } from "../../core/circuit.ts";
import { linearTerms, productStacks } from "../../core/stack.ts";
import { integer, type Random, random } from "../../test/compiler/support/random.ts";

export interface StackingCase {
  readonly segments: readonly Segment[];
  /** The same segments with other sizes, one after another. */
  readonly sizes: readonly {
    readonly logRows: number;
    readonly fixedColumnLength: number;
    readonly expected: string;
  }[];
}

type Stacking = Pick<typeof import("../../core/stack.ts"), "linearTerms" | "productStacks">;

const SEED = 77;
const CIRCUITS = 200;
const SIZES = [
  { logRows: 12, fixedColumnLength: 1 << 20 },
  { logRows: 12, fixedColumnLength: 16 },
  { logRows: 3, fixedColumnLength: 1 << 20 },
];

/** Everything that the functions answer, as text. */
export function stackingOf(
  core: Stacking,
  segments: readonly Segment[],
  sizes: Pick<StackingCase["sizes"][number], "logRows" | "fixedColumnLength">,
): string {
  const circuit = { segments, ...sizes };
  return JSON.stringify([core.productStacks(circuit), core.linearTerms(circuit)]);
}

export function stackingCases(): StackingCase[] {
  const next = random(SEED);
  return Array.from({ length: CIRCUITS }, () => {
    const segments = [segmentOf(next)];
    return {
      segments,
      // What is found is kept by segments: each size is asked of a copy.
      sizes: SIZES.map((sizes) => ({
        ...sizes,
        expected: stackingOf({ linearTerms, productStacks }, structuredClone(segments), sizes),
      })),
    };
  });
}

/** Items stand at whole multiples of one step, in any order and some of them twice: runs, ties and steps of zero are common. */
function segmentOf(next: Random): Segment {
  const step = (): number => 4 * integer(next, 0, 2);
  const places = (count: number): number[] => Array.from({ length: count }, () => integer(next, 0, 5));
  const steps = (): { cell: number; row: number }[] =>
    Array.from({ length: integer(next, 1, 2) }, () => ({ cell: step(), row: step() }));
  const [left, right, [{ cell, row }]] = [steps(), steps(), steps()];
  const products = places(integer(next, 1, 8)).map(
    (l): Product => ({
      bits: 2,
      left: left.map(({ cell, row }) => termOf(next, cell * l, row * l, [plain(2, 3, 1), plain(3, 1, 0, 0)])),
      // Ends right before the next step where it stands, so that one cell more would leave a column.
      right: right.map(({ cell }) => ({
        ...termOf(next, cell * l, 0, [plain(4, 1, 0, 0), plain(2, 0, 1)]),
        coef: 1,
      })),
    }),
  );
  const linear = places(integer(next, 0, 8)).map((l) => termOf(next, cell * l, row * l, [plain(2, 1, 1)]));
  return { name: "s", start: 0, count: 1, table: 0, constant: 0, linear, products };
}

function termOf(next: Random, base: number, rowBase: number, axes: readonly Axis[]): Term {
  const isRare = integer(next, 0, 7) === 0;
  return { source: isRare ? "q" : "fixed", base, rowBase, coef: integer(next, 0, 7) === 0 ? 3 : 1, axes };
}

const plain = (n: number, cell: number, row: number, first?: number): Axis => ({
  kind: "plain",
  n,
  cell,
  row,
  ...(first === undefined ? {} : { vars: { first, count: 2 } }),
});
