/**
 * Models as scikit-learn, XGBoost and LightGBM write them (`exporters/make.py`, `exporters/neighbors.py`), as PyTorch's two exporters do (`exporters/torch_models.py`),
 * and as onnxruntime quantizes and optimizes them (`exporters/quantize.py`, `exporters/layers.py`): accuracy, whole labels, and proofs.
 */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { createEngine } from "../../prover/engine.ts";
import { prove } from "../../prover/prove.ts";
import { verify } from "../../verifier/verify.ts";
import { testKey } from "../support/proofs.ts";
import { extremeInputs } from "./support/agreement.ts";
import { buildModel } from "./support/onnx.ts";
import { random } from "./support/random.ts";

const SEED = 1618;
const FOLDER = new URL("exporters/", import.meta.url);
const read = (file: string) => JSON.parse(readFileSync(new URL(file, FOLDER), "utf8"));
const SAMPLES = {
  ...read("samples.json"),
  ...read("quantized.json"),
  ...read("torch.json"),
  ...read("neighbors.json"),
  ...read("layers.json"),
};
const MODELS = readdirSync(FOLDER).flatMap((file) => (file.endsWith(".onnx") ? [file.replace(".onnx", "")] : []));

const compileModel = (name: string) =>
  compile(readFileSync(new URL(`${name}.onnx`, FOLDER)), { name, calibration: SAMPLES[name] });

/** One of 30 samples or more, or as much of R2. */
const MAX_DROP = 1 / 30;

test.each(MODELS)("%s answers in integers as it does in floats", (name) => {
  const { circuit, report } = compileModel(name);
  expect(report.against).toBe("labels");
  expect(report.accuracyDrop).toBeLessThanOrEqual(MAX_DROP + 1e-9);
  const [answer] = circuit.outputs;
  if (report.metric !== "label") return;
  // A label is a whole number of units: one where it is chosen.
  const units = 1 / answer.scale;
  expect(units).toBeCloseTo(COMPUTED_LABELS.includes(name) ? Math.round(units) : 1, 9);
});

/** Labels that are computed from others, by arithmetic. */
const COMPUTED_LABELS = ["isolation_forest"];

/** Products of single numbers, stacked; what a quantizer wrote. */
const PROVEN = ["polynomial_ridge", "quantized_operators", "quantized_dynamic"];

test.each(PROVEN)(
  "%s is proven",
  async (name) => {
    const { circuit, program } = compileModel(name);
    const engine = await createEngine({ threads: 1 });
    try {
      const key = testKey(engine, circuit);
      const context = new Uint8Array(32);
      for (const input of extremeInputs(program, random(SEED), 2)) {
        const proof = prove(key, input, context);
        expect(() => verify(key.verifyingKey, proof, proof.proof), `seed ${SEED}`).not.toThrow();
      }
    } finally {
      await engine.close();
    }
  },
  60_000,
);

test("samples are read as 32-bit numbers where the model has these, so that thresholds between them are", () => {
  const trees = (threshold: number) => ({
    op: "TreeEnsembleRegressor",
    domain: "ai.onnx.ml",
    inputs: ["x"],
    outputs: ["y"],
    attributes: {
      nodes_treeids: [0, 0, 0],
      nodes_nodeids: [0, 1, 2],
      nodes_featureids: [0, 0, 0],
      nodes_modes: { strings: ["BRANCH_LT", "LEAF", "LEAF"] },
      nodes_values: { floats: [threshold, 0, 0] },
      nodes_truenodeids: [1, 0, 0],
      nodes_falsenodeids: [2, 0, 0],
      target_treeids: [0, 0],
      target_nodeids: [1, 2],
      target_ids: [0, 0],
      target_weights: { floats: [1, 0] },
      n_targets: 1,
    },
  });
  // The nearest number of 32 bits lies above 4.9 and below 5.1.
  for (const value of [4.9, 5.1]) {
    const model = buildModel({ inputs: { x: [1, 1] }, nodes: [trees(value)], outputs: ["y"] });
    const { report } = compile(model, { calibration: { inputs: [[value], [2], [7]], labels: [0, 1, 0] } });
    expect(report.accuracyFloat, `${value}`).toBe(1);
  }
});
