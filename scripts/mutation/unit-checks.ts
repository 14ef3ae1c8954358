/** Checks of single functions of core/ on a copy of it, against slow twins: what whole proofs reach only by chance. */
import type { BoundaryTensor, Break } from "../../core/circuit.ts";
import { add, mod, mul, pow, sub } from "../../core/field.ts";
import type { Fixtures } from "./fixtures.ts";
import { stackingOf } from "./stacking.ts";

export async function loadCore(load: (path: string) => Promise<unknown>) {
  return {
    ...((await load("core/packing.js")) as typeof import("../../core/packing.ts")),
    ...((await load("core/transcript.js")) as typeof import("../../core/transcript.ts")),
    ...((await load("core/proof.js")) as typeof import("../../core/proof.ts")),
    ...((await load("core/verifying-key.js")) as typeof import("../../core/verifying-key.ts")),
    ...((await load("core/lookup.js")) as typeof import("../../core/lookup.ts")),
    ...((await load("core/piecewise.js")) as typeof import("../../core/piecewise.ts")),
    ...((await load("core/stack.js")) as typeof import("../../core/stack.ts")),
    ...((await load("core/weights.js")) as typeof import("../../core/weights.ts")),
    ...((await load("core/statement.js")) as typeof import("../../core/statement.ts")),
  };
}

type Core = Awaited<ReturnType<typeof loadCore>>;

/** "accepted", or the name of the error. */
export function outcome(call: () => unknown): string {
  try {
    call();
    return "accepted";
  } catch (error) {
    return (error as Error).name;
  }
}

const TAU = 1234567891011n;
const POINT = [31n, 4159n, 26535n];

/** eq(POINT, index), from its definition. */
const eq = (index: number): bigint =>
  POINT.reduce((product, value, k) => mul(product, (index >> k) & 1 ? value : sub(1n, value)), 1n);

const sumOver = (n: number, value: (i: number) => bigint): bigint =>
  Array.from({ length: n }, (_, i) => value(i)).reduce(add, 0n);

/** sum over groups of tau^group · sum of digits. */
function packedValueOf({ elementBytes }: BoundaryTensor, values: Int32Array): bigint {
  const perGroup = Math.floor(31 / elementBytes);
  return sumOver(values.length, (i) => {
    const group = Math.floor(i / perGroup);
    const size = Math.min(perGroup, values.length - group * perGroup);
    const place = pow(256n, elementBytes * (size - 1 - (i % perGroup)));
    return mul(pow(TAU, group), mul(mod(BigInt(values[i])), place));
  });
}

function sums(core: Core): [what: string, holds: boolean][] {
  const breaks: Break[] = [-3, 0, 1, 5, 7, 8, 9].map((at, k) => ({ at, level: 2 * k + 1, slope: k - 2 }));
  const at = (item: Break, i: number): number => (i < item.at ? 0 : item.level + item.slope * (i - item.at));
  const points = { tau: TAU, u: POINT };
  const x = mul(pow(TAU, 2), 9n);
  const term = (first: number, n: number) => ({
    column: { kind: "witness" as const, index: 0 },
    offset: 3,
    coef: 5n,
    tauPower: 1,
    axes: [{ kind: "plain" as const, n, cell: 1, row: 2, first, vars: { first: 0, count: 3 } }],
  });
  const scale = mul(mul(5n, TAU), pow(9n, 3));
  return [
    ...Array.from({ length: 8 }, (_, i): [string, boolean] => [`eq at ${i}`, core.eqAt(POINT, i) === eq(i)]),
    ...breaks.flatMap((item): [string, boolean][] => [
      [
        `extension of a break at ${item.at}`,
        core.piecewiseExtension([item], POINT) === sumOver(8, (i) => mul(eq(i), mod(BigInt(at(item, i))))),
      ],
      [`break at ${item.at}`, [-1, 0, 4, 5, 6, 8].every((i) => core.piecewiseAt([item], i) === at(item, i))],
    ]),
    ["breaks", core.piecewiseAt(breaks, 6) === breaks.reduce((value, item) => value + at(item, 6), 0)],
    ...[0, 1, 4].map((first): [string, boolean] => [
      `weight from ${first}`,
      core.weightAt(term(first, 3), points, 9n) ===
        mul(
          scale,
          sumOver(3, (j) => mul(eq(first + j), pow(x, j))),
        ),
    ]),
  ];
}

