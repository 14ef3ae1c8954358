/** Contractions: Einsum, and products with stacks of constant matrices. */
import { type Case, weights } from "./case.ts";

function einsum(
  equation: string,
  inputs: Readonly<Record<string, readonly number[]>>,
  constants: Readonly<Record<string, readonly number[]>> = {},
  order = [...Object.keys(inputs), ...Object.keys(constants)],
): Case {
  return {
    name: `Einsum ${equation}`,
    model: {
      inputs,
      nodes: [{ op: "Einsum", inputs: order, attributes: { equation } }],
      constants: Object.fromEntries(Object.entries(constants).map(([name, shape]) => [name, weights(shape)])),
    },
  };
}

export const EINSUM_CASES: readonly Case[] = [
  einsum("ij,jk->ik", { x: [2, 3] }, { w: [3, 5] }),
  einsum("ij,jk->ki", { x: [2, 3] }, { w: [2, 2] }, ["w", "x"]),
  einsum("bij,bkj->bik", { x: [2, 3, 4], y: [2, 5, 4] }),
  einsum("bhid,bhjd->bhij", { x: [1, 2, 3, 4], y: [1, 2, 3, 4] }),
  einsum("bij,bjk->bik", { x: [3, 2, 4] }, { w: [3, 4, 2] }),
  einsum("...ij,...jk", { x: [2, 3, 2], y: [2, 2, 3] }),
  einsum("i,j->ij", { x: [3], y: [4] }),
  einsum("ij,ij->", { x: [2, 3], y: [2, 3] }),
  einsum("ij->j", { x: [3, 4] }),
  einsum("ii->i", { x: [3, 3] }),
  einsum("iji->j", { x: [2, 3, 2] }),
  einsum("ijk->kij", { x: [2, 3, 2] }),
  einsum("ij,jk,kl->il", { x: [2, 3] }, { v: [3, 4], w: [4, 2] }),
  {
    name: "MatMul with a stack of constants",
    model: {
      inputs: { x: [2, 3, 4] },
      nodes: [{ op: "MatMul", inputs: ["x", "w"] }],
      constants: { w: weights([2, 4, 5]) },
    },
  },
  {
    name: "MatMul of a stack of constants, broadcast",
    model: {
      inputs: { x: [4, 3] },
      nodes: [{ op: "MatMul", inputs: ["w", "x"] }],
      constants: { w: weights([3, 2, 4]) },
    },
  },
];
