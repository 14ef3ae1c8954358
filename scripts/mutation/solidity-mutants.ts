/** Mutants of hand-written Solidity: one small change at a time, at positions of the compiler's syntax tree. */

export interface SolidityMutant {
  readonly file: string;
  readonly line: number;
  /** The line before the change, trimmed. */
  readonly source: string;
  readonly change: string;
  /** The whole file, changed. */
  readonly text: string;
  /** A condition forced, or a statement, modifier or check of the sender left out. */
  readonly isCheck: boolean;
}

/** What of the compiler's syntax tree is used. `src` is start:length:file, in bytes. */
export interface AstNode {
  readonly nodeType: string;
  readonly src: string;
  readonly [field: string]: unknown;
}

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly by: string;
  readonly change: string;
  readonly isCheck?: boolean;
}

/** `text` is ASCII, so that bytes are characters. */
export function solidityMutants(file: string, text: string, ast: AstNode): SolidityMutant[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII
  if (!/^[\x00-\x7f]*$/.test(text)) throw new Error(`${file}: positions are in bytes, and it is not ASCII`);
  const seen = new Set([text]);
  return [...nodesOf(ast)]
    .flatMap((node) => editsOf(node, text))
    .sort((a, b) => a.from - b.from || a.to - b.to)
    .map(({ from, to, by, change, isCheck = false }) => {
      const start = text.lastIndexOf("\n", from - 1) + 1;
      const source = text.slice(start, text.indexOf("\n", from));
      return {
        file,
        line: text.slice(0, from).split("\n").length,
        source: source.trim(),
        change: `${change} at column ${from - start + 1 - source.search(/\S/)}`,
        text: text.slice(0, from) + by + text.slice(to),
        isCheck,
      };
    })
    .filter((mutant) => !seen.has(mutant.text) && seen.add(mutant.text));
}

function* nodesOf(value: unknown): Generator<AstNode> {
  if (typeof value !== "object" || value === null) return;
  if ("nodeType" in value) yield value as AstNode;
  for (const child of Object.values(value)) yield* nodesOf(child);
}

const rangeOf = (node: AstNode): readonly [from: number, to: number] => {
  const [start, length] = node.src.split(":").map(Number);
  return [start, start + length];
};

const nodeAt = (node: AstNode, field: string): AstNode => node[field] as AstNode;
const nodesAt = (node: AstNode, field: string): readonly AstNode[] => (node[field] ?? []) as readonly AstNode[];

function editsOf(node: AstNode, text: string): Edit[] {
  const [from, to] = rangeOf(node);
  const own = text.slice(from, to);
  switch (node.nodeType) {
    case "IfStatement":
    case "Conditional":
      return forced(nodeAt(node, "condition"), "true", "false");
    case "ForStatement":
      return forced(nodeAt(node, "condition"), "false");
    case "BinaryOperation":
      return operators(node, text);
    case "UnaryOperation":
      return node["operator"] === "!" ? [{ from, to: from + 1, by: "", change: "not removed" }] : [];
    case "Literal":
      return literals(node, own);
    case "ExpressionStatement":
    case "EmitStatement":
      return [{ from, to: to + 1, by: "", change: "statement removed", isCheck: true }];
    case "ModifierInvocation":
      return node["kind"] === "modifierInvocation"
        ? [{ from, to, by: "", change: "modifier removed", isCheck: true }]
        : [];
    case "MemberAccess":
      return own === "msg.sender" ? [{ from, to, by: "tx.origin", change: "sender to origin", isCheck: true }] : [];
    case "Block":
      return swaps(nodesAt(node, "statements"), text);
    case "YulLiteral":
      return /^(0x)?[0-9a-f]+$/i.test(own) ? [{ from, to, by: plus(own, 1n), change: "plus one" }] : [];
    case "YulExpressionStatement":
    case "YulAssignment":
      return [{ from, to, by: "", change: "statement removed" }];
    case "YulIf":
      return forced(nodeAt(node, "condition"), "1", "0");
    case "YulFunctionCall":
      return yulCalls(nodeAt(node, "functionName"), text);
    default:
      return [];
  }
}

