/** Text of loops and addresses around block functions: i32 expressions in WebAssembly's folded form. */
import { SCRATCH_BYTES, scratchOf } from "../memory-map.ts";
import type { ModuleText } from "./module.ts";

export const get = (local: string): string => `(local.get $${local})`;
export const set = (local: string, value: string): string => `(local.set $${local} ${value})`;
export const int = (value: number): string => `(i32.const ${value})`;
export const plus = (a: string, b: string | number): string => {
  if (b === 0) return a;
  return `(i32.add ${a} ${typeof b === "number" ? int(b) : b})`;
};
export const minus = (a: string, b: string | number): string => `(i32.sub ${a} ${typeof b === "number" ? int(b) : b})`;
export const times = (a: string, b: string | number): string => `(i32.mul ${a} ${typeof b === "number" ? int(b) : b})`;
export const call = (name: string, ...args: readonly string[]): string => `(call $${name} ${args.join(" ")})`;
export const advance = (local: string, by: string | number): string => set(local, plus(get(local), by));
export const retreat = (local: string, by: string | number): string => set(local, minus(get(local), by));
export const least = (a: string, b: string): string => `(select ${a} ${b} (i32.lt_u ${a} ${b}))`;

/** Address in the scratch of the executing thread. */
export const scratch = (offset: number): string => plus("(global.get $scratch)", offset);

/** Index of the executing thread. */
export const threadIndex = (): string =>
  `(i32.shr_u ${minus(scratch(0), scratchOf(0))} ${int(Math.log2(SCRATCH_BYTES))})`;

/** Runs the body `counter` times, counting it down to 0. */
export function repeat(counter: string, ...body: readonly string[]): string {
  return [
    `(block $done_${counter} (br_if $done_${counter} (i32.eqz ${get(counter)}))`,
    `(loop $loop_${counter}`,
    ...body,
    `(br_if $loop_${counter} (local.tee $${counter} ${minus(get(counter), 1)}))))`,
  ].join("\n");
}

export interface FunctionShape {
  /** i32 parameters. */
  readonly parameters: readonly string[];
  /** Further locals: names of i32 ones, or name: type. */
  readonly locals?: readonly string[];
  readonly vectors?: readonly string[];
  readonly doubles?: readonly string[];
  readonly longs?: readonly string[];
  readonly result?: "i32";
}

/** An exported function with a hand-written body. */
export function defineFunction(
  module: ModuleText,
  name: string,
  shape: FunctionShape,
  ...body: readonly string[]
): void {
  const declare = (names: readonly string[] | undefined, type: string): string =>
    (names ?? []).map((local) => `(local $${local} ${type})`).join(" ");
  module.func(
    [
      `(func $${name} (export "${name}")`,
      shape.parameters.map((parameter) => `(param $${parameter} i32)`).join(" "),
      shape.result ? `(result ${shape.result})` : "",
      declare(shape.locals, "i32"),
      declare(shape.vectors, "v128"),
      declare(shape.doubles, "f64"),
      declare(shape.longs, "i64"),
      ...body,
      ")",
    ].join("\n"),
  );
}

/** name(pointers..., count): calls `kernel` count times, each pointer moving by its stride in bytes. */
export function defineLoop(
  module: ModuleText,
  name: string,
  kernel: string,
  pointers: readonly (readonly [local: string, strideBytes: number])[],
): void {
  const parameters = pointers.map(([local]) => local);
  defineFunction(
    module,
    name,
    { parameters: [...parameters, "count"] },
    repeat(
      "count",
      call(kernel, ...parameters.map(get)),
      ...pointers.filter(([, stride]) => stride !== 0).map(([local, stride]) => advance(local, stride)),
    ),
  );
}
