/** Room for masked scores: enough for each, one for those that are alike. */
import { expect, test } from "vitest";
import { integerAnswers } from "../../compiler/3-quantize/integer-answers.ts";
import { withMasks } from "../../compiler/3-quantize/masks.ts";
import { compile } from "../../compiler/compile.ts";
import { buildModel } from "./support/onnx.ts";
import { random } from "./support/random.ts";

const classes = (scales: readonly number[]) =>
  new Map(scales.map((scale, i) => [`scores ${i}`, { scale, lo: -128, hi: 127, isFree: false }]));

test("alike scales get one room, and no scale one that is more than twice its own", () => {
  const rooms = [...withMasks(classes([0.05, 0.055, 0.06, 0.5])).values()].map(({ lo }) => -128 - lo);
  expect(rooms).toEqual([320, 320, 320, 32]);
});

test("the exponential of the masked value is below half a step of any table, whatever the others are", () => {
  for (let seed = 0; seed < 20; seed++) {
    const next = random(seed);
    const given = classes(Array.from({ length: 5 }, () => 2 ** (-8 * next())));
    for (const [name, { scale, lo, hi }] of withMasks(given)) {
      expect(Math.exp((lo + 128) * scale), `seed ${seed}, ${name}`).toBeLessThan(2 ** -23);
      expect(-128 - lo, `seed ${seed}, ${name}`).toBeLessThanOrEqual(2 * Math.ceil(16 / scale));
      expect(hi).toBe(127);
    }
  }
});

/** scores + (1 - mask)·far, then Softmax. */
const computedMask = (far: number): Uint8Array =>
  buildModel({
    inputs: { scores: [3, 5], mask: [3, 5] },
    constants: { one: { shape: [1], data: [1] }, far: { shape: [1], data: [far] } },
    nodes: [
      { op: "Sub", inputs: ["one", "mask"], outputs: ["hidden"] },
      { op: "Mul", inputs: ["hidden", "far"], outputs: ["bias"] },
      { op: "Add", inputs: ["scores", "bias"], outputs: ["masked"] },
      { op: "Softmax", inputs: ["masked"], outputs: ["y"], attributes: { axis: -1 } },
    ],
  });

const masks = Array.from({ length: 4 }, (_, sample) => ({
  scores: Array.from({ length: 15 }, (_, i) => 2 * Math.sin(3 * i + sample)),
  mask: Array.from({ length: 15 }, (_, i) => ((i + sample) % 3 > 0 ? 1 : 0)),
}));

test("a constant that a mask among the inputs takes back is no mask by itself", () => {
  const refused = () => compile(computedMask(-1e4), { calibration: { inputs: masks } });
  expect(refused).toThrow(/computed at run time adds -10000/);
});

test("its remedy: a smaller constant hides as well", () => {
  const { program } = compile(computedMask(-20), { calibration: { inputs: masks } });
  const { scores, mask } = masks[0];
  const sample = new Map([
    ["scores", Float64Array.from(scores)],
    ["mask", Float64Array.from(mask)],
  ]);
  const [[output]] = integerAnswers(program, [sample]);
  mask.forEach((seen, i) => {
    if (seen === 0) expect(output[i], `element ${i}`).toBeLessThan(0.01);
  });
});
