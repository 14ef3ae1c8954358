import { describe, expect, it } from "vitest";
import type { Srs } from "../../core/srs/format.ts";
import { checkCount, decodeSrs, decodeSrsHeader, encodeSrs, MAX_HEADER_BYTES, srsOf } from "../../core/srs/format.ts";
import { srsFromTau } from "./support/strings.ts";

const srs: Srs = { ...srsFromTau(1234567n, 5), description: "Zeremonie für Tests", insecure: true };
const file = encodeSrs(srs);

const nameOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return (error as Error).name;
  }
  return "accepted";
};

describe("the SRS file", () => {
  it("decodes to what was encoded", () => {
    expect(decodeSrs(file)).toEqual(srs);
    const plain = { ...srs, insecure: false, description: "" };
    expect(decodeSrs(encodeSrs(plain))).toEqual(plain);
  });

  it("places the records on a multiple of 64 bytes and gives a prefix from the header alone", () => {
    const header = decodeSrsHeader(file.subarray(0, MAX_HEADER_BYTES));
    expect(header.recordsOffset % 64).toBe(0);
    const prefix = srsOf(header, file.subarray(header.recordsOffset, header.recordsOffset + 128));
    expect(prefix).toEqual({ ...srs, ...srsFromTau(1234567n, 2), description: srs.description, insecure: true });
  });

  it("fits the longest description in MAX_HEADER_BYTES, and refuses a longer one", () => {
    const longest = encodeSrs({ ...srs, description: "x".repeat(1024) });
    expect(decodeSrsHeader(longest.subarray(0, MAX_HEADER_BYTES)).description).toHaveLength(1024);
    expect(nameOf(() => encodeSrs({ ...srs, description: "x".repeat(1025) }))).toBe("Srs.FormatError");
  });

  it("refuses every flipped byte that is not padding", () => {
    const { recordsOffset } = decodeSrsHeader(file);
    const descriptionEnd = 184 + new TextEncoder().encode(srs.description).length;
    for (let i = 0; i < file.length; i++) {
      const padding = i >= descriptionEnd && i < recordsOffset;
      const bytes = file.slice();
      bytes[i]! ^= 1;
      if (!padding)
        expect(
          nameOf(() => decodeSrs(bytes)),
          `byte ${i}`,
        ).toBe("Srs.FormatError");
    }
  });

  it("refuses a file that is too short or too long", () => {
    for (const length of [0, 7, 23, 100, 190, file.length - 1]) {
      expect(
        nameOf(() => decodeSrs(file.subarray(0, length))),
        `${length} bytes`,
      ).toBe("Srs.FormatError");
    }
    expect(nameOf(() => decodeSrs(new Uint8Array([...file, 0])))).toBe("Srs.FormatError");
  });

  it("refuses a count the file does not hold", () => {
    for (const count of [2, 5]) expect(nameOf(() => checkCount(count, 5))).toBe("accepted");
    for (const count of [6, 1, 0, -1, 2.5]) expect(nameOf(() => checkCount(count, 5))).toBe("Srs.TooShortError");
  });
});
