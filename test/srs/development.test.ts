import { describe, expect, it } from "vitest";
import { srsDigest } from "../../core/verifying-key.ts";
import { createReferenceEngine } from "../../kernels/reference.ts";
import { checkSrsWithEngine } from "../../srs/check.ts";
import { createDevelopmentSrs } from "../../srs/development.ts";

const engine = createReferenceEngine();

describe("createDevelopmentSrs", () => {
  it("makes consistent powers of a fresh tau, marked insecure", () => {
    const [first, second] = [createDevelopmentSrs(engine, 20), createDevelopmentSrs(engine, 2)];
    checkSrsWithEngine(engine, first);
    expect(first.insecure).toBe(true);
    expect(first.count).toBe(20);
    expect(first.tauG2).not.toEqual(second.tauG2);
  });

  it("has another digest than a ceremony's string with the same points", () => {
    const { tauG2 } = createDevelopmentSrs(engine, 2);
    expect(srsDigest(tauG2, true)).not.toEqual(srsDigest(tauG2, false));
  });

  it("refuses a string of one point", () => {
    expect(() => createDevelopmentSrs(engine, 1)).toThrow(expect.objectContaining({ name: "Srs.TooShortError" }));
  });
});
