import { expect, test } from "vitest";
import { circuitProducts, isWitnessProduct, readsMemory } from "../../core/layout.ts";
import { maskGas } from "../../scripts/lib/mask-gas.ts";
import { memoryCircuit, mixedCircuit, tinyCircuit, veiledCircuit } from "../support/circuits.ts";

const TARGET_GAS = 35_000;

test.each([tinyCircuit(), mixedCircuit(), memoryCircuit(), veiledCircuit()])(
  "masks of $name cost less than the target, and every one of them is counted",
  (circuit) => {
    const products = circuitProducts(circuit);
    const operands = products.reduce((count, product) => count + (isWitnessProduct(product) ? 2 : 1), 0);
    // mu stands in two claims; the rounds' masks are one term for each sumcheck, the second where there are products.
    const terms = 3 + (products.length > 0 ? 1 : 0) + operands + (readsMemory(circuit) ? 1 : 0);
    const { gas, executionGas, ...counted } = maskGas(circuit);
    expect(counted.terms).toBe(terms);
    expect(gas).toBeGreaterThan(0);
    expect(gas).toBeLessThan(TARGET_GAS);
    expect(gas).toBeLessThan(executionGas);
  },
);
