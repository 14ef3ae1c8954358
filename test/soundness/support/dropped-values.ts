/**
 * Values that a verifier computes and then drops, found in its source with the compiler's types. Each is a check that is not made:
 * the result of a sumcheck, an evaluation, a verdict.
 *
 *     dropped result   a statement, `void` or comma leaves a value behind
 *     dead value       nothing reads a local after it was set, or only the text of an error does
 *     unread field     no file of the verifier reads a field of an interface
 *     unread part      what reads a step of the proof leaves one of its parts out
 */
import {
  isBinaryExpression,
  isBindingElement,
  isCallExpression,
  isDoStatement,
  isElementAccessExpression,
  isExpressionStatement,
  isForInStatement,
  isForOfStatement,
  isForStatement,
  isFunctionLikeDeclaration,
  isIdentifier,
  isInterfaceDeclaration,
  isNewExpression,
  isObjectBindingPattern,
  isParameterDeclaration,
  isPostfixUnaryExpression,
  isPrefixUnaryExpression,
  isPropertyAccessExpression,
  isPropertySignatureDeclaration,
  isShorthandPropertyAssignment,
  isStringLiteral,
  isVariableDeclaration,
  isVoidExpression,
  isWhileStatement,
  isYieldExpression,
  type Node,
  SyntaxKind,
} from "typescript/unstable/ast";
import { type Checker, TypeFlags } from "typescript/unstable/sync";
import { ancestorsOf, nodesOf, type TypedSource } from "./typed-source.ts";

/** Methods of arrays, maps and sets whose answer says nothing that the receiver does not. */
const MUTATORS = ["push", "set", "add", "fill", "sort"];

const isAssignment = (kind: SyntaxKind): boolean =>
  kind >= SyntaxKind.FirstAssignment && kind <= SyntaxKind.LastAssignment;
const isLoop = (node: Node): boolean =>
  isForStatement(node) ||
  isForOfStatement(node) ||
  isForInStatement(node) ||
  isWhileStatement(node) ||
  isDoStatement(node);

const placeOf = (path: string, node: Node): string => `${path}: ${node.getText().split("\n")[0]}`;

export function droppedResults({ checker, files }: TypedSource): string[] {
  return files.flatMap(([path, file]) =>
    [...nodesOf(file)].filter((node) => leavesValue(checker, node)).map((node) => placeOf(path, node)),
  );
}

function leavesValue(checker: Checker, node: Node): boolean {
  if (isVoidExpression(node)) return true;
  if (isBinaryExpression(node) && node.operatorToken.kind === SyntaxKind.CommaToken)
    return ![node.left, node.right].every(isEffect);
  if (!isExpressionStatement(node) || isEffect(node.expression)) return false;
  const type = checker.getTypeAtLocation(node.expression);
  return type === undefined || (type.flags & (TypeFlags.Void | TypeFlags.Undefined | TypeFlags.Never)) === 0;
}

function isEffect(node: Node): boolean {
  if (isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) return true;
  if (isPrefixUnaryExpression(node) || isPostfixUnaryExpression(node) || isYieldExpression(node)) return true;
  return mutated(node) !== undefined;
}

/** The array or map that a call changes. */
function mutated(node: Node): Node | undefined {
  if (!isCallExpression(node) || !isPropertyAccessExpression(node.expression)) return undefined;
  return MUTATORS.includes(node.expression.name.text) ? node.expression.expression : undefined;
}

interface Local {
  readonly declaration: Node;
  /** Nodes after whose end the local has a new value. */
  readonly writes: Node[];
  readonly reads: Node[];
}

