/**
 * The linear claims that the opening proves, in order: sum over terms of <weights, column> = value.
 *
 * Everything a proof asserts about committed cells ends here. Claim c is batched with gamma^c. With u the sumcheck point, E the
 * rows that (1) of `core/circuit.ts` constrains, L and R the sides of product p, and the masks of `core/layout.ts`:
 *
 *     q, y, rem, m, h     sum_i eq(u, i)·column_i = the sent evaluation
 *     table               the same for the lookup's committed values: fixed cells, memory cells and their mask
 *     helper sum          sum_{i >= maskRows} h_i = 0
 *     accumulators        sum_{i in E} tau^i (2^shiftBits q_i + rem_i) - linear terms + mu
 *                             = sum + sum_{i in E} tau^i (2^(shiftBits-1) + constant_i)
 *     zero-check          G(u) = last zero-check claim - lookup constraint at the evaluations
 *     product             sum_p E_p a_p R_p(u) + B(u) = last product claim - sum over witness products of E_p a_p b_p
 *     operand             L_p(u) + mask = a_p, and R_p(u) + mask = b_p for a witness right side
 *     input, output       public, hashed: digits of the packed bytes; committed: sum_i tau^i (cell i - coefficient i of its column) = 0
 *
 * E_p = prod_{bits_p <= j < productBits} (1 - u_j) extends a short product to all variables.
 *
 *     G(x) = sum_j sum_{k=1..4} c[j][k] (x_j^k - w_j)
 *     B(x) = mu prod_j (1 - x_j) + sum_j prod_{i<j} (1 - x_i) sum_{k=1..2} c'[j][k] (x_j^k - 1/2)
 *
 * Both vanish when summed over the cube (G weighted by eq(w, ·), B but for mu), whatever the coefficients, so they hide the round
 * polynomials without weakening the claims (compare Libra, ePrint 2019/317, section 4.1).
 */
import type { Circuit, Product, Term } from "./circuit.ts";
import { add, HALF, mod, mul, pow, sub } from "./field.ts";
import {
  type Block,
  blockCell,
  type Cell,
  circuitProducts,
  fixedCell,
  isWitnessProduct,
  type Layout,
  layoutOf,
  operandMaskRow,
  PRODUCT_DEGREE,
  productMaskRow,
  readsMemory,
  sumMaskRow,
  valueMaskRow,
  ZERO_CHECK_DEGREE,
  zeroCheckMaskRow,
} from "./layout.ts";
import { lookupConstraintAt, tablePlacements, VALUE_MASK_TABLE_ROW } from "./lookup.ts";
import { packedValue, packedWeights } from "./packing.ts";
import { linearTerms } from "./stack.ts";
import { knownBytes, type PlacedTensor, placedTensors, type Statement } from "./statement.ts";
import { eqAt, geometricSum, type WeightAxis, type WeightTerm } from "./weights.ts";

export interface Claim {
  readonly name: string;
  readonly value: bigint;
  readonly terms: readonly WeightTerm[];
}

export interface Challenges {
  readonly alpha: bigint;
  readonly beta: bigint;
  readonly tau: bigint;
  /** Zero-check point, w[k] = omega^(2^k). */
  readonly w: readonly bigint[];
  /** Sumcheck point, u[k] bound to bit k. */
  readonly u: readonly bigint[];
}

export interface Messages {
  /** Claimed sum of all products, plus mu. */
  readonly sum: bigint;
  readonly zeroCheckClaim: bigint;
  readonly productClaim: bigint;
  readonly q: bigint;
  readonly y: bigint;
  readonly rem: bigint;
  readonly m: bigint;
  readonly h: bigint;
  /** 0 when no table has committed values. */
  readonly table: bigint;
  /** Left value of every product, followed by the right value of a witness product. */
  readonly operands: readonly bigint[];
}

/** w[k] = omega^(2^k): substituting it makes a multilinear polynomial that is not zero a univariate one of degree below 2^n. */
export function zeroCheckPoint(omega: bigint, logRows: number): bigint[] {
  const w = [omega];
  for (let k = 1; k < logRows; k++) w.push(mul(w[k - 1], w[k - 1]));
  return w;
}

/** `preimages`: the packed bytes of hashed tensors, which come with the proof. */
export function claimsOf(
  circuit: Circuit,
  challenges: Challenges,
  messages: Messages,
  statement: Statement,
  preimages: Uint8Array = new Uint8Array(0),
): Claim[] {
  const layout = layoutOf(circuit);
  return [
    ...evaluationClaims(circuit, layout, challenges, messages),
    helperSumClaim(circuit, layout),
    accumulatorClaim(circuit, layout, challenges, messages),
    zeroCheckClaim(circuit, layout, challenges, messages),
    productClaim(circuit, layout, challenges, messages),
    ...operandClaims(circuit, challenges, messages),
    ...boundaryClaims(circuit, challenges, statement, preimages),
  ];
}

