/**
 * A small language for the control code around straight-line kernels: loops, lists and counters in WebAssembly.
 *
 *     func name(a, b) { statement... }
 *     statement   x = e;   if (e) { } else { }   while (e) { }   return e;   f(e, ...);
 *     e           decimal numbers, variables, f(e, ...), ( ), and operators, in rising precedence:
 *                 |    ^    &    == !=    < <= > >=    << >>    + -    *
 *
 * Every value is an i32; comparisons and >> are unsigned, since addresses go up to 2^32. A variable exists from its first
 * assignment on. Functions are exported under their names; one returns a value if its last statement is a return.
 * Bodies keep the order of their statements; nothing is optimized here, the engine's compiler does that.
 */
import { scratch, threadIndex } from "../control.ts";
import type { ModuleText } from "../module.ts";

const OPERATORS: Readonly<Record<string, readonly [precedence: number, instruction: string]>> = {
  "|": [1, "i32.or"],
  "^": [2, "i32.xor"],
  "&": [3, "i32.and"],
  "==": [4, "i32.eq"],
  "!=": [4, "i32.ne"],
  "<": [5, "i32.lt_u"],
  "<=": [5, "i32.le_u"],
  ">": [5, "i32.gt_u"],
  ">=": [5, "i32.ge_u"],
  "<<": [6, "i32.shl"],
  ">>": [6, "i32.shr_u"],
  "+": [7, "i32.add"],
  "-": [7, "i32.sub"],
  "*": [8, "i32.mul"],
};

/** Functions that become instructions. %0, %1, ... are the arguments. */
const INTRINSICS: Readonly<Record<string, { readonly text: string; readonly returns: boolean }>> = {
  load32: { text: "(i32.load %0)", returns: true },
  load16Signed: { text: "(i32.load16_s %0)", returns: true },
  store32: { text: "(i32.store %0 %1)", returns: false },
  store16: { text: "(i32.store16 %0 %1)", returns: false },
  /** -1 for negative numbers, else 0. */
  signMask: { text: "(i32.shr_s %0 (i32.const 31))", returns: true },
  shiftRightSigned: { text: "(i32.shr_s %0 %1)", returns: true },
  memoryCopy: { text: "(memory.copy %0 %1 %2)", returns: false },
  leadingZeros: { text: "(i32.clz %0)", returns: true },
  trailingZeros: { text: "(i32.ctz %0)", returns: true },
  /** 1 if the double at the address is not a number. */
  holdsNan: { text: "(f64.ne (f64.load %0) (f64.load %0))", returns: true },
  storeNan: { text: "(f64.store %0 (f64.const nan))", returns: false },
  /** 1 if the double at the address is zero. */
  holdsZero: { text: "(f64.eq (f64.load %0) (f64.const 0))", returns: true },
  copyDouble: { text: "(f64.store %0 (f64.load %1))", returns: false },
  incrementDouble: { text: "(f64.store %0 (f64.add (f64.load %0) (f64.const 1)))", returns: false },
  load64IsZero: { text: "(i64.eqz (i64.load %0))", returns: true },
  fill: { text: "(memory.fill %0 %1 %2)", returns: false },
  scratch: { text: scratch(0), returns: true },
  /** Index of the executing thread. */
  threadIndex: { text: threadIndex(), returns: true },
};

interface Scope {
  readonly parameters: readonly string[];
  readonly locals: Set<string>;
  readonly results: ReadonlySet<string>;
  labels: number;
}

/** Compiles `source` into `module`. Functions called but not defined here must exist in the module and return nothing. */
export function defineControl(module: ModuleText, source: string, withResults: readonly string[] = []): string[] {
  const tokens = tokenize(source);
  const results = new Set(withResults);
  const defined: string[] = [];
  while (tokens.peek() !== undefined) {
    tokens.expect("func");
    const name = tokens.next();
    const parameters = parseList(tokens, () => tokens.next());
    const scope: Scope = { parameters, locals: new Set(), results, labels: 0 };
    const body = parseBlock(tokens, scope);
    const returns = body.at(-1)?.startsWith("(return") ?? false;
    if (returns) results.add(name);
    defined.push(name);
    module.func(
      [
        `(func $${name} (export "${name}") ${parameters.map((p) => `(param $${p} i32)`).join(" ")}${returns ? " (result i32)" : ""}`,
        [...scope.locals].map((local) => `(local $${local} i32)`).join(" "),
        ...body,
        ")",
      ].join("\n"),
    );
  }
  return [...results];
}

