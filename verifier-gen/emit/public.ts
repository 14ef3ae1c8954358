/**
 * Values of the public tensors (`core/packing.ts`): sum_g tau^g · (group g as a number with signed digits), by Horner's rule from the
 * last group. A group is one calldata word shifted right; two's complement digits become signed ones by (word xor signs) - signs,
 * where -signs is added as r - signs so that nothing is negative. Each step stays below 3r and is reduced by the next product.
 */
import type { PublicTensor } from "../../core/circuit.ts";
import { R } from "../../core/field.ts";
import { elementsPerGroup, signBits } from "../../core/packing.ts";
import { hex, wordAt } from "../layout.ts";
import { commentText } from "../names.ts";
import type { Symbols } from "../symbols.ts";

/** Groups per loop turn: a turn costs 40 gas, a group 25 bytes of code. */
const UNROLLED = 8;

/** Yul variables in scope: r, and the calldata offsets of input and output. */
export function publicValuesCode({ circuit }: Symbols): string[] {
  const lines: string[] = [];
  let index = 0;
  for (const [bytes, tensors] of [
    ["input.offset", circuit.inputs],
    ["output.offset", circuit.outputs],
  ] as const) {
    let offset = 0;
    for (const tensor of tensors) {
      lines.push(
        `// ${commentText(tensor.name)}`,
        "{",
        ...tensorCode(tensor, bytes, offset),
        `mstore(${wordAt("PUBLIC_MPTR", index++)}, mod(value, r))`,
        "}",
      );
      offset += tensor.count * tensor.elementBytes;
    }
  }
  return lines;
}

function tensorCode(tensor: PublicTensor, bytes: string, offset: number): string[] {
  const perGroup = elementsPerGroup(tensor);
  const stride = perGroup * tensor.elementBytes;
  const full = Math.floor(tensor.count / perGroup);
  const rest = tensor.count % perGroup;
  const number = (size: number, address: string): string =>
    `shr(${256 - 8 * size * tensor.elementBytes}, calldataload(${address}))`;
  const start = `add(${bytes}, ${hex(offset)})`;
  const lines: string[] = [];

  if (rest > 0)
    lines.push(`let value := ${signed(tensor, rest, number(rest, `add(${bytes}, ${hex(offset + full * stride)})`))}`);
  else lines.push("let value := 0");
  if (full === 0) return lines;
  lines.push(
    "let tau := mload(TAU_MPTR)",
    ...(tensor.signed ? [`let signs := ${hexWord(signsOf(tensor, perGroup))}`, "let minusSigns := sub(r, signs)"] : []),
  );
  const group = (address: string): string => {
    const word = number(perGroup, address);
    return `value := add(mulmod(value, tau, r), ${tensor.signed ? `add(xor(${word}, signs), minusSigns)` : word})`;
  };
  const single = full % UNROLLED;
  lines.push(`let group := ${start}`);
  for (let i = full - 1; i >= full - single; i--)
    lines.push(group(i === 0 ? "group" : `add(group, ${hex(i * stride)})`));
  if (full === single) return lines;
  const turn = UNROLLED * stride;
  lines.push(
    `for { let pointer := add(group, ${hex((full - single) * stride)}) } gt(pointer, group) {} {`,
    `pointer := sub(pointer, ${hex(turn)})`,
    ...Array.from({ length: UNROLLED }, (_, i) =>
      group(i === UNROLLED - 1 ? "pointer" : `add(pointer, ${hex((UNROLLED - 1 - i) * stride)})`),
    ),
    "}",
  );
  return lines;
}

function signed(tensor: PublicTensor, size: number, number: string): string {
  if (!tensor.signed) return number;
  const signs = signsOf(tensor, size);
  return `add(xor(${number}, ${hexWord(signs)}), ${hexWord(R - signs)})`;
}

function signsOf(tensor: PublicTensor, size: number): bigint {
  return signBits(256n ** BigInt(tensor.elementBytes), size);
}

function hexWord(value: bigint): string {
  return `0x${value.toString(16)}`;
}
