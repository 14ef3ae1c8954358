/**
 * The claims of `core/claims.ts`, in the same order, as expressions: Y = sum_c gamma^c value_c, and for every column the terms of
 * W_f = sum_c gamma^c · (terms of claim c on f).
 */
import type { Product, Term } from "../../core/circuit.ts";
import { committedTerms } from "../../core/claims.ts";
import {
  type Block,
  blockCell,
  type Cell,
  circuitProducts,
  fixedCell,
  isWitnessProduct,
  operandMaskRow,
  readsMemory,
  valueMaskRow,
} from "../../core/layout.ts";
import { hasCommittedValues, tablePlacements } from "../../core/lookup.ts";
import { packedWeights } from "../../core/packing.ts";
import { linearTerms } from "../../core/stack.ts";
import { placedTensors, readTensors } from "../../core/statement.ts";
import type { WeightAxis, WeightTerm } from "../../core/weights.ts";
import { horner, type Node, product, sum } from "../graph/expression.ts";
import type { Symbols } from "../symbols.ts";
import { tauSum } from "./axes.ts";
import { lookupConstraint } from "./lookup.ts";
import { operandMaskWeights, productMask, sumMask, zeroCheckMask } from "./masks.ts";
import { type SymbolicTerm, symbolicTerm } from "./terms.ts";

export interface SymbolicClaims {
  /** The lookup constraint at the evaluations; Y reads it from LOOKUP_MPTR. */
  readonly lookup: Node;
  /** Y */
  readonly value: Node;
  readonly terms: readonly SymbolicTerm[];
}

export function symbolicClaims(symbols: Symbols): SymbolicClaims {
  const values: Node[] = [];
  const terms: SymbolicTerm[] = [];
  /** `terms` receives gamma^c and returns the terms of claim c. */
  const claim = (value: Node, weights: (power: Node) => readonly SymbolicTerm[]): void => {
    terms.push(...weights(symbols.gammaPower(values.length)));
    values.push(value);
  };
  evaluationClaims(symbols, claim);
  helperSumClaim(symbols, claim);
  accumulatorClaim(symbols, claim);
  claim(zeroCheckValue(symbols), (power) => zeroCheckMask(symbols, power));
  productClaim(symbols, claim);
  operandClaims(symbols, claim);
  boundaryClaims(symbols, claim);
  return {
    lookup: lookupConstraint(symbols),
    value: horner(symbols.graph, values, symbols.message("GAMMA_MPTR")),
    terms,
  };
}

type AddClaim = (value: Node, weights: (power: Node) => readonly SymbolicTerm[]) => void;

const HELPER = { kind: "helper", index: 0 } as const;

