/**
 * Sumcheck rounds: sums over pairs (f[i], f[i + half]) of products of multilinear factors.
 *
 * A factor is read as f(X) = f0 + X·(f1 - f0). A quadratic q needs values at 0, 1 and its top coefficient q(inf); then
 *
 *     q(-1) = 2 q(0) + 2 q(inf) - q(1),      q(2) = 2 q(1) + 2 q(inf) - q(0)                                    (1)
 *
 * lookupRound. The summand eq·(phi1·phi2·(h·phiT + m) - phiT·(phi1 + phi2)) is split as Q·P - W with
 *
 *     e = eq·phiT,   Q = phi1·phi2,   P = h·e + eq·m,   W = e·(phi1 + phi2)
 *
 * all quadratic. Q and P are extended by (1) for each pair and multiplied unreduced; the sums of W are extended by (1) once, by
 * the caller. That is 8 multiplications, 2 double products, 7 unreduced products per pair instead of 21 multiplications.
 *
 * Inputs are stored elements. Outputs: weakly reduced blocks, one partial sum per lane, added to what they held.
 */
import {
  ACCUMULATOR_BYTES,
  arithmeticFunction,
  defineMultiply,
  defineMultiplyAccumulate,
  defineSum,
  finishProduct,
  MAX_ACCUMULATED_CALLS,
  multiplyTwoColumns,
} from "./block.ts";
import { createColumns } from "./columns.ts";
import { advance, call, defineFunction, get, int, least, plus, repeat, retreat, scratch, set } from "./control.ts";
import { minusBlock, plusBlock } from "./elementwise.ts";
import type { FieldConstants } from "./field.ts";
import { BLOCK_BYTES } from "./field.ts";
import type { ModuleText } from "./module.ts";

/** Partial sums of lookupRoundN, in the order of its output blocks. */
export const LOOKUP_SUMS = ["qp0", "qpMinus1", "qp2", "qpInf", "w0", "w1", "wInf"] as const;

export function defineRounds(module: ModuleText, field: FieldConstants): void {
  const differences = ["a0", "a1", "b0", "b1"];
  const [a, b] = [{ minus: ["a1", "a0"] } as const, { minus: ["b1", "b0"] } as const];
  const offsets = [
    defineMultiplyAccumulate(module, field, "macDifferences", [...differences, "accumulator"], a, b),
    defineMultiplyAccumulate(module, field, "macSum", ["a", "b0", "b1", "accumulator"], "a", { plus: ["b0", "b1"] }),
    defineMultiplyAccumulate(module, field, "macDifference", ["a0", "a1", "b", "accumulator"], a, "b"),
  ];
  if (offsets.some((offset) => offset.join() !== offsets[0]!.join())) throw new Error("accumulators differ in offsets");
  defineProductRound(module);
  defineMultiply(module, field, "mulDifferences", [...differences, "out"], a, b);
  defineSum(
    module,
    field,
    "extend",
    ["a", "b", "c", "out"],
    [...[plusBlock("a"), plusBlock("a"), plusBlock("b"), plusBlock("b")], minusBlock("c")],
  );
  defineSum(
    module,
    field,
    "slopeOfSum",
    ["a0", "a1", "b0", "b1", "out"],
    [...[plusBlock("a1"), minusBlock("a0"), plusBlock("b1"), minusBlock("b0")]],
  );
  arithmeticFunction(module, field, "mulTwo", ["a", "b", "c", "d", "out"], (context) => {
    const columns = createColumns();
    multiplyTwoColumns(context, columns, ["a", "b"], ["c", "d"]);
    finishProduct(context, columns, { weak: "near" });
  });
  defineLookupRound(module);
}

/** productRoundN(l0, l1, r0, r1, atZero, top, count) */
function defineProductRound(module: ModuleText): void {
  const inputs = ["l0", "l1", "r0", "r1"];
  const [zero, top] = [scratch(0), scratch(ACCUMULATOR_BYTES)];
  defineFunction(
    module,
    "productRoundN",
    { parameters: [...inputs, "atZero", "top", "count"], locals: ["calls"] },
    "(loop $chunks (if (local.get $count) (then",
    set("calls", least(get("count"), int(MAX_ACCUMULATED_CALLS))),
    retreat("count", get("calls")),
    call("clear", zero, get("calls"), int(0)),
    call("clear", top, get("calls"), int(0)),
    repeat(
      "calls",
      call("mac", get("l0"), get("r0"), zero),
      call("macDifferences", ...inputs.map(get), top),
      ...inputs.map((name) => advance(name, BLOCK_BYTES)),
    ),
    call("reduceAdd", zero, get("atZero"), get("atZero")),
    call("reduceAdd", top, get("top"), get("top")),
    "(br $chunks))))",
  );
}

