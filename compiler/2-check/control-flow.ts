/**
 * If, Loop and Scan, replaced by the nodes of their bodies: the branch a constant picks, one copy of the body for each turn. Tensors of
 * a copy are named after the node and the turn; other names a body uses are those of the graph around it.
 */
import type { GraphNode, Subgraph } from "../graph.ts";
import { requireNodes } from "../limits.ts";
import { intAttribute } from "../ops/operator.ts";
import { int64, tensor } from "../tensor.ts";
import { type Expansion, type Known, MadeNodes, refuse } from "./expansion.ts";

/** More turns than this are refused: every turn is rows of the circuit. */
const MAX_TURNS = 4096;

/** Undefined for every other operator. */
export function expandControlFlow(node: GraphNode, known: Known): Expansion | undefined {
  if (node.domain !== "") return undefined;
  if (node.op === "If") return expandIf(node, known);
  if (node.op === "Loop") return expandLoop(node, known);
  if (node.op === "Scan") return expandScan(node, known);
  return undefined;
}

function bodyOf(node: GraphNode, name: string): Subgraph {
  const attribute = node.attributes[name];
  if (attribute?.kind !== "graph") refuse(node, `the attribute ${name} is missing`, "export the model again");
  return attribute.value;
}

function expandIf(node: GraphNode, { constants }: Known): Expansion {
  const condition = constants.get(node.inputs[0]);
  if (condition === undefined) {
    refuse(node, "the condition is computed from the model's input", "compute both branches and choose with Where");
  }
  const unrolled = new MadeNodes(node);
  const body = bodyOf(node, condition.data[0] !== 0 ? "then_branch" : "else_branch");
  const results = unrolled.copy(body, "branch", []);
  node.outputs.forEach((name, i) => unrolled.alias(results[i], name));
  return unrolled;
}

function expandLoop(node: GraphNode, known: Known): Expansion {
  const { constants, opset } = known;
  const [trips, condition = "", ...initial] = node.inputs;
  const starts = condition === "" ? 1 : constants.get(condition)?.data[0];
  const body = bodyOf(node, "body");
  if (starts === undefined)
    refuse(node, "the condition is computed", "loop a constant number of times without a condition");
  if (!staysTrue(body, constants)) return expandWhile(node, body, starts !== 0, known);
  const count = constants.get(trips)?.data[0];
  if (count === undefined) refuse(node, "the number of turns is not a constant", "loop a constant number of times");
  const turns = starts === 0 ? 0 : count;
  checkTurns(node, turns, body);
  const unrolled = new MadeNodes(node);
  const isTrue = unrolled.constant("true", tensor([], Float64Array.of(1), "bool"));
  const scans: string[][] = body.outputs.slice(1 + initial.length).map(() => []);
  let state: readonly string[] = initial;
  for (let turn = 0; turn < turns; turn++) {
    const index = unrolled.constant(`turn ${turn}`, int64([], [turn]));
    const [, ...results] = unrolled.copy(body, String(turn), [index, isTrue, ...state]);
    state = results.slice(0, initial.length);
    results.slice(initial.length).forEach((name, i) => scans[i].push(unrolled.unsqueezed(name, 0, opset)));
  }
  if (turns === 0 && scans.length > 0) refuse(node, "the loop collects nothing in no turns", "remove the loop");
  node.outputs.forEach((name, i) => {
    if (i < initial.length) unrolled.alias(state[i], name);
    else unrolled.concat(scans[i - initial.length], 0, name);
  });
  return unrolled;
}

/** Counts the turns that stand before a loop whose condition is found turn by turn. */
const TURN = "turns before";

