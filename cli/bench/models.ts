/** Where a benchmark's model comes from: a folder of examples/models, else the generator of `scale/`. */
import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { GavelError } from "../../core/errors.ts";
import { SCALE_MODELS, writeScaleModel } from "./scale/models.ts";

/** Models by what a run is for. Every family of models is in `families`. */
export const MODEL_SETS: Readonly<Record<string, readonly string[]>> = {
  small: ["digits_mlp", "lenet5"],
  families: [
    "diabetes_linreg",
    "cancer_logreg",
    "credit_scorecard",
    "iris_svc",
    "wine_kmeans",
    "wine_forest",
    "cancer_gbt",
    "digits_mlp",
    "digits_cnn",
    "digits_resnet",
    "digits_resnet_folded",
    "digits_lstm",
    "digits_gru",
    "digits_transformer",
    "char_lm",
    "lenet5",
    "mobilenet_v2",
    "forest128",
  ],
  scale: ["mlp2m", "nanogpt", "mobilenet_v2", "gpt2_block", "resnet18", "vgg16"],
};

/** Names of models, the sets among `names` replaced by what is in them; nothing twice. */
export function expandSets(names: readonly string[]): string[] {
  return [...new Set(names.flatMap((name) => (Object.hasOwn(MODEL_SETS, name) ? MODEL_SETS[name] : [name])))];
}

export class UnknownModelError extends GavelError {
  override readonly name = "Bench.UnknownModelError";
}

export interface BenchModel {
  readonly model: string;
  readonly calibration: string;
  readonly samples: string;
  readonly params: number;
  readonly macs: number;
}

/** Generated models are written to `folder`. */
export async function findModel(name: string, projectRoot: string, folder: string): Promise<BenchModel> {
  const example = join(projectRoot, "examples", "models", name);
  const metaFile = join(example, "meta.json");
  const isExample = await access(metaFile).then(
    () => true,
    () => false,
  );
  if (isExample) {
    const { params, macs } = JSON.parse(await readFile(metaFile, "utf8")) as BenchModel;
    const file = (base: string): string => join(example, base);
    return {
      model: file("model.onnx"),
      calibration: file("calibration.json"),
      samples: file("samples.json"),
      params,
      macs,
    };
  }
  if (!Object.hasOwn(SCALE_MODELS, name)) {
    throw new UnknownModelError(`no model is named ${name}`, {
      expected: `a set (${Object.keys(MODEL_SETS).join(", ")}), a folder of examples/models, or one of ${Object.keys(SCALE_MODELS).join(", ")}`,
      got: name,
      remedy: "look at the names with `ls examples/models`",
    });
  }
  const files = await writeScaleModel(name, folder);
  return { ...files, calibration: files.samples };
}
