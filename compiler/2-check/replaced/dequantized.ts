/** Nodes in the place of one that works on integers: what the integers stand for before it, the grid of its result behind it. */
import type { GraphNode } from "../../graph.ts";
import { isFloat } from "../../tensor.ts";
import { type Known, MadeNodes } from "../expansion.ts";
import { type Attributes, int } from "./replaced-node.ts";

export class Dequantized extends MadeNodes {
  readonly #node: GraphNode;

  constructor(node: GraphNode) {
    super(node);
    this.#node = node;
  }

  /** What inputs at, at + 1 and at + 2, a tensor with scale and zero point, stand for. */
  operand(at: number, axis?: number): string {
    return this.dequantized(at, at + 1, at + 2, axis);
  }

  dequantized(at: number, scaleAt: number, zeroAt: number, axis?: number): string {
    const attributes: Attributes = axis === undefined ? {} : { axis: int(axis) };
    const zero = this.#node.inputs[zeroAt] ?? "";
    const inputs = [this.#node.inputs[at], this.#node.inputs[scaleAt], ...(zero === "" ? [] : [zero])];
    return this.add("DequantizeLinear", inputs, attributes);
  }

  /** As `dequantized`, or the scale alone where `DynamicQuantizeLinear` left the tensor real. */
  dequantizedOrReal(at: number, scaleAt: number, zeroAt: number, { types }: Known): string {
    const [x, scale] = [this.#node.inputs[at], this.#node.inputs[scaleAt]];
    const type = types.get(x);
    return type && isFloat(type.dtype) ? this.add("Mul", [x, scale]) : this.dequantized(at, scaleAt, zeroAt);
  }

  /** The node's output: x on the grid of the scale at input `at` and the zero point behind it. */
  result(x: string, at: number): this {
    const zero = this.#node.inputs[at + 1] ?? "";
    const grid = [this.#node.inputs[at], ...(zero === "" ? [] : [zero])];
    this.add("QuantizeLinear", [x, ...grid], {}, this.#node.outputs[0]);
    return this;
  }
}
