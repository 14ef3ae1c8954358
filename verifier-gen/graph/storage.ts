/**
 * Where stored values live: Yul variables ("registers", on the stack) or memory slots.
 *
 * Printed lines name values as §id§: `mstore(§7§, e)` defines value 7, `mload(§7§)` reads it. A register read costs 3 gas and one byte
 * of code where a memory read costs 6 and four, but the stack holds few. Values that die within the part that defines them compete for
 * registers, the most saved gas per line of life first. The others get memory slots, free again after their last reader.
 */

const VALUE = /§(\d+)§/g;
const FOREVER = Number.MAX_SAFE_INTEGER;

/** With the modulus, the pinned words and the operands of an expression they must stay within DUP16. */
export const REGISTERS = 4;

export interface Placed {
  readonly fixed: readonly string[];
  readonly varying: readonly string[];
  readonly slotWords: number;
}

interface Life {
  readonly id: string;
  readonly from: number;
  to: number;
  reads: number;
}

/** `varying` runs twice after `fixed`. */
export function placeValues(fixed: readonly string[], varying: readonly string[], slotBase: number): Placed {
  const registers = new Map<string, string>();
  const exported = new Set(varying.flatMap(idsOf));
  for (const id of varying.filter(isDefinition).map((line) => idsOf(line)[0])) exported.delete(id);
  allocateRegisters(fixed, exported, registers);
  allocateRegisters(varying, new Set(fixed.flatMap(idsOf)), registers);
  const inRegisters = (lines: readonly string[]): string[] => lines.map((line) => useRegisters(line, registers));
  return allocateSlots(inRegisters(fixed), inRegisters(varying), slotBase);
}

function idsOf(line: string): string[] {
  return [...line.matchAll(VALUE)].map(([, id]) => id);
}

function isDefinition(line: string): boolean {
  return line.startsWith("mstore(§");
}

/** Lives of the values that a list of lines defines, in lines. */
function lives(lines: readonly string[]): Life[] {
  const byId = new Map<string, Life>();
  lines.forEach((line, i) => {
    const ids = idsOf(line);
    const defined = isDefinition(line) ? ids.shift() : undefined;
    for (const id of ids) {
      const life = byId.get(id);
      if (life === undefined) continue;
      life.to = i;
      life.reads++;
    }
    if (defined !== undefined) byId.set(defined, { id: defined, from: i, to: i, reads: 0 });
  });
  return [...byId.values()];
}

function allocateRegisters(
  lines: readonly string[],
  excluded: ReadonlySet<string>,
  registers: Map<string, string>,
): void {
  const saved = ({ from, to, reads }: Life): number => (1 + 3 * reads) / (to - from);
  const candidates = lives(lines)
    .filter(({ id, from, to }) => !excluded.has(id) && to > from)
    .sort((a, b) => saved(b) - saved(a));
  const taken: Life[][] = Array.from({ length: REGISTERS }, () => []);
  for (const life of candidates) {
    const register = taken.findIndex((others) =>
      others.every((other) => other.to <= life.from || life.to <= other.from),
    );
    if (register < 0) continue;
    taken[register].push(life);
    registers.set(life.id, `t${register}`);
  }
}

function useRegisters(line: string, registers: ReadonlyMap<string, string>): string {
  const read = line.replace(/mload\(§(\d+)§\)/g, (text, id: string) => registers.get(id) ?? text);
  const definition = /^mstore\(§(\d+)§, (.*)\)$/.exec(read);
  const register = definition && registers.get(definition[1]);
  return register ? `${register} := ${definition[2]}` : read;
}

function allocateSlots(fixed: readonly string[], varying: readonly string[], base: number): Placed {
  const lines = [...fixed, ...varying];
  const lastLine = new Map<string, number>();
  lines.forEach((line, i) => {
    for (const id of idsOf(line)) {
      const outlives = i >= fixed.length && (lastLine.get(id) ?? FOREVER) < fixed.length;
      lastLine.set(id, outlives || lastLine.get(id) === FOREVER ? FOREVER : i);
    }
  });
  const addresses = new Map<string, number>();
  const free: number[] = [];
  let words = 0;
  const placed = lines.map((line, i) => {
    const ids = new Set(idsOf(line));
    for (const id of ids) if (lastLine.get(id) === i && addresses.has(id)) free.push(addresses.get(id) as number);
    for (const id of ids) if (!addresses.has(id)) addresses.set(id, free.pop() ?? base + 32 * words++);
    return line.replace(VALUE, (_, id: string) => `0x${(addresses.get(id) as number).toString(16)}`);
  });
  return { fixed: placed.slice(0, fixed.length), varying: placed.slice(fixed.length), slotWords: words };
}
