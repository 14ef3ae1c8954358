/** Circuits of the compiler, one per kind of operator, under the same cheats: no operator leaves a cell free. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { Engine } from "../../kernels/engine.ts";
import { createEngine } from "../../prover/engine.ts";
import { computeWitness } from "../../prover/witness.ts";
import { extremeInputs } from "../compiler/support/agreement.ts";
import { CASES } from "../compiler/support/cases/all.ts";
import { ARG_MAX_CASES } from "../compiler/support/cases/arg-max.ts";
import { buildModel } from "../compiler/support/onnx.ts";
import { floats, random } from "../compiler/support/random.ts";
import { testKey } from "../support/proofs.ts";
import { attack } from "./support/attack.ts";
import { cheatsAt } from "./support/cheats.ts";
import { LONG, report } from "./support/report.ts";

const SEED = 1618;
const SHORT = [
  "Gemm of power-of-two sizes and Relu",
  "Conv strides 2 and 3, asymmetric pads",
  "MaxPool 3x3 stride 2, padded, negative",
  "AveragePool padding left out",
  "ArgMax of scores",
  "TreeEnsembleRegressor two targets on every leaf",
  "Softmax over the middle axis",
  "LayerNormalization over the last axis",
];
const cases = [...CASES, ...ARG_MAX_CASES];
const names = LONG ? cases.map(({ name }) => name) : SHORT;
/** Cheats per segment in the short form; which ones moves with the segment, so that all are tried over the suite. */
const PER_SEGMENT = 4;

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ threads: 1 });
});
afterAll(() => engine.close());

test.each(names)("%s", (name) => {
  const item = cases.find((candidate) => candidate.name === name);
  if (item === undefined) throw new Error(`no case ${name}`);
  const next = random(SEED);
  const inputs = Array.from({ length: 4 }, () =>
    Object.fromEntries(
      Object.entries(item.model.inputs).map(([input, dims]) => {
        const size = (dims as readonly number[]).reduce((n, dim) => n * dim, 1);
        return [input, floats(next, size, item.lo ?? -1, item.hi ?? 1)];
      }),
    ),
  );
  // Small ranges keep the tables, and with them the proofs, short: the constraints are the same.
  const { circuit, program } = compile(buildModel(item.model), {
    calibration: { inputs },
    activationBits: 6,
    fineBits: 0,
    shiftBits: 8,
  });
  const key = testKey(engine, circuit);
  const input = extremeInputs(program, next, 4)[3];
  const honest = computeWitness(key.plan, input);
  expect(attack(key, input, honest)).toBe("accepted");

  let tried = 0;
  const accepted: string[] = [];
  circuit.segments.slice(0, LONG ? undefined : 3).forEach((segment, s) => {
    const row = segment.start + Math.floor(segment.count / 2);
    const cheats = cheatsAt(key.plan, honest, row);
    const first = (7 * s + 3 * names.indexOf(name)) % cheats.length;
    const chosen = LONG
      ? cheats
      : Array.from({ length: PER_SEGMENT }, (_, i) => cheats[(first + 5 * i) % cheats.length]);
    for (const cheat of chosen) {
      const result = attack(key, input, cheat.witness);
      if (result === "Verifier.PairingError") tried++;
      else if (result !== "not expressible") accepted.push(`${segment.name}, ${cheat.name}: ${result}`);
    }
  });
  expect(accepted).toEqual([]);
  expect(tried).toBeGreaterThan(0);
  report("perturbations", `operator ${name}`, tried);
});
