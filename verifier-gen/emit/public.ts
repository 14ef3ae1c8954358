/**
 * What the statement carries of the tensors, read from calldata.
 *
 * Values of public and hashed tensors (`core/packing.ts`): sum_g tau^g · (group g as a number with signed digits), by Horner's rule
 * from the last group. A group is one calldata word shifted right; two's complement digits become signed ones by (word xor signs) - signs,
 * where -signs is added as r - signs so that nothing is negative. Each step stays below 3r and is reduced by the next product.
 */
import type { BoundaryTensor } from "../../core/circuit.ts";
import { R } from "../../core/field.ts";
import { elementsPerGroup, packedLength, signBits } from "../../core/packing.ts";
import { type PlacedTensor, placedTensors, readTensors } from "../../core/statement.ts";
import { failure } from "../failure.ts";
import { hex, wordAt } from "../layout.ts";
import { commentText } from "../names.ts";
import type { Symbols } from "../symbols.ts";

/** Groups per loop turn: a turn costs 40 gas, a group 25 bytes of code. */
const UNROLLED = 8;

const calldata = (side: string, offset: number): string => `add(${side}.offset, ${hex(offset)})`;

/** Address of a tensor's packed bytes: in the statement, or behind the words of the proof. */
function packedAddress({ tensor, side, offset, preimageOffset }: PlacedTensor): string {
  if (tensor.visibility === "public") return calldata(side, offset);
  return `add(add(proof.offset, PROOF_WORD_BYTES), ${hex(preimageOffset)})`;
}

/** The packed bytes behind the words of the proof have the hash that the statement carries. */
function preimageCheck(placed: PlacedTensor): string[] {
  const { tensor, side, offset } = placed;
  if (tensor.visibility !== "hashed") return [];
  const size = hex(packedLength([tensor]));
  return [
    `calldatacopy(SLOTS_MPTR, ${packedAddress(placed)}, ${size})`,
    `if iszero(eq(keccak256(SLOTS_MPTR, ${size}), calldataload(${calldata(side, offset)}))) { ${failure("PreimageHash")} }`,
  ];
}

/** Values of read tensors to PUBLIC, commitments to COMMITMENTS. Yul variables in scope: r, and the offsets of proof, input, output. */
export function boundaryCode({ circuit }: Symbols): string[] {
  const values = readTensors(circuit).flatMap((placed, index) => [
    `// ${commentText(placed.tensor.name)}`,
    "{",
    ...preimageCheck(placed),
    ...tensorCode(placed.tensor, packedAddress(placed)),
    `mstore(${wordAt("PUBLIC_MPTR", index)}, mod(value, r))`,
    "}",
  ]);
  const commitments = placedTensors(circuit)
    .filter(({ tensor }) => tensor.visibility === "committed")
    .flatMap(({ tensor, side, offset }, index) => [
      `// ${commentText(tensor.name)}`,
      `calldatacopy(${wordAt("COMMITMENTS_MPTR", 2 * index)}, ${calldata(side, offset)}, 0x40)`,
    ]);
  return [...values, ...commitments];
}

function tensorCode(tensor: BoundaryTensor, start: string): string[] {
  const perGroup = elementsPerGroup(tensor);
  const stride = perGroup * tensor.elementBytes;
  const full = Math.floor(tensor.count / perGroup);
  const rest = tensor.count % perGroup;
  const number = (size: number, address: string): string =>
    `shr(${256 - 8 * size * tensor.elementBytes}, calldataload(${address}))`;
  const lines: string[] = [];

  if (rest > 0)
    lines.push(
      `let value := ${signed(tensor, rest, number(rest, full === 0 ? start : `add(${start}, ${hex(full * stride)})`))}`,
    );
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

function signed(tensor: BoundaryTensor, size: number, number: string): string {
  if (!tensor.signed) return number;
  const signs = signsOf(tensor, size);
  return `add(xor(${number}, ${hexWord(signs)}), ${hexWord(R - signs)})`;
}

function signsOf(tensor: BoundaryTensor, size: number): bigint {
  return signBits(256n ** BigInt(tensor.elementBytes), size);
}

function hexWord(value: bigint): string {
  return `0x${value.toString(16)}`;
}