/** What is wrong first, undefined when nothing is. */
export function unitFailure(
  core: Core,
  { boundary, cases, packing, stacking, tables, secureSrs }: Fixtures,
): string | undefined {
  const failures: [string, boolean][] = [];
  const check = (what: string, holds: boolean): void => {
    failures.push([what, holds]);
  };
  for (const { tensors, values, bytes, lo, hi } of packing) {
    check("packed bytes", Buffer.compare(core.packTensors(tensors, values), bytes) === 0);
    check(
      "unpacked values",
      core.unpackTensors(tensors, bytes).every((item, i) => item.join() === values[i].join()),
    );
    check("short bytes", outcome(() => core.unpackTensors(tensors, bytes.slice(1))) === "Packing.PackingError");
    check("element range", core.elementRange(tensors[1]).lo === lo && core.elementRange(tensors[1]).hi === hi);
    check(
      "value of packed bytes",
      core.packedValue(tensors[0], bytes.subarray(0, core.packedLength([tensors[0]])), TAU) ===
        packedValueOf(tensors[0], values[0]),
    );
    for (const value of [lo - 1, hi + 1, 0.5, Number.NaN])
      check(`element ${value}`, outcome(() => core.packTensors([tensors[1]], [[value]])) === "Packing.PackingError");
    for (const value of [lo, hi]) check(`element ${value}`, core.packTensors([tensors[1]], [[value]]).length > 0);
    check("size", outcome(() => core.packTensors([tensors[1]], [[0, 0]])) === "Packing.PackingError");
    check("missing", outcome(() => core.packTensors([tensors[1]], [])) === "Packing.PackingError");
  }
  for (const { key, proof, expected } of cases.filter((item) => item.expected === "accepted")) {
    const words = core.decodeProof(key.circuit, proof);
    check(
      "encoded proof",
      Buffer.compare(core.encodeProof(words, core.proofPreimages(key.circuit, proof)), proof) === 0,
    );
    for (const insecure of [true, false]) {
      const { digest } = core.createVerifyingKey(key.circuit, key.fixedCommitments, key.tauG2, insecure);
      check("key digest", (Buffer.compare(digest, key.digest) === 0) === (insecure === key.insecureSrs));
    }
    const secure = core.srsDigest(key.tauG2, false);
    check("SRS digest", Buffer.from(secure).toString("hex") === secureSrs && expected === "accepted");
  }
  for (const { circuit, index, values } of tables)
    check("table values", core.tableValues(circuit, index).join() === values.join());
  for (const [i, { segments, sizes }] of stacking.entries())
    for (const { expected, ...size } of sizes)
      check(`stacking ${i}, ${size.logRows}`, stackingOf(core, segments, size) === expected);
  const { circuit: veiled, packed, form, preimages, read } = boundary;
  const boundaryTensors = [...veiled.inputs, ...veiled.outputs];
  const commitments = [{ x: 1n, y: 2n }, null];
  check("forms of tensors", Buffer.compare(core.statementBytes(boundaryTensors, packed, commitments), form) === 0);
  check("preimages", Buffer.compare(core.preimagesOf(boundaryTensors, packed), preimages) === 0);
  check(
    "read tensors",
    core
      .readTensors(veiled)
      .map(({ tensor }) => tensor.name)
      .join() === read.join(),
  );
  for (const [count, length] of [
    [1, 8],
    [7, 8],
    [8, 16],
    [15, 16],
    [16, 32],
  ]) {
    check(`column of ${count} committed elements`, core.committedColumnLength({ count }) === length);
  }
  for (const [name, holds] of sums(core)) check(name, holds);
  const schedule = [
    { kind: "absorb", name: "a", parts: [{ name: "x", kind: "scalar", count: 2 }] },
    { kind: "squeeze", name: "c" },
  ] as const;
  const misuses: ((transcript: ReturnType<typeof core.createTranscript>) => unknown)[] = [
    (t) => t.absorb("b", [1n, 2n]),
    (t) => t.absorb("a", [1n]),
    (t) => t.squeeze("c"),
    (t) => t.squeeze("a"),
    (t) => t.finish(),
    (t) => [t.absorb("a", [1n, 2n]), t.absorb("c", [])],
    (t) => [t.absorb("a", [1n, 2n]), t.squeeze("d")],
    (t) => [t.absorb("a", [1n, 2n]), t.squeeze("c"), t.squeeze("c")],
  ];
  for (const [i, misuse] of misuses.entries())
    check(
      `misuse ${i}`,
      outcome(() => misuse(core.createTranscript(schedule, new Uint8Array(32)))) === "Transcript.OrderError",
    );
  return failures.find(([, holds]) => !holds)?.[0];
}
