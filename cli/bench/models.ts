/** Where a benchmark's model comes from: a folder of examples/models, else the generator of `scale/`. */
import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { GavelError } from "../../core/errors.ts";
import { SCALE_MODELS, writeScaleModel } from "./scale/models.ts";

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
      expected: `a folder of examples/models, or one of ${Object.keys(SCALE_MODELS).join(", ")}`,
      got: name,
      remedy: "look at the names with `ls examples/models`",
    });
  }
  const files = await writeScaleModel(name, folder);
  return { ...files, calibration: files.samples };
}