export function witnessTerm(
  { circuit }: Symbols,
  block: Block,
  row: number,
  coef = 1n,
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

/** A term of the circuit as a weight. */
function circuitTerm(symbols: Symbols, term: Term, sign: 1n | -1n): WeightTerm {
  const coef = sign * BigInt(term.coef);
  if (term.source === "fixed")
    return placed("fixed", fixedCell(symbols.circuit, term.base), coef, term.rowBase, term.axes);
  return witnessTerm(symbols, term.source, term.base, coef, term.rowBase, term.axes);
}

/** q, y, rem, m, h and the lookup's committed values at u share one weight, eq(u, row). */
function evaluationClaims(symbols: Symbols, claim: AddClaim): void {
  const { circuit, layout } = symbols;
  const vars = { first: 0, count: layout.logRows };
  const eq = { kind: "plain", n: layout.rows, cell: 1, row: 0, vars } as const;
  const single = (value: Node, term: WeightTerm): void =>
    claim(value, (power) => [symbolicTerm(symbols, term, [power])]);
  single(symbols.message("Q_MPTR"), witnessTerm(symbols, "q", 0, 1n, 0, [eq]));
  single(symbols.message("Y_MPTR"), witnessTerm(symbols, "y", 0, 1n, 0, [eq]));
  single(symbols.message("REM_MPTR"), witnessTerm(symbols, "rem", 0, 1n, 0, [eq]));
  single(symbols.message("M_MPTR"), witnessTerm(symbols, "m", 0, 1n, 0, [eq]));
  single(symbols.message("H_MPTR"), { column: HELPER, offset: 0, coef: 1n, tauPower: 0, axes: [eq] });
  if (!hasCommittedValues(circuit)) return;
  const placements = tablePlacements(circuit);
  claim(symbols.message("TABLE_MPTR"), (power) => [
    ...circuit.tables.flatMap(({ fixedBase, memory }, index) => {
      if (fixedBase === undefined && memory === undefined) return [];
      const { row, size } = placements[index];
      const axis = { kind: "plain", n: size, cell: 1, row: 0, first: row, vars } as const;
      const values = memory
        ? witnessTerm(symbols, memory.block, memory.start, 1n, 0, [axis])
        : placed("fixed", fixedCell(circuit, fixedBase ?? 0), 1n, 0, [axis]);
      return [symbolicTerm(symbols, values, [power])];
    }),
    ...valueMask(symbols, power),
  ]);
}

/** The mask of the value column stands on the first table row. */
function valueMask(symbols: Symbols, power: Node): SymbolicTerm[] {
  const { circuit, layout } = symbols;
  if (!readsMemory(circuit)) return [];
  const weight = symbols.complement(0, layout.logRows);
  return [symbolicTerm(symbols, witnessTerm(symbols, "y", valueMaskRow(circuit)), [power, weight])];
}

function helperSumClaim(symbols: Symbols, claim: AddClaim): void {
  const { circuit, layout, graph } = symbols;
  const ones = { kind: "plain", n: layout.rows - circuit.maskRows, cell: 1, row: 0 } as const;
  const term = { column: HELPER, offset: circuit.maskRows, coef: 1n, tauPower: 0, axes: [ones] };
  claim(graph.constant(0), (power) => [symbolicTerm(symbols, term, [power])]);
}

function accumulatorClaim(symbols: Symbols, claim: AddClaim): void {
  const { circuit, graph } = symbols;
  const { constrainedStart: start, constrainedEnd: end, shiftBits } = circuit;
  const rowSum = (from: number, count: number): Node => graph.multiply(graph.monomial(from, 0), tauSum(symbols, count));
  const constants = circuit.segments
    .filter((segment) => segment.constant !== 0)
    .map((segment) => graph.multiply(graph.constant(segment.constant), rowSum(segment.start, segment.count)));
  const half = graph.multiply(graph.constant(2n ** BigInt(shiftBits - 1)), rowSum(start, end - start));
  const value = sum(graph, [symbols.message("SUM_MPTR"), half, ...constants]);

  const rows = { kind: "plain", n: end - start, cell: 1, row: 1 } as const;
  const linear = linearTerms(circuit).map((term) => circuitTerm(symbols, term, -1n));
  const weights = [
    witnessTerm(symbols, "q", start, 2n ** BigInt(shiftBits), start, [rows]),
    witnessTerm(symbols, "rem", start, 1n, start, [rows]),
    ...linear,
  ];
  claim(value, (power) => [...weights.map((term) => symbolicTerm(symbols, term, [power])), sumMask(symbols, power)]);
}

/** Last zero-check claim - lookup constraint at the evaluations. */
function zeroCheckValue({ graph, message }: Symbols): Node {
  return graph.subtract(message("ZERO_CHECK_CLAIM_MPTR"), message("LOOKUP_MPTR"));
}

interface Operand {
  readonly product: Product;
  readonly left: Node;
  /** Value of a witness right side. */
  readonly right: Node | undefined;
}

/** Products in order with the words of their values. */
function pairOperands({ circuit, message }: Symbols): Operand[] {
  let next = 0;
  return circuitProducts(circuit).map((product) => ({
    product,
    left: message("OPERANDS_MPTR", next++),
    right: isWitnessProduct(product) ? message("OPERANDS_MPTR", next++) : undefined,
  }));
}

/** sum_p E_p a_p R_p(u) + B(u) = last product claim - sum over witness products of E_p a_p b_p */
function productClaim(symbols: Symbols, claim: AddClaim): void {
  const { graph, layout } = symbols;
  const operands = pairOperands(symbols);
  const extension = ({ product: { bits } }: Operand): Node => symbols.complement(bits, layout.productBits);
  let value = symbols.message("PRODUCT_CLAIM_MPTR");
  for (const operand of operands) {
    if (operand.right === undefined) continue;
    value = graph.subtract(value, product(graph, [extension(operand), operand.left, operand.right]));
  }
  claim(value, (power) => [
    ...productMask(symbols, power),
    ...operands
      .filter((operand) => operand.right === undefined)
      .flatMap((operand) => {
        const scales = [power, graph.multiply(extension(operand), operand.left)];
        return operand.product.right.map((term) => symbolicTerm(symbols, circuitTerm(symbols, term, 1n), scales));
      }),
  ]);
}

function operandClaims(symbols: Symbols, claim: AddClaim): void {
  let index = 0;
  const push = (value: Node, terms: readonly Term[], maskWeight: Node): void => {
    const mask = witnessTerm(symbols, "y", operandMaskRow(index++));
    claim(value, (power) => [
      ...terms.map((term) => symbolicTerm(symbols, circuitTerm(symbols, term, 1n), [power])),
      symbolicTerm(symbols, mask, [power, maskWeight]),
    ]);
  };
  for (const { product, left, right } of pairOperands(symbols)) {
    const mask = operandMaskWeights(symbols, product);
    push(left, product.left, mask.left);
    if (right !== undefined) push(right, product.right, mask.right);
  }
}

/** Values of public and hashed tensors are summed by `emit/public.ts` before the claims. */
function boundaryClaims(symbols: Symbols, claim: AddClaim): void {
  const { circuit, graph, message } = symbols;
  const known = readTensors(circuit).map(({ tensor }) => tensor);
  let committed = 0;
  for (const placed of placedTensors(circuit)) {
    const { tensor } = placed;
    if (tensor.visibility === "private") continue;
    const cell = blockCell(circuit, tensor.block, tensor.start);
    const isCommitted = tensor.visibility === "committed";
    const weights = isCommitted
      ? committedTerms(circuit, placed, committed++)
      : packedWeights(tensor, { kind: "witness", index: cell.column }, cell.offset);
    const value = isCommitted ? graph.constant(0) : message("PUBLIC_MPTR", known.indexOf(tensor));
    claim(value, (power) => weights.map((term) => symbolicTerm(symbols, term, [power])));
  }
}