export function deadValues({ checker, files }: TypedSource): string[] {
  return files.flatMap(([path, file]) => {
    const identifiers = [...nodesOf(file)].filter(isIdentifier);
    const symbols = checker.getSymbolAtLocation(identifiers);
    const locals = new Map<number, Local>();
    identifiers.forEach((node, i) => {
      const symbol = symbols[i];
      const isLocal = symbol !== undefined && isLocalName(node) && functionOf(node) !== undefined;
      if (isLocal && node.text !== "_") locals.set(symbol.id, { declaration: node, writes: [], reads: [] });
    });
    identifiers.forEach((node, i) => {
      const isShorthand = isShorthandPropertyAssignment(node.parent);
      const symbol = isShorthand ? checker.getShorthandAssignmentValueSymbol(node.parent) : symbols[i];
      const local = symbol && locals.get(symbol.id);
      if (local === undefined) return;
      const written = writtenAt(node);
      if (written !== undefined) local.writes.push(written);
      else if (isRead(node) || isText(checker, node)) local.reads.push(node);
    });
    return [...locals.values()].flatMap(({ declaration, writes, reads }) =>
      writes
        .filter((write) => !reads.some((read) => sees(read, write, declaration)))
        .map((write) => placeOf(path, write)),
    );
  });
}

const functionOf = (node: Node): Node | undefined => [...ancestorsOf(node)].find(isFunctionLikeDeclaration);

/** Names and the like, which belong in errors. */
function isText(checker: Checker, node: Node): boolean {
  const type = checker.getTypeAtLocation(node);
  return isInError(node) && type !== undefined && (type.flags & TypeFlags.StringLike) !== 0;
}

/** The name of a variable, of a parameter of a function with a body, or of a part of either. */
function isLocalName(node: Node): boolean {
  const { parent } = node;
  if (isVariableDeclaration(parent) || isBindingElement(parent)) return parent.name === node;
  return isParameterDeclaration(parent) && parent.name === node && isFunctionLikeDeclaration(parent.parent);
}

function writtenAt(node: Node): Node | undefined {
  const { parent } = node;
  if (isVariableDeclaration(parent) && parent.name === node) {
    const given = parent.initializer !== undefined || isForOfStatement(parent.parent.parent);
    return given ? parent : undefined;
  }
  if (isLocalName(node)) return parent;
  const isTarget = isBinaryExpression(parent) && isAssignment(parent.operatorToken.kind) && parent.left === node;
  return isTarget ? parent : undefined;
}

/** What only changes a value, declares it, or puts it into an error does not read it. */
function isRead(node: Node): boolean {
  const { parent } = node;
  if (isLocalName(node) || (isBindingElement(parent) && parent.propertyName === node)) return false;
  const changes =
    (isPostfixUnaryExpression(parent) || isPrefixUnaryExpression(parent)) && isExpressionStatement(parent.parent);
  const fills =
    isElementAccessExpression(parent) &&
    parent.expression === node &&
    isBinaryExpression(parent.parent) &&
    parent.parent.left === parent &&
    isAssignment(parent.parent.operatorToken.kind);
  const appends =
    isPropertyAccessExpression(parent) &&
    mutated(parent.parent) === node &&
    isExpressionStatement(parent.parent.parent);
  return !changes && !fills && !appends && !isInError(node);
}

function isInError(node: Node): boolean {
  return [...ancestorsOf(node)].some((up) => isNewExpression(up) && /Error$/.test(up.expression.getText()));
}

/** Whether a read can see a write: it stands behind it, in a loop around it, or in another call of the function. */
function sees(read: Node, write: Node, declaration: Node): boolean {
  const within = (outer: Node): boolean => outer.pos <= read.pos && read.end <= outer.end;
  if (within(write)) return false;
  const outlives = functionOf(write) !== functionOf(declaration) || functionOf(read) !== functionOf(write);
  if (read.pos >= write.end || outlives || isParameterDeclaration(write)) return true;
  return !isVariableDeclaration(write) && [...ancestorsOf(write)].filter(isLoop).some(within);
}