function forced(condition: AstNode, ...values: readonly string[]): Edit[] {
  const [from, to] = rangeOf(condition);
  return values.map((by) => ({ from, to, by, change: `condition always ${by}`, isCheck: true }));
}

const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "==": ["!="],
  "!=": ["=="],
  "&&": ["||"],
  "||": ["&&"],
  "+": ["-"],
  "-": ["+"],
  "*": ["+"],
  "/": ["*"],
  "%": ["*"],
  "<<": [">>"],
  ">>": ["<<"],
  "&": ["|"],
  "|": ["&"],
  "^": ["&"],
};

function operators(node: AstNode, text: string): Edit[] {
  const [, left] = rangeOf(nodeAt(node, "leftExpression"));
  const [right] = rangeOf(nodeAt(node, "rightExpression"));
  const operator = node["operator"] as string;
  const from = left + text.slice(left, right).indexOf(operator);
  return (OPERATORS[operator] ?? []).map((by) => ({
    from,
    to: from + operator.length,
    by,
    change: `${operator} to ${by}`,
  }));
}

function literals(node: AstNode, own: string): Edit[] {
  const [from, to] = rangeOf(node);
  const edit = (by: string, change: string): Edit => ({ from, to, by, change });
  if (node["kind"] === "bool") return [edit(own === "true" ? "false" : "true", "inverted")];
  if (node["kind"] === "string") return [edit(own.replace(/"$/, '_"'), "text changed")];
  if (node["kind"] !== "number" || /^0x[0-9a-fA-F]{40}$/.test(own)) return [];
  // An amount of time has its unit behind it.
  if (/ /.test(own)) return [edit(`(${own} + 1)`, "plus one"), edit(`(${own} - 1)`, "minus one")];
  const isZero = BigInt(own.replaceAll("_", "")) === 0n;
  return [edit(plus(own, 1n), "plus one"), ...(isZero ? [] : [edit(plus(own, -1n), "minus one")])];
}

/** In the notation and, for hexadecimal, the width of `literal`. */
function plus(literal: string, step: bigint): string {
  const value = BigInt(literal.replaceAll("_", "")) + step;
  return literal.startsWith("0x") ? `0x${value.toString(16).padStart(literal.length - 2, "0")}` : `${value}`;
}

const YUL_CALLS: Readonly<Record<string, string>> = { gt: "lt", lt: "gt", eq: "sub", and: "or", or: "and", shr: "shl" };

function yulCalls(name: AstNode, text: string): Edit[] {
  const [from, to] = rangeOf(name);
  const own = text.slice(from, to);
  return own in YUL_CALLS ? [{ from, to, by: YUL_CALLS[own], change: `${own} to ${YUL_CALLS[own]}` }] : [];
}

/** Code of others, or money, reached from a statement. */
const INTERACTION =
  /\b(_collect|_call|_payOut|_pull|_settle|_verify|_importModel|syncModel|permit)\(|ExactGasCall\.|SafeTransfer\./;

/** Neighbours of which one calls code of others, in the other order. */
function swaps(statements: readonly AstNode[], text: string): Edit[] {
  return statements.slice(1).flatMap((second, i) => {
    const first = statements[i];
    const [from, firstEnd] = withSemicolon(first, text);
    const [start, to] = withSemicolon(second, text);
    const [before, after] = [text.slice(from, firstEnd), text.slice(start, to)];
    if (!INTERACTION.test(before) && !INTERACTION.test(after)) return [];
    return [{ from, to, by: after + text.slice(firstEnd, start) + before, change: "swapped with the next statement" }];
  });
}

function withSemicolon(node: AstNode, text: string): readonly [from: number, to: number] {
  const [from, to] = rangeOf(node);
  return [from, text[to] === ";" ? to + 1 : to];
}
