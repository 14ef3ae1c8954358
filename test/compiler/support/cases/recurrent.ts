/** RNN, GRU and LSTM. */
import type { TestAttribute } from "../onnx.ts";
import { type Case, list, weights } from "./case.ts";

const GATES = { RNN: 1, GRU: 3, LSTM: 4 } as const;

interface Sizes {
  readonly op: keyof typeof GATES;
  readonly x: readonly [length: number, batch: number, inputs: number];
  readonly hidden: number;
  readonly direction: "forward" | "reverse" | "bidirectional";
  readonly more?: Record<string, TestAttribute>;
}

function recurrent({ op, x, hidden, direction, more = {} }: Sizes): Case {
  const rows = GATES[op] * hidden;
  const directions = direction === "bidirectional" ? 2 : 1;
  const states = op === "LSTM" ? ["h", "c"] : ["h"];
  const label = Object.entries(more).map(([name, value]) => ` ${name} ${value}`);
  return {
    name: `${op} [${x}] to ${hidden}, ${direction}${label.join("")}`,
    model: {
      inputs: { x },
      nodes: [
        {
          op,
          inputs: ["x", "w", "r", "b"],
          outputs: ["y", ...states],
          attributes: { hidden_size: hidden, direction, ...more },
        },
      ],
      constants: {
        w: weights([directions, rows, x[2]]),
        r: weights([directions, rows, hidden]),
        b: weights([directions, 2 * rows]),
      },
      outputs: ["y", ...states],
    },
  };
}

export const RECURRENT_CASES: readonly Case[] = [
  recurrent({ op: "RNN", x: [3, 2, 5], hidden: 3, direction: "forward" }),
  recurrent({ op: "RNN", x: [2, 1, 3], hidden: 5, direction: "bidirectional" }),
  recurrent({ op: "LSTM", x: [3, 2, 5], hidden: 3, direction: "forward" }),
  recurrent({ op: "LSTM", x: [2, 1, 3], hidden: 5, direction: "bidirectional" }),
  recurrent({ op: "GRU", x: [3, 2, 3], hidden: 3, direction: "reverse" }),
  recurrent({ op: "GRU", x: [3, 1, 3], hidden: 5, direction: "forward", more: { linear_before_reset: 1 } }),
  recurrent({ op: "GRU", x: [1, 1, 3], hidden: 2, direction: "bidirectional", more: { linear_before_reset: 1 } }),
  {
    name: "Expand",
    model: {
      inputs: { x: [3, 1] },
      nodes: [{ op: "Expand", inputs: ["x", "s"] }],
      constants: { s: list(2, 1, 4) },
    },
  },
];