/**
 * lookupRoundN(p0, p1, q0, q1, t0, t1, h0, h1, m0, m1, eq, sums, count): p, q, t, h, m are the halves of phi1, phi2, phiT, h, m;
 * `sums` holds the blocks LOOKUP_SUMS.
 */
function defineLookupRound(module: ModuleText): void {
  const inputs = ["p0", "p1", "q0", "q1", "t0", "t1", "h0", "h1", "m0", "m1", "eq"];
  const sum = (name: (typeof LOOKUP_SUMS)[number]): string => scratch(LOOKUP_SUMS.indexOf(name) * ACCUMULATOR_BYTES);
  const temporaries = ["e0", "e1", "qA", "qB", "qC", "pA", "pB", "pC", "qX", "pX", "slope"] as const;
  const block = (name: (typeof temporaries)[number]): string =>
    scratch(LOOKUP_SUMS.length * ACCUMULATOR_BYTES + temporaries.indexOf(name) * BLOCK_BYTES);
  const v = Object.fromEntries(inputs.map((name) => [name, get(name)]));
  /** Value of a quadratic at the point across `far` from `near`: 2 near + 2 top - far. */
  const extend = (near: string, top: string, far: string, out: string): string => call("extend", near, top, far, out);
  defineFunction(
    module,
    "lookupRoundN",
    { parameters: [...inputs, "sums", "count"], locals: ["calls"] },
    "(loop $chunks (if (local.get $count) (then",
    set("calls", least(get("count"), int(MAX_ACCUMULATED_CALLS))),
    retreat("count", get("calls")),
    ...LOOKUP_SUMS.map((name) => call("clear", sum(name), get("calls"), int(0))),
    repeat(
      "calls",
      call("mul", v["eq"]!, v["t0"]!, block("e0")),
      call("mul", v["eq"]!, v["t1"]!, block("e1")),
      call("mul", v["p0"]!, v["q0"]!, block("qA")),
      call("mul", v["p1"]!, v["q1"]!, block("qB")),
      call("mulDifferences", v["p0"]!, v["p1"]!, v["q0"]!, v["q1"]!, block("qC")),
      call("mulTwo", v["h0"]!, block("e0"), v["eq"]!, v["m0"]!, block("pA")),
      call("mulTwo", v["h1"]!, block("e1"), v["eq"]!, v["m1"]!, block("pB")),
      call("mulDifferences", v["h0"]!, v["h1"]!, block("e0"), block("e1"), block("pC")),
      call("mac", block("qA"), block("pA"), sum("qp0")),
      call("mac", block("qC"), block("pC"), sum("qpInf")),
      extend(block("qA"), block("qC"), block("qB"), block("qX")),
      extend(block("pA"), block("pC"), block("pB"), block("pX")),
      call("mac", block("qX"), block("pX"), sum("qpMinus1")),
      extend(block("qB"), block("qC"), block("qA"), block("qX")),
      extend(block("pB"), block("pC"), block("pA"), block("pX")),
      call("mac", block("qX"), block("pX"), sum("qp2")),
      call("macSum", block("e0"), v["p0"]!, v["q0"]!, sum("w0")),
      call("macSum", block("e1"), v["p1"]!, v["q1"]!, sum("w1")),
      call("slopeOfSum", v["p0"]!, v["p1"]!, v["q0"]!, v["q1"]!, block("slope")),
      call("macDifference", block("e0"), block("e1"), block("slope"), sum("wInf")),
      ...inputs.map((name) => advance(name, BLOCK_BYTES)),
    ),
    ...LOOKUP_SUMS.map((name, k) => {
      const out = plus(get("sums"), k * BLOCK_BYTES);
      return call("reduceAdd", sum(name), out, out);
    }),
    "(br $chunks))))",
  );
}
