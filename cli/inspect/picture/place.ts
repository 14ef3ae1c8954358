/** Where the boxes of a picture stand: in rows by the longest way from an input, in each row near the boxes that they read. */
import type { Picture } from "./groups.ts";

export interface Place {
  /** Row from the top, and position in it, from 0 on. */
  readonly row: number;
  readonly column: number;
}

/** Edges that lead back, which joined nodes can have, do not move a box down. */
export function placeBoxes({ boxes, edges }: Picture): Place[] {
  const forward = edges.filter(([from, to]) => from < to);
  const rowOf = boxes.map(() => 0);
  boxes.forEach((_, box) => {
    for (const [from, to] of forward) if (to === box) rowOf[box] = Math.max(rowOf[box], rowOf[from] + 1);
  });
  const columnOf = boxes.map(() => 0);
  for (let row = 0; row <= Math.max(0, ...rowOf); row++) {
    const inRow = boxes.flatMap((_, box) => (rowOf[box] === row ? [box] : []));
    const wanted = new Map(
      inRow.map((box) => {
        const sources = forward.flatMap(([from, to]) => (to === box ? [columnOf[from]] : []));
        return [box, sources.reduce((sum, column) => sum + column, 0) / Math.max(1, sources.length)] as const;
      }),
    );
    inRow.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0) || a - b);
    inRow.forEach((box, column) => {
      columnOf[box] = column;
    });
  }
  return boxes.map((_, box) => ({ row: rowOf[box], column: columnOf[box] }));
}
