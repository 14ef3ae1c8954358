import { defineConfig } from "vitest/config";

// The suites that need compiled contracts: `hardhat build` runs before them.
const onChain = ["test/contracts/**/*.test.ts", "test/e2e/**/*.test.ts", "test/**/*.chain.test.ts"];

// These run on Hardhat's chain with the others, and once more on anvil.
const onAnvilToo = ["market", "market-gas", "consumers"].map((name) => `test/contracts/${name}.test.ts`);

export default defineConfig({
  test: {
    // Only what hangs takes this long, on a machine that does eight other things too.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    pool: "forks",
    coverage: {
      provider: "v8",
      include: ["api", "cli", "compiler", "core", "daemon", "kernels", "prover", "verifier", "verifier-gen"].map(
        (folder) => `${folder}/**/*.ts`,
      ),
    },
    projects: [
      { extends: true, test: { name: "unit", include: ["test/**/*.test.ts"], exclude: onChain } },
      { extends: true, test: { name: "contracts", include: onChain, testTimeout: 900_000, hookTimeout: 900_000 } },
      {
        extends: true,
        test: {
          name: "anvil",
          include: onAnvilToo,
          env: { GAVEL_TEST_CHAIN: "anvil" },
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
