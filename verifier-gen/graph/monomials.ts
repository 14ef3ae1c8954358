/**
 * Addition chains for the monomials tau^a·x^b of a graph.
 *
 * x^(2^k) and x^-(2^k) are words of the power tables; tau has its own squares. Monomials are served from small to large: half the
 * exponents (a square), a sum of two known ones (a product), or else the known one that leaves the sparsest rest. Exponents of x use
 * signed digits, since inverse powers are as cheap as powers: x^31 = x^32·x^-1. A power of tau alone is never made of powers of x: it is
 * computed once, they are not.
 */
import type { Graph, Monomial, Node } from "./expression.ts";

export interface PowerTables {
  /** Pointer of x^(2^k). */
  power(k: number): string;
  /** Pointer of x^-(2^k). */
  inversePower(k: number): string;
  tau: string;
}

/** Defines every monomial; returns the number of squares each power table needs. */
export function defineMonomials(graph: Graph, tables: PowerTables): number {
  const known = new Map<string, Monomial>();
  let tableSize = 1;
  const key = (tau: number, point: number): string => `${tau} ${point}`;
  const isKnown = (tau: number, point: number): boolean =>
    (tau === 0 && point === 0) || (tau === 0 && isPower(Math.abs(point))) || known.has(key(tau, point));

  const define = (tau: number, point: number): Node => {
    const node = graph.monomial(tau, point);
    if (node.kind !== "monomial" || known.has(key(tau, point))) return node;
    node.definition = definition(tau, point);
    known.set(key(tau, point), node);
    return node;
  };

  const definition = (tau: number, point: number): Node => {
    if (tau === 0 && isPower(Math.abs(point))) {
      const k = Math.log2(Math.abs(point));
      tableSize = Math.max(tableSize, k + 1);
      return graph.load(point > 0 ? tables.power(k) : tables.inversePower(k), true);
    }
    if (tau === 1 && point === 0) return graph.load(tables.tau);
    if (tau % 2 === 0 && point % 2 === 0 && (isKnown(tau / 2, point / 2) || (point === 0 && isPower(tau)))) {
      const half = define(tau / 2, point / 2);
      return graph.multiply(half, half);
    }
    for (const part of known.values()) {
      if (part.tau <= tau && (point !== 0 || part.point === 0) && isKnown(tau - part.tau, point - part.point)) {
        return graph.multiply(define(part.tau, part.point), define(tau - part.tau, point - part.point));
      }
    }
    if (tau !== 0 && point !== 0) return graph.multiply(define(tau, 0), define(0, point));
    return tau !== 0 ? tauPower(tau) : pointPower(point);
  };

  const tauPower = (tau: number): Node => {
    const top = 2 ** Math.floor(Math.log2(tau));
    let best = top;
    for (const part of known.values()) {
      if (part.point === 0 && part.tau <= tau && bitCount(tau - part.tau) < bitCount(tau - best)) best = part.tau;
    }
    return graph.multiply(define(best, 0), define(tau - best, 0));
  };

  const pointPower = (point: number): Node => {
    let best = largestDigit(point);
    for (const part of known.values()) {
      if (part.tau === 0 && signedWeight(point - part.point) < signedWeight(point - best)) best = part.point;
    }
    return graph.multiply(define(0, best), define(0, point - best));
  };

  const size = (item: Monomial): number => item.tau + Math.abs(item.point);
  const requested = [...graph.monomials.values()].sort((a, b) => size(a) - size(b));
  for (const { tau, point } of requested) define(tau, point);
  return tableSize;
}

function isPower(n: number): boolean {
  return n > 0 && Number.isInteger(Math.log2(n));
}

function bitCount(n: number): number {
  return [...n.toString(2)].filter((bit) => bit === "1").length;
}

/** Digits of the non-adjacent form, least significant first. */
function signedDigits(n: number): number[] {
  const digits: number[] = [];
  for (let rest = n; rest !== 0; ) {
    const digit = rest % 2 === 0 ? 0 : (((rest % 4) + 4) % 4) - 2 === 1 ? -1 : 1;
    digits.push(digit);
    rest = (rest - digit) / 2;
  }
  return digits;
}

function signedWeight(n: number): number {
  return signedDigits(n).filter((digit) => digit !== 0).length;
}

function largestDigit(n: number): number {
  const digits = signedDigits(n);
  return digits[digits.length - 1] * 2 ** (digits.length - 1);
}
