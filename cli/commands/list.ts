/**
 * Every command of `gavel`, in the order `gavel --help` shows them. A command's module is loaded only when it runs.
 */
import type { CommandEntry } from "../command.ts";

export const commands: readonly CommandEntry[] = [
  { name: "compile", summary: "compile an ONNX model to an artifact folder", load: () => import("./compile.ts") },
  { name: "inspect", summary: "show what a model needs and costs", load: () => import("./inspect.ts") },
  { name: "srs", summary: "import or make a structured reference string", load: () => import("./srs.ts") },
  { name: "witness", summary: "run the integer model without proving", load: () => import("./witness.ts") },
  { name: "prove", summary: "prove one inference", load: () => import("./prove.ts") },
  { name: "verify", summary: "check a proof", load: () => import("./verify.ts") },
  { name: "verifier", summary: "generate the Solidity verifier of a model", load: () => import("./verifier.ts") },
  { name: "deploy", summary: "deploy the market, or a model's verifier", load: () => import("./deploy.ts") },
  { name: "request", summary: "ask a market for an inference", load: () => import("./request.ts") },
  {
    name: "bench",
    summary: "measure whole proofs: time, memory, bytes, gas",
    jsonFile: true,
    load: () => import("./bench.ts"),
  },
  { name: "daemon", summary: "watch a market, prove and settle", load: () => import("./daemon.ts") },
  { name: "doctor", summary: "look for what would stop a daemon", load: () => import("./doctor.ts") },
  { name: "demo", summary: "run the main job end to end on a local chain", load: () => import("./demo.ts") },
  { name: "test", summary: "check the whole project", load: () => import("./test.ts") },
];