function at(
  circuit: Circuit,
  block: Block,
  row: number,
  coef: bigint,
  tauPower = 0,
  axes: readonly WeightAxis[] = [],
): WeightTerm {
  return placed("witness", blockCell(circuit, block, row), coef, tauPower, axes);
}

function placed(
  kind: "witness" | "fixed",
  cell: Cell,
  coef: bigint,
  tauPower: number,
  axes: readonly WeightAxis[],
): WeightTerm {
  return { column: { kind, index: cell.column }, offset: cell.offset, coef, tauPower, axes };
}

/** A circuit term as weights, scaled. */
function weighted(circuit: Circuit, term: Term, scale: bigint): WeightTerm {
  const coef = mul(scale, mod(BigInt(term.coef)));
  if (term.source === "fixed") return placed("fixed", fixedCell(circuit, term.base), coef, term.rowBase, term.axes);
  return at(circuit, term.source, term.base, coef, term.rowBase, term.axes);
}

function evaluationClaims(circuit: Circuit, layout: Layout, { u }: Challenges, messages: Messages): Claim[] {
  const eq = { kind: "plain", n: layout.rows, cell: 1, row: 0, vars: { first: 0, count: layout.logRows } } as const;
  const blocks = (["q", "y", "rem", "m"] as const).map((block) => ({
    name: block,
    value: messages[block],
    terms: [at(circuit, block, 0, 1n, 0, [eq])],
  }));
  const helper = {
    name: "h",
    value: messages.h,
    terms: [{ column: HELPER, offset: 0, coef: 1n, tauPower: 0, axes: [eq] }],
  };
  const values = committedValueTerms(circuit, layout, u);
  const table = values.length > 0 ? [{ name: "table", value: messages.table, terms: values }] : [];
  return [...blocks, helper, ...table];
}

const HELPER = { kind: "helper", index: 0 } as const;

/** sum over tables of eq(u, row + j)·cell j of the table's values, and eq(u, mask row)·mask where tables read memory. */
function committedValueTerms(circuit: Circuit, layout: Layout, u: readonly bigint[]): WeightTerm[] {
  const placements = tablePlacements(circuit);
  const terms = circuit.tables.flatMap(({ fixedBase, memory }, index) => {
    if (fixedBase === undefined && memory === undefined) return [];
    const { row, size } = placements[index];
    const axis = {
      kind: "plain",
      n: size,
      cell: 1,
      row: 0,
      first: row,
      vars: { first: 0, count: layout.logRows },
    } as const;
    if (memory) return [at(circuit, memory.block, memory.start, 1n, 0, [axis])];
    return [placed("fixed", fixedCell(circuit, fixedBase ?? 0), 1n, 0, [axis])];
  });
  if (!readsMemory(circuit)) return terms;
  return [...terms, at(circuit, "y", valueMaskRow(circuit), eqAt(u, VALUE_MASK_TABLE_ROW))];
}

function helperSumClaim(circuit: Circuit, layout: Layout): Claim {
  const ones = { kind: "plain", n: layout.rows - circuit.maskRows, cell: 1, row: 0 } as const;
  return {
    name: "helper sum",
    value: 0n,
    terms: [{ column: HELPER, offset: circuit.maskRows, coef: 1n, tauPower: 0, axes: [ones] }],
  };
}

function accumulatorClaim(circuit: Circuit, layout: Layout, { tau }: Challenges, { sum }: Messages): Claim {
  const { constrainedStart: start, constrainedEnd: end, shiftBits } = circuit;
  const rows = { kind: "plain", n: end - start, cell: 1, row: 1 } as const;
  const linear = linearTerms(circuit).map((term) => weighted(circuit, term, mod(-1n)));
  let value = add(sum, mul(mod(2n ** BigInt(shiftBits - 1)), rowSum(tau, start, end - start)));
  for (const segment of circuit.segments) {
    if (segment.constant !== 0)
      value = add(value, mul(mod(BigInt(segment.constant)), rowSum(tau, segment.start, segment.count)));
  }
  return {
    name: "accumulators",
    value,
    terms: [
      at(circuit, "q", start, 2n ** BigInt(shiftBits), start, [rows]),
      at(circuit, "rem", start, 1n, start, [rows]),
      at(circuit, "q", sumMaskRow(layout), 1n),
      ...linear,
    ],
  };
}

/** sum_{start <= i < start + count} tau^i */
function rowSum(tau: bigint, start: number, count: number): bigint {
  return mul(pow(tau, start), geometricSum(tau, count));
}

