import type { GraphNode } from "../../graph.ts";
import { tensor } from "../../tensor.ts";
import {
  badValue,
  floatAttribute,
  floatsAttribute,
  inputType,
  intAttribute,
  intsAttribute,
  type Operator,
  stringAttribute,
  stringsAttribute,
  tensorInput,
  unsupported,
} from "../operator.ts";
import { choiceBehind, emitLookedUp, emitRelabelled } from "./relabel.ts";

/** Numbers for whole numbers; names become their positions in the list of names. */
export const labelEncoder: Operator = {
  op: "LabelEncoder",
  takes:
    "numbers for whole numbers, which an index or a feature holds; behind a classifier's label or an index also whole numbers for any key, and names, which become positions in a list that the artifact has",
  check: (context) => {
    const { node } = context;
    const { shape } = inputType(context, 0);
    const keys = intsAttribute(node, "keys_int64s") ?? floatsAttribute(node, "keys_floats");
    if (keys === undefined) unsupported(node, "the keys are names", "encode labels before they get names");
    const strings = stringsAttribute(node, "values_strings");
    const fallbackName = stringAttribute(node, "default_string", "_Unused");
    const names = strings && [...new Set([...strings, fallbackName])];
    const whole = intsAttribute(node, "values_int64s");
    const values =
      names && strings ? strings.map((name) => names.indexOf(name)) : (whole ?? floatsAttribute(node, "values_floats"));
    if (values?.length !== keys.length)
      badValue(node, `${keys.length} keys and ${values?.length ?? 0} values`, "export the model again");
    const fallback = names
      ? names.indexOf(fallbackName)
      : whole
        ? intAttribute(node, "default_int64", -1)
        : floatAttribute(node, "default_float", 0);
    const encode = (key: number): number => values[keys.indexOf(key)] ?? fallback;
    const dtype = names || whole ? "int64" : "float32";
    const isWhole = [...values, fallback].every(Number.isInteger);
    return {
      outputs: [{ dtype, shape }],
      float: ([x]) => [tensor(shape, x.data.map(encode), dtype)],
      plan: (planner) => {
        const { name } = tensorInput(planner, 0);
        if (names === undefined && (!isWhole || choiceBehind(planner, name) === undefined))
          return emitLookedUp(planner, { ...keyRange(node, keys), encode });
        emitRelabelled(planner, name, planner.outputs[0], { encode, ...(names ? { names } : {}) });
      },
    };
  },
};

const MOST_KEYS = 2 ** 16;

function keyRange(node: GraphNode, keys: readonly number[]): { least: number; most: number } {
  const [least, most] = keys.reduce(([lo, hi], key) => [Math.min(lo, key), Math.max(hi, key)], [0, 0]);
  if (most - least >= MOST_KEYS || !keys.every(Number.isInteger))
    unsupported(
      node,
      "a key is not a whole number, or they span more than 65536",
      "map such numbers outside the model",
    );
  return { least, most };
}
