/** Models whose answer is a map from names to numbers, which is no tensor to compare. */
import type { Case } from "./case.ts";

export const MAP_CASES: readonly Case[] = [
  {
    name: "ZipMap of positive numbers",
    model: {
      inputs: { x: [1, 3] },
      nodes: [
        { op: "Relu", inputs: ["x"] },
        {
          op: "ZipMap",
          domain: "ai.onnx.ml",
          inputs: ["t0"],
          attributes: { classlabels_strings: { strings: ["a", "b", "c"] } },
        },
      ],
    },
  },
];
