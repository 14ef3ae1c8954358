/**
 * What the fused kernels need of the machine, tested before they are used.
 *
 * The specification lets f64x2.relaxed_madd round once or twice. The kernels need once: with x = 1 + 2^-30,
 * x·x - (1 + 2^-29) is 2^-60 when the product is not rounded and 0 when it is. Then products of edge elements are compared
 * with BigInt, which would notice any other surprise.
 */
import { mul, R, sub } from "../../core/field.ts";
import type { Engine } from "../../kernels/engine.ts";

/** x·y + z as relaxed multiply-add, the way it is optimized for this machine. */
export const PROBE_TEXT = `(module (func (export "probe") (param f64 f64 f64) (result f64)
  (f64x2.extract_lane 0
    (f64x2.relaxed_madd (f64x2.splat (local.get 0)) (f64x2.splat (local.get 1)) (f64x2.splat (local.get 2))))))`;

/** PROBE_TEXT in binary: type, function, export and code section. */
// biome-ignore format: one section per line
export const PROBE = Uint8Array.from([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,
  0x01, 0x08, 0x01, 0x60, 0x03, 0x7c, 0x7c, 0x7c, 0x01, 0x7c,
  0x03, 0x02, 0x01, 0x00,
  0x07, 0x09, 0x01, 0x05, 0x70, 0x72, 0x6f, 0x62, 0x65, 0x00, 0x00,
  0x0a, 0x16, 0x01, 0x14, 0x00,
  0x20, 0x00, 0xfd, 0x14, 0x20, 0x01, 0xfd, 0x14, 0x20, 0x02, 0xfd, 0x14, 0xfd, 0x87, 0x02, 0xfd, 0x21, 0x00, 0x0b,
]);

/** True when relaxed multiply-adds exist and round once. */
export function fusesMultiplyAdd(): boolean {
  if (!WebAssembly.validate(PROBE)) return false;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(PROBE), {});
  const probe = exports["probe"] as (x: number, y: number, z: number) => number;
  const x = 1 + 2 ** -30;
  return probe(x, x, -(1 + 2 ** -29)) === 2 ** -60 && probe(x, -x, 1 + 2 ** -29) === -(2 ** -60);
}

/** Edge elements against each other: mul, add and sub of the engine must agree with BigInt. */
export function multipliesCorrectly(engine: Engine): boolean {
  const half = (R + 1n) / 2n;
  const edges = [
    0n,
    1n,
    2n,
    R - 1n,
    R - 2n,
    half,
    half - 1n,
    1n << 253n,
    (1n << 204n) - 1n,
    (1n << 255n) % R,
    (1n << 51n) - 1n,
  ];
  const left = edges.flatMap((x) => edges.map(() => x));
  const right = edges.flatMap(() => edges);
  const mark = engine.mark();
  const [a, b, out] = [left, right, left].map((values) => {
    const v = engine.frVec(values.length);
    engine.write(v, 0, values);
    return v;
  });
  const agrees = (name: "mul" | "sub", expected: (x: bigint, y: bigint) => bigint): boolean => {
    engine[name](out!, a!, b!);
    return engine.read(out!).every((value, i) => value === expected(left[i]!, right[i]!));
  };
  const passed = agrees("mul", mul) && agrees("sub", sub);
  engine.release(mark);
  return passed;
}