interface Tokens {
  peek(): string | undefined;
  next(): string;
  expect(token: string): void;
}

function tokenize(source: string): Tokens {
  const list = source.replaceAll(/\/\/.*$/gm, "").match(/[A-Za-z_]\w*|\d+|<<|>>|[<>=!]=|[^\s\w]/g) ?? [];
  let at = 0;
  const tokens: Tokens = {
    peek: () => list[at],
    next() {
      const token = list[at++];
      if (token === undefined) throw new SyntaxError("control code ends early");
      return token;
    },
    expect(token) {
      const got = tokens.next();
      if (got !== token)
        throw new SyntaxError(`control code: expected ${token}, got ${got} (${list.slice(at - 6, at + 6).join(" ")})`);
    },
  };
  return tokens;
}

function parseList<T>(tokens: Tokens, item: () => T): T[] {
  const items: T[] = [];
  tokens.expect("(");
  while (tokens.peek() !== ")") {
    if (items.length > 0) tokens.expect(",");
    items.push(item());
  }
  tokens.expect(")");
  return items;
}

function parseBlock(tokens: Tokens, scope: Scope): string[] {
  const lines: string[] = [];
  tokens.expect("{");
  while (tokens.peek() !== "}") lines.push(parseStatement(tokens, scope));
  tokens.expect("}");
  return lines;
}

function parseStatement(tokens: Tokens, scope: Scope): string {
  const word = tokens.next();
  if (word === "if") {
    const condition = parseCondition(tokens, scope);
    const yes = parseBlock(tokens, scope).join(" ");
    if (tokens.peek() !== "else") return `(if ${condition} (then ${yes}))`;
    tokens.expect("else");
    return `(if ${condition} (then ${yes}) (else ${parseBlock(tokens, scope).join(" ")}))`;
  }
  if (word === "while") {
    const label = scope.labels++;
    const condition = parseCondition(tokens, scope);
    const body = parseBlock(tokens, scope).join("\n");
    return `(block $end${label} (loop $again${label} (br_if $end${label} (i32.eqz ${condition}))\n${body}\n(br $again${label})))`;
  }
  let statement: string;
  if (word === "return") {
    statement = `(return ${parseExpression(tokens, scope)})`;
  } else if (tokens.peek() === "(") {
    const { text, returns } = parseCall(tokens, scope, word);
    statement = returns ? `(drop ${text})` : text;
  } else {
    tokens.expect("=");
    const value = parseExpression(tokens, scope);
    if (!scope.parameters.includes(word)) scope.locals.add(word);
    statement = `(local.set $${word} ${value})`;
  }
  tokens.expect(";");
  return statement;
}

function parseCondition(tokens: Tokens, scope: Scope): string {
  tokens.expect("(");
  const condition = parseExpression(tokens, scope);
  tokens.expect(")");
  return condition;
}

function parseExpression(tokens: Tokens, scope: Scope, least = 1): string {
  let left = parsePrimary(tokens, scope);
  for (;;) {
    const [precedence, instruction] = OPERATORS[tokens.peek() ?? ""] ?? [0, ""];
    if (precedence < least) return left;
    tokens.next();
    left = `(${instruction} ${left} ${parseExpression(tokens, scope, precedence + 1)})`;
  }
}

function parsePrimary(tokens: Tokens, scope: Scope): string {
  const token = tokens.next();
  if (token === "(") {
    const inner = parseExpression(tokens, scope);
    tokens.expect(")");
    return inner;
  }
  if (/^\d/.test(token)) return `(i32.const ${token})`;
  if (tokens.peek() === "(") return parseCall(tokens, scope, token).text;
  if (!scope.parameters.includes(token) && !scope.locals.has(token)) {
    throw new SyntaxError(`control code: ${token} is read before it is assigned`);
  }
  return `(local.get $${token})`;
}

function parseCall(tokens: Tokens, scope: Scope, name: string): { text: string; returns: boolean } {
  const args = parseList(tokens, () => parseExpression(tokens, scope));
  const intrinsic = INTRINSICS[name];
  if (!intrinsic) return { text: `(call $${name} ${args.join(" ")})`, returns: scope.results.has(name) };
  return { text: intrinsic.text.replaceAll(/%(\d)/g, (_, index) => args[Number(index)]!), returns: intrinsic.returns };
}
