import { createRequire } from "node:module";
import hardhatEthers from "@nomicfoundation/hardhat-ethers";
import hardhatToolboxViem from "@nomicfoundation/hardhat-toolbox-viem";
import { defineConfig } from "hardhat/config";

// The compiler of the npm package `solc`, so that a build downloads nothing.
const solc = { version: "0.8.37", path: createRequire(import.meta.url).resolve("solc/soljson.js") };

export default defineConfig({
  plugins: [hardhatToolboxViem, hardhatEthers],
  paths: {
    sources: "./contracts",
    // The TypeScript suites run under Vitest; the toolbox's node:test runner must find no files.
    tests: { nodejs: "./test/nodejs", solidity: "./test/contracts" },
  },
  solidity: {
    profiles: {
      // Legacy code generation: half the compile time of viaIR.
      default: {
        compilers: [{ ...solc, settings: { evmVersion: "osaka", optimizer: { enabled: true, runs: 200 } } }],
      },
      production: {
        compilers: [
          { ...solc, settings: { evmVersion: "osaka", viaIR: true, optimizer: { enabled: true, runs: 200 } } },
        ],
      },
    },
  },
  networks: {
    // `network.create()` gives each caller a chain of its own with these rules.
    default: { type: "edr-simulated", hardfork: "osaka" },
  },
  test: {
    // Fixed seed: a failing case is the same case on every machine.
    solidity: { fuzz: { runs: 256, seed: "0x7" }, invariant: { runs: 32, depth: 32 } },
  },
});
