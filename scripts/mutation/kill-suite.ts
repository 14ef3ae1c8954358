/**
 * Runs the kill suite on copies of core/ and verifier/: a child process that answers each folder it is sent with the first check
 * that fails there, or with undefined when all pass.
 */
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { deserialize } from "node:v8";
import type { Fixtures } from "./fixtures.ts";

const { cases, packing, tables, secureSrs } = deserialize(readFileSync(process.argv[2])) as Fixtures;

process.on("message", async (folder: string) => {
  process.send?.({ folder, killedBy: await run(folder) });
});

async function run(folder: string): Promise<string | undefined> {
  try {
    const load = (path: string) => import(pathToFileURL(`${folder}/${path}`).href);
    const { verify } = (await load("verifier/verify.js")) as typeof import("../../verifier/verify.ts");
    for (const { name, key, statement, proof, expected } of cases) {
      const result = outcome(() => verify(key, statement, proof));
      if (result !== expected) return `${name}: ${result} instead of ${expected}`;
    }
    return await runUnits(load);
  } catch (error) {
    return `does not load: ${error}`;
  }
}

function outcome(call: () => unknown): string {
  try {
    call();
    return "accepted";
  } catch (error) {
    return (error as Error).name;
  }
}

async function runUnits(load: (path: string) => Promise<unknown>): Promise<string | undefined> {
  const core = {
    ...((await load("core/packing.js")) as typeof import("../../core/packing.ts")),
    ...((await load("core/transcript.js")) as typeof import("../../core/transcript.ts")),
    ...((await load("core/proof.js")) as typeof import("../../core/proof.ts")),
    ...((await load("core/verifying-key.js")) as typeof import("../../core/verifying-key.ts")),
    ...((await load("core/lookup.js")) as typeof import("../../core/lookup.ts")),
  };
  const failures: [string, boolean][] = [];
  const check = (what: string, holds: boolean): void => {
    failures.push([what, holds]);
  };
  for (const { tensors, values, bytes } of packing) {
    check("packed bytes", Buffer.compare(core.packTensors(tensors, values), bytes) === 0);
    check(
      "unpacked values",
      core.unpackTensors(tensors, bytes).every((item, i) => item.join() === values[i].join()),
    );
    check("short bytes", outcome(() => core.unpackTensors(tensors, bytes.slice(1))) === "Packing.TensorError");
    const { lo, hi } = core.elementRange(tensors[1]);
    for (const value of [lo - 1, hi + 1, 0.5, Number.NaN])
      check(`element ${value}`, outcome(() => core.packTensors([tensors[1]], [[value]])) === "Packing.TensorError");
    for (const value of [lo, hi]) check(`element ${value}`, core.packTensors([tensors[1]], [[value]]).length > 0);
    check("size", outcome(() => core.packTensors([tensors[1]], [[0, 0]])) === "Packing.TensorError");
    check("missing", outcome(() => core.packTensors([tensors[1]], [])) === "Packing.TensorError");
  }
  for (const { key, proof, expected } of cases.filter((item) => item.expected === "accepted")) {
    const words = core.decodeProof(key.circuit, proof);
    check("encoded proof", Buffer.compare(core.encodeProof(words), proof) === 0);
    for (const insecure of [true, false]) {
      const { digest } = core.createVerifyingKey(key.circuit, key.fixedCommitments, key.tauG2, insecure);
      check("key digest", (Buffer.compare(digest, key.digest) === 0) === (insecure === key.insecureSrs));
    }
    const secure = core.srsDigest(key.tauG2, false);
    check("SRS digest", Buffer.from(secure).toString("hex") === secureSrs && expected === "accepted");
  }
  for (const { circuit, index, values } of tables)
    check("table values", core.tableValues(circuit, index).join() === values.join());
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