/** `Interface.field` of the interfaces that the given files declare. */
export function unreadFields({ checker, files }: TypedSource, declaredIn: RegExp): string[] {
  const nodes = files.flatMap(([, file]) => [...nodesOf(file)]);
  const read = new Set(
    nodes.flatMap((node) => {
      const [owner, names] = fieldsRead(checker, node);
      const type = owner && checker.getTypeAtLocation(owner);
      return type === undefined ? [] : names.map((name) => checker.getPropertyOfType(type, name)?.id);
    }),
  );
  return files
    .filter(([path]) => declaredIn.test(path))
    .flatMap(([, file]) => [...nodesOf(file)])
    .filter(isPropertySignatureDeclaration)
    .filter(({ name, parent }) => isInterfaceDeclaration(parent) && !read.has(checker.getSymbolAtLocation(name)?.id))
    .map(({ name, parent }) => `${isInterfaceDeclaration(parent) ? parent.name.text : ""}.${name.getText()}`);
}

/** What `x.name`, `x[name]` and `{ name } = x` read of what. */
function fieldsRead(checker: Checker, node: Node): readonly [owner: Node | undefined, names: readonly string[]] {
  if (isInError(node)) return [undefined, []];
  if (isPropertyAccessExpression(node)) return [node.expression, [node.name.text]];
  if (isBindingElement(node) && isObjectBindingPattern(node.parent))
    return [node.parent, [(node.propertyName ?? node.name)?.getText() ?? ""]];
  if (!isElementAccessExpression(node)) return [undefined, []];
  const type = checker.getTypeAtLocation(node.argumentExpression);
  const literals = type === undefined ? [] : [...checker.typeToString(type).matchAll(/"([^"]+)"/g)];
  return [node.expression, literals.map(([, name]) => name)];
}

/**
 * `step: part` of the messages that the verifier never takes a part of. `partsOf` has the parts by the step's name, in the source's
 * words: the text of the argument of `step(..)`, or "tail".
 */
export function unreadParts(
  { checker, files }: TypedSource,
  partsOf: ReadonlyMap<string, readonly string[]>,
): string[] {
  const nodes = files.filter(([path]) => path.startsWith("verifier/")).flatMap(([, file]) => [...nodesOf(file)]);
  const taken = new Map<string, string[]>();
  for (const call of nodes) {
    if (!isCallExpression(call) || !isPropertyAccessExpression(call.expression)) continue;
    const { text } = call.expression.name;
    const step = text === "tail" ? text : call.arguments[0]?.getText().replaceAll('"', "");
    if ((text !== "step" && text !== "tail") || !partsOf.has(step)) continue;
    taken.set(step, [...(taken.get(step) ?? []), ...partsTaken(checker, nodes, call)]);
  }
  return [...partsOf].flatMap(([step, parts]) =>
    parts.filter((part) => !taken.get(step)?.includes(part)).map((part) => `${step}: ${part}`),
  );
}

function partsTaken(checker: Checker, nodes: readonly Node[], step: Node): string[] {
  const { parent } = step;
  if (isPropertyAccessExpression(parent)) return [parent.name.text];
  if (!isVariableDeclaration(parent)) return [];
  if (isObjectBindingPattern(parent.name))
    return [...parent.name.elements].flatMap((name) => fieldsRead(checker, name)[1]);
  const symbol = checker.getSymbolAtLocation(parent.name);
  const isMessage = (node: Node): boolean => isIdentifier(node) && checker.getSymbolAtLocation(node)?.id === symbol?.id;
  return nodes.flatMap((node) => {
    if (isPropertyAccessExpression(node) && isMessage(node.expression)) return [node.name.text];
    if (!isElementAccessExpression(node) || !isMessage(node.expression)) return [];
    const index = node.argumentExpression;
    return isStringLiteral(index) ? [index.text] : namesGivenTo(nodes, functionOf(index));
  });
}

/** String arguments of the calls of a local function. */
function namesGivenTo(nodes: readonly Node[], local: Node | undefined): string[] {
  const name = local && isVariableDeclaration(local.parent) ? local.parent.name.getText() : undefined;
  const calls = nodes.filter(isCallExpression).filter(({ expression }) => expression.getText() === name);
  return calls.flatMap((call) => [...call.arguments].filter(isStringLiteral).map(({ text }) => text));
}
