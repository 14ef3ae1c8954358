/** The assembly of a contract as solc parses it, walked in order: what it sets and reads, in variables and in memory. */
import { createRequire } from "node:module";

export interface YulNode {
  readonly nodeType: string;
  readonly name?: string;
  readonly value?: string | YulNode;
  readonly kind?: string;
  readonly constant?: boolean;
  readonly arguments?: readonly YulNode[];
  readonly functionName?: YulNode;
  readonly statements?: readonly YulNode[];
  readonly variables?: readonly YulNode[];
  readonly variableNames?: readonly YulNode[];
  readonly parameters?: readonly YulNode[];
  readonly returnVariables?: readonly YulNode[];
  readonly condition?: YulNode;
  readonly expression?: YulNode;
  readonly body?: YulNode;
  readonly pre?: YulNode;
  readonly post?: YulNode;
  readonly AST?: YulNode;
}

export interface Local {
  readonly name: string;
  readonly writes: Moment[];
  readonly reads: Moment[];
}

/** A place in the order of execution, the loops around it, and the assignment it is part of. */
export interface Moment {
  readonly index: number;
  readonly loops: readonly YulNode[];
  readonly assignment: YulNode | undefined;
  readonly text: string;
}

export interface Access {
  readonly kind: "read" | "write" | "may write";
  /** In bytes. */
  readonly first: number;
  readonly length: number;
  readonly index: number;
  readonly owner: string;
  readonly isConsumption: boolean;
  readonly text: string;
}

export const WORD = 32;
/** Writes its selector and reverts. */
const FAIL = "fail";

export function parseSolidity(source: string): YulNode {
  const solc = createRequire(import.meta.url)("solc") as { compile(input: string): string };
  const settings = { stopAfter: "parsing", outputSelection: { "*": { "": ["ast"] } } };
  const input = { language: "Solidity", sources: { Verifier: { content: source } }, settings };
  const { sources, errors } = JSON.parse(solc.compile(JSON.stringify(input)));
  if (sources?.Verifier?.ast === undefined)
    throw new Error(`solc cannot parse the contract: ${JSON.stringify(errors)}`);
  return sources.Verifier.ast;
}

function* nodesOf(node: unknown): Generator<YulNode> {
  if (node === null || typeof node !== "object") return;
  if ("nodeType" in node) yield node as YulNode;
  for (const child of Object.values(node)) yield* nodesOf(child);
}

export function constantsOf(tree: YulNode): Map<string, number> {
  const declared = [...nodesOf(tree)].filter(
    ({ nodeType, constant }) => nodeType === "VariableDeclaration" && constant,
  );
  return new Map(declared.map(({ name, value }) => [name as string, Number((value as YulNode | undefined)?.value)]));
}

/** All assembly of a contract, one block after another. */
export function walkAssembly(tree: YulNode, constants: ReadonlyMap<string, number>): Walk {
  const definitions = [...nodesOf(tree)].filter(({ nodeType }) => nodeType === "YulFunctionDefinition");
  const names = definitions.map(({ name = "" }) => name).filter((name) => name !== FAIL);
  const walk = new Walk(constants, new Set(names));
  for (const { AST } of nodesOf(tree)) if (AST) walk.assembly(AST);
  return walk;
}

/** Ranges of memory by operation: which arguments are an address and its length in bytes. */
const MEMORY: Record<
  string,
  readonly (readonly [kind: Access["kind"], at: number, length: number | { bytes: number }])[]
> = {
  mload: [["read", 0, { bytes: WORD }]],
  mstore: [["write", 0, { bytes: WORD }]],
  mcopy: [
    ["read", 1, 2],
    ["write", 0, 2],
  ],
  calldatacopy: [["write", 0, 2]],
  extcodecopy: [["write", 1, 3]],
  keccak256: [["read", 0, 1]],
  staticcall: [
    ["read", 2, 3],
    ["may write", 4, 5],
  ],
  return: [["read", 0, 1]],
  revert: [["read", 0, 1]],
};

export class Walk {
  readonly ignored: string[] = [];
  readonly locals: Local[] = [];
  readonly accesses: Access[] = [];
  /** When functions of the assembly are called. */
  readonly calls: number[] = [];
  hasLoops = false;
  /** Some address of memory is not a constant. */
  hasUnknown = false;
  private index = 0;
  private blocks = 0;
  private owner = "";
  private scopes: Map<string, Local>[] = [];
  private loops: YulNode[] = [];
  private assignment: YulNode | undefined;
  private readonly constants: ReadonlyMap<string, number>;
  /** Functions of the assembly that may read memory. */
  private readonly functions: ReadonlySet<string>;

  constructor(constants: ReadonlyMap<string, number>, functions: ReadonlySet<string>) {
    this.constants = constants;
    this.functions = functions;
  }

  assembly(block: YulNode): void {
    this.owner = `block ${this.blocks++}`;
    this.block(block);
  }

