/** The published package, built into a folder of its own: what its entries name is there, and it deploys without a clone. */
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startLocalChain } from "../../cli/local-chain.ts";
import { root } from "../support/source-tree.ts";

const execute = promisify(execFile);
const FOLDER = "cache/package-test";
const home = join(root, FOLDER);
const gavel = (...args: string[]) => execute(process.execPath, [join(home, "cli/main.js"), ...args]);

/** Hardhat's first account. */
const KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

beforeAll(() => execute(process.execPath, [join(root, "scripts/build.ts"), FOLDER], { cwd: root }));
afterAll(() => rm(home, { recursive: true, force: true }));

test("every entry and command names files of the package", () => {
  const { exports, bin } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  const targets = [...Object.values(exports), ...Object.values(bin)].flatMap((entry) =>
    typeof entry === "string" ? [entry] : Object.values(entry as object),
  ) as string[];
  const examples = targets.map((path) =>
    path.replace("contracts/*", "contracts/consumers/InferenceConsumer").replace("core/*", "core/circuit"),
  );
  expect(examples.filter((path) => !existsSync(join(home, path)))).toEqual([]);
});

test("market and registry are deployed from what the package carries", async () => {
  const chain = await startLocalChain(root);
  try {
    process.env["GAVEL_PRIVATE_KEY"] = KEY;
    const { stdout } = await gavel("deploy", "market", "--rpc", chain.url, "--json");
    const { registry, market } = JSON.parse(stdout);
    for (const address of [registry, market]) {
      expect((await chain.publicClient.getCode({ address }))?.length).toBeGreaterThan(1000);
    }
  } finally {
    delete process.env["GAVEL_PRIVATE_KEY"];
    await chain.close();
  }
});

test.each([["demo"], ["test"], ["bench", "digits_mlp"]])(
  "gavel %s says that it needs a clone",
  async (...args: string[]) => {
    const failure = await gavel(...args).catch((error: { code: number; stdout: string; stderr: string }) => error);
    expect(failure).toMatchObject({ code: 1, stderr: expect.stringContaining("Cli.NoCloneError") });
  },
);