function zeroCheckClaim(
  circuit: Circuit,
  layout: Layout,
  { alpha, beta, w, u }: Challenges,
  messages: Messages,
): Claim {
  const terms: WeightTerm[] = [];
  for (let j = 0; j < layout.logRows; j++) {
    for (let k = 1; k <= ZERO_CHECK_DEGREE; k++)
      terms.push(at(circuit, "q", zeroCheckMaskRow(j, k), sub(pow(u[j], k), w[j])));
  }
  return {
    name: "zero-check",
    value: sub(messages.zeroCheckClaim, lookupConstraintAt(circuit, messages, u, alpha, beta)),
    terms,
  };
}

/** prod_{from <= j < to} (1 - u_j) */
function complement(u: readonly bigint[], from: number, to: number): bigint {
  let product = 1n;
  for (let j = from; j < to; j++) product = mul(product, sub(1n, u[j]));
  return product;
}

interface Operand {
  readonly product: Product;
  readonly left: bigint;
  /** Value of a witness right side. */
  readonly right: bigint | undefined;
}

/** Products in order with their sent values. */
export function pairOperands(circuit: Circuit, operands: readonly bigint[]): Operand[] {
  let next = 0;
  return circuitProducts(circuit).map((product) => ({
    product,
    left: operands[next++],
    right: isWitnessProduct(product) ? operands[next++] : undefined,
  }));
}

function productClaim(circuit: Circuit, layout: Layout, { u }: Challenges, messages: Messages): Claim {
  const { productBits: bits, logRows } = layout;
  const terms: WeightTerm[] = [at(circuit, "q", sumMaskRow(layout), complement(u, 0, bits))];
  for (let j = 0; j < bits; j++) {
    const scale = complement(u, 0, j);
    for (let k = 1; k <= PRODUCT_DEGREE; k++) {
      terms.push(at(circuit, "q", productMaskRow(logRows, j, k), mul(scale, sub(pow(u[j], k), HALF))));
    }
  }
  let value = messages.productClaim;
  for (const { product, left, right } of pairOperands(circuit, messages.operands)) {
    const scale = mul(complement(u, product.bits, bits), left);
    if (right === undefined) terms.push(...product.right.map((term) => weighted(circuit, term, scale)));
    else value = sub(value, mul(scale, right));
  }
  return { name: "product", value, terms };
}

function operandClaims(circuit: Circuit, { u }: Challenges, messages: Messages): Claim[] {
  const claims: Claim[] = [];
  const push = (name: string, value: bigint, terms: readonly Term[], maskWeight: bigint): void => {
    const mask = at(circuit, "y", operandMaskRow(claims.length), maskWeight);
    claims.push({ name, value, terms: [...terms.map((term) => weighted(circuit, term, 1n)), mask] });
  };
  pairOperands(circuit, messages.operands).forEach(({ product, left, right }, index) => {
    push(`operand ${index} left`, left, product.left, leftMaskWeight(product, u));
    if (right !== undefined) push(`operand ${index} right`, right, product.right, rightMaskWeight(product, u));
  });
  return claims;
}

/** eq(u, all ones): the index where the left side of a product holds its mask. */
export function leftMaskWeight(product: Product, u: readonly bigint[]): bigint {
  return u.slice(0, product.bits).reduce(mul, 1n);
}

/** eq(u, all ones but variable 0): where a witness right side holds its mask. */
export function rightMaskWeight(product: Product, u: readonly bigint[]): bigint {
  return u.slice(1, product.bits).reduce(mul, sub(1n, u[0]));
}

function boundaryClaims(circuit: Circuit, { tau }: Challenges, statement: Statement, preimages: Uint8Array): Claim[] {
  let committed = 0;
  return placedTensors(circuit).flatMap((placed): Claim[] => {
    const { tensor, side } = placed;
    if (tensor.visibility === "private") return [];
    const name = `${side} ${tensor.name}`;
    if (tensor.visibility === "committed")
      return [{ name, value: 0n, terms: committedTerms(circuit, placed, committed++) }];
    const cell = blockCell(circuit, tensor.block, tensor.start);
    const value = packedValue(tensor, knownBytes(placed, statement, preimages), tau);
    return [{ name, value, terms: packedWeights(tensor, { kind: "witness", index: cell.column }, cell.offset) }];
  });
}

/** sum_i tau^i (cell i - coefficient i of committed column `index`) */
export function committedTerms(circuit: Circuit, { tensor }: PlacedTensor, index: number): WeightTerm[] {
  const elements = { kind: "plain", n: tensor.count, cell: 1, row: 1 } as const;
  return [
    at(circuit, tensor.block, tensor.start, 1n, 0, [elements]),
    { column: { kind: "committed", index }, offset: 0, coef: mod(-1n), tauPower: 0, axes: [elements] },
  ];
}