  private block({ statements = [] }: YulNode): void {
    this.scopes.push(new Map());
    for (const statement of statements) this.statement(statement);
    this.scopes.pop();
  }

  private statement(node: YulNode): void {
    switch (node.nodeType) {
      case "YulBlock":
        return this.block(node);
      case "YulFunctionDefinition":
        return this.definition(node);
      case "YulVariableDeclaration":
      case "YulAssignment":
        return this.set(node);
      case "YulIf":
        this.read(node.condition as YulNode, true);
        return this.block(node.body as YulNode);
      case "YulForLoop":
        return this.loop(node);
      case "YulExpressionStatement":
        return this.read(node.expression as YulNode);
    }
  }

  private definition({ name = "", parameters = [], returnVariables = [], body }: YulNode): void {
    if (name === FAIL) return;
    const [outerScopes, outerOwner] = [this.scopes, this.owner];
    [this.scopes, this.owner] = [[new Map()], `${outerOwner}, ${name}`];
    for (const variable of [...parameters, ...returnVariables]) this.introduce(variable);
    for (const { name: parameter = "" } of parameters) this.write(parameter, "a parameter");
    this.block(body as YulNode);
    for (const { name: result = "" } of returnVariables) this.find(result)?.reads.push(this.moment(""));
    [this.scopes, this.owner] = [outerScopes, outerOwner];
  }

  private set(node: YulNode): void {
    const value = node.value as YulNode | undefined;
    const targets = node.variables ?? node.variableNames ?? [];
    this.assignment = node;
    if (value) this.read(value, false, targets[0]?.name);
    if (node.variables) for (const variable of targets) this.introduce(variable);
    if (value) for (const { name = "" } of targets) this.write(name, textOf(value));
    this.assignment = undefined;
  }

  private loop(node: YulNode): void {
    this.hasLoops = true;
    this.scopes.push(new Map());
    for (const statement of node.pre?.statements ?? []) this.statement(statement);
    this.loops = [...this.loops, node];
    this.read(node.condition as YulNode, true);
    this.block(node.body as YulNode);
    for (const statement of node.post?.statements ?? []) this.statement(statement);
    this.loops = this.loops.slice(0, -1);
    this.scopes.pop();
  }

  /** `isCondition`: what the expression says decides something. `into`: the variable that is set to it. */
  private read(node: YulNode, isCondition = false, into?: string): void {
    if (node.nodeType === "YulIdentifier") this.find(node.name ?? "")?.reads.push(this.moment(""));
    if (node.nodeType !== "YulFunctionCall") return;
    const name = node.functionName?.name ?? "";
    const given = node.arguments ?? [];
    if (name === "pop" || (name === "staticcall" && !isCondition)) this.ignored.push(`ignored result: ${textOf(node)}`);
    const isBound = name === "lt" && given[1]?.name === "r";
    for (const argument of [...given].reverse())
      this.read(argument, isCondition && name === "iszero", isBound ? "r" : undefined);
    this.access(node, name, given, into);
    if (this.functions.has(name)) this.calls.push(this.index++);
  }

  private access(node: YulNode, name: string, given: readonly YulNode[], into: string | undefined): void {
    for (const [kind, at, size] of MEMORY[name] ?? []) {
      const first = this.constant(given[at]);
      const length = typeof size === "number" ? this.constant(given[size]) : size.bytes;
      if (first === undefined || length === undefined) {
        this.hasUnknown = true;
        continue;
      }
      const isConsumption = name !== "keccak256" && into !== "r" && into !== "word";
      const index = this.index++;
      this.accesses.push({ kind, first, length, index, owner: this.owner, isConsumption, text: textOf(node) });
    }
  }

  private constant(node: YulNode): number | undefined {
    if (node.nodeType === "YulLiteral") return Number(node.value);
    if (node.nodeType === "YulIdentifier") return this.constants.get(node.name ?? "");
    const [a, b] = (node.arguments ?? []).map((argument) => this.constant(argument));
    if (a === undefined || b === undefined) return undefined;
    const operation = node.functionName?.name;
    return operation === "add" ? a + b : operation === "sub" ? a - b : undefined;
  }

  private introduce({ name = "" }: YulNode): void {
    const local = { name, writes: [], reads: [] };
    this.scopes.at(-1)?.set(name, local);
    this.locals.push(local);
  }

  private find(name: string): Local | undefined {
    return this.scopes.findLast((scope) => scope.has(name))?.get(name);
  }

  private write(name: string, text: string): void {
    this.find(name)?.writes.push(this.moment(text));
  }

  private moment(text: string): Moment {
    return { index: this.index++, loops: this.loops, assignment: this.assignment, text };
  }
}

function textOf({ nodeType, name, value, functionName, arguments: given = [] }: YulNode): string {
  if (nodeType === "YulFunctionCall") return `${functionName?.name}(${given.map(textOf).join(", ")})`;
  return name ?? String(value);
}