/** One turn, and the loop again behind it, whose condition is a constant once that turn is folded. */
function expandWhile(node: GraphNode, body: Subgraph, goesOn: boolean, { constants }: Known): Expansion {
  const [trips, , ...initial] = node.inputs;
  if (body.outputs.length > 1 + initial.length)
    refuse(node, "the condition is computed, and each turn gives a row", "loop a constant number of times");
  const turn = intAttribute(node, TURN, 0);
  const most = trips === "" ? Number.POSITIVE_INFINITY : constants.get(trips)?.data[0];
  if (most === undefined) refuse(node, "the number of turns is not a constant", "loop a constant number of times");
  const unrolled = new MadeNodes(node);
  if (!goesOn || turn >= most) {
    node.outputs.forEach((name, i) => unrolled.alias(initial[i], name));
    return unrolled;
  }
  checkTurns(node, turn + 1, body);
  const index = unrolled.constant(`turn ${turn}`, int64([], [turn]));
  const isTrue = unrolled.constant("true", tensor([], Float64Array.of(1), "bool"));
  const [next, ...state] = unrolled.copy(body, String(turn), [index, isTrue, ...initial]);
  const attributes = { ...node.attributes, [TURN]: { kind: "int", value: turn + 1 } as const };
  unrolled.nodes.push({ ...node, inputs: [trips, next, ...state], attributes });
  return unrolled;
}

/** The condition a body answers with is the one it was given, or true. */
function staysTrue({ inputs, outputs, nodes, constants }: Subgraph, outer: Known["constants"]): boolean {
  let [name] = outputs;
  // A body that names itself in a circle has an end too.
  for (let step = 0; step <= nodes.length; step++) {
    if (name === inputs[1]) return true;
    const node = nodes.find((item) => item.outputs[0] === name);
    const constant = constants.get(name) ?? (node === undefined ? outer.get(name) : undefined);
    if (constant) return constant.data[0] !== 0;
    if (node?.op === "Constant") {
      const [value] = Object.values(node.attributes);
      return value?.kind === "tensor" && value.value.data[0] !== 0;
    }
    if (node?.op !== "Identity" && node?.op !== "Cast") return false;
    [name] = node.inputs;
  }
  return false;
}

function expandScan(node: GraphNode, { types, opset }: Known): Expansion {
  if (opset < 9)
    refuse(node, "the node is of operator set 8, where it takes batches", "export the model with opset 9 or later");
  const body = bodyOf(node, "body");
  const scanned = intAttribute(node, "num_scan_inputs", 0);
  const initial = node.inputs.slice(0, node.inputs.length - scanned);
  const sequences = node.inputs.slice(node.inputs.length - scanned);
  const collected = body.outputs.length - initial.length;
  const inputAxes = intsOf(node, "scan_input_axes", scanned);
  const inputBackwards = intsOf(node, "scan_input_directions", scanned);
  const outputAxes = intsOf(node, "scan_output_axes", collected);
  const outputBackwards = intsOf(node, "scan_output_directions", collected);
  const lengths = sequences.map((name, i) => types.get(name)?.shape.at(inputAxes[i]) ?? 0);
  const [turns] = lengths;
  if (scanned < 1 || lengths.some((length) => length !== turns || length < 1))
    refuse(node, `the sequences have the lengths ${lengths}`, "give sequences of one length");
  checkTurns(node, turns, body);
  const unrolled = new MadeNodes(node);
  const scans: string[][] = Array.from({ length: collected }, () => []);
  let state: readonly string[] = initial;
  for (let turn = 0; turn < turns; turn++) {
    const elements = sequences.map((name, i) => {
      const index = unrolled.constant(`${turn} of ${i}`, int64([], [inputBackwards[i] ? turns - 1 - turn : turn]));
      return unrolled.add("Gather", [name, index], { axis: { kind: "int", value: inputAxes[i] } });
    });
    const results = unrolled.copy(body, String(turn), [...state, ...elements]);
    state = results.slice(0, initial.length);
    results.slice(initial.length).forEach((name, i) => scans[i].push(unrolled.unsqueezed(name, outputAxes[i], opset)));
  }
  node.outputs.forEach((name, i) => {
    if (i < initial.length) return unrolled.alias(state[i], name);
    const parts = scans[i - initial.length];
    unrolled.concat(
      outputBackwards[i - initial.length] ? parts.reverse() : parts,
      outputAxes[i - initial.length],
      name,
    );
  });
  return unrolled;
}

function checkTurns(node: GraphNode, turns: number, body: Subgraph): void {
  if (turns > MAX_TURNS) refuse(node, `${turns} turns`, `loop at most ${MAX_TURNS} times`);
  requireNodes(turns * body.nodes.length, node);
}

function intsOf(node: GraphNode, name: string, count: number): readonly number[] {
  const attribute = node.attributes[name];
  return attribute?.kind === "ints" ? attribute.value : new Array<number>(count).fill(0);
}
