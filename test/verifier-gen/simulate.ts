/** Runs printed Yul of the graph parts (assignments, mstore, pure expressions) with bigints, refusing what the EVM would wrap. */
import { R } from "../../core/field.ts";
import type { MemoryLayout } from "../../verifier-gen/layout.ts";

const WRAP = 1n << 256n;

export class YulMemory {
  readonly words = new Map<bigint, bigint>();
  readonly pointers: ReadonlyMap<string, bigint>;

  constructor(memory: MemoryLayout) {
    this.pointers = new Map(memory.pointers.map(({ name, value }) => [name, BigInt(value)]));
  }

  /** Address of a pointer expression: NAME or add(NAME, 0x..). */
  address(text: string): bigint {
    const match = /^(?:add\()?(\w+)(?:, (0x[0-9a-f]+)\))?$/.exec(text);
    const base = this.pointers.get(match?.[1] ?? "");
    if (match === null || base === undefined) throw new Error(`not a pointer: ${text}`);
    return base + BigInt(match[2] ?? 0);
  }

  set(pointer: string, value: bigint): void {
    this.words.set(this.address(pointer), value);
  }

  get(pointer: string): bigint {
    return this.load(this.address(pointer));
  }

  load(address: bigint): bigint {
    const value = this.words.get(address);
    if (value === undefined) throw new Error(`read of 0x${address.toString(16)} before it is written`);
    return value;
  }
}

type Value = (locals: ReadonlyMap<string, bigint>) => bigint;

export function runYul(lines: readonly string[], memory: YulMemory): void {
  const locals = new Map<string, bigint>([["r", R], ...memory.pointers]);
  for (const line of lines) {
    if (line.startsWith("//")) continue;
    const store = /^mstore\((.*)\)$/.exec(line);
    if (store !== null) {
      const [address, value] = splitArguments(store[1]);
      const result = parse(value, memory)(locals);
      memory.words.set(parse(address, memory)(locals), result);
      continue;
    }
    const assignment = /^(?:let )?(\w+) := (.*)$/.exec(line);
    if (assignment === null) throw new Error(`not a statement: ${line}`);
    locals.set(assignment[1], parse(assignment[2], memory)(locals));
  }
}

function parse(text: string, memory: YulMemory): Value {
  const call = /^(\w+)\((.*)\)$/.exec(text);
  if (call === null) {
    if (/^\d|^0x/.test(text)) return () => BigInt(text);
    return (locals) => {
      const value = locals.get(text);
      if (value === undefined) throw new Error(`unknown name ${text}`);
      return value;
    };
  }
  const operands = splitArguments(call[2]).map((part) => parse(part, memory));
  const operation = OPERATIONS[call[1]];
  if (call[1] === "mload") return (locals) => memory.load(operands[0](locals));
  if (operation === undefined) throw new Error(`unknown operation ${call[1]}`);
  return (locals) => operation(...operands.map((operand) => operand(locals)));
}

const OPERATIONS: Readonly<Record<string, (...values: bigint[]) => bigint>> = {
  add: (a, b) => inRange(a + b),
  sub: (a, b) => inRange(a - b),
  mulmod: (a, b, m) => (a * b) % m,
  addmod: (a, b, m) => (a + b) % m,
  mod: (a, m) => a % m,
};

function inRange(value: bigint): bigint {
  if (value < 0n || value >= WRAP) throw new Error("a sum or difference leaves the word");
  return value;
}

function splitArguments(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "(") depth++;
    else if (text[i] === ")") depth--;
    else if (text[i] === "," && depth === 0) {
      parts.push(text.slice(start, i));
      start = i + 2;
    }
  }
  return [...parts, text.slice(start)];
}
