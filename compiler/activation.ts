/** Functions of one number that a linear step may end in. */
import { evaluateFunction, type FunctionName, isIndicatorFunction } from "./functions.ts";
import { sigmoid, tanh } from "./math.ts";

export type Activation =
  | { readonly name: "none" }
  | { readonly name: "clip"; readonly lo: number; readonly hi: number }
  /** The nearest integer of lo..hi: a tensor that the model itself keeps in integers. */
  | { readonly name: "integers"; readonly lo: number; readonly hi: number }
  | { readonly name: "leakyRelu"; readonly alpha: number }
  | { readonly name: "sigmoid" }
  | { readonly name: "tanh" }
  | { readonly name: "function"; readonly f: FunctionName; readonly a: number; readonly b: number };

export function evaluateActivation(activation: Activation, x: number): number {
  switch (activation.name) {
    case "none":
      return x;
    case "clip":
      return Math.max(activation.lo, Math.min(activation.hi, x));
    case "integers":
      return Math.max(activation.lo, Math.min(activation.hi, evaluateFunction("round", x, 0, 0)));
    case "leakyRelu":
      return x < 0 ? activation.alpha * x : x;
    case "sigmoid":
      return sigmoid(x);
    case "tanh":
      return tanh(x);
    case "function":
      return evaluateFunction(activation.f, x, activation.a, activation.b);
  }
}

/** Sums before the same function share a scale, and so a table. */
export function activationKey(activation: Activation): string {
  if (activation.name !== "function") return activation.name;
  return `${activation.f} ${activation.a} ${activation.b}`;
}

const ROUNDING: readonly FunctionName[] = ["ceil", "floor", "round", "truncate"];

/** Its values are whole numbers. */
export function isRounding(activation: Activation): boolean {
  return activation.name === "function" && ROUNDING.includes(activation.f);
}

/** 0 or 1, by the sign alone. */
export function isIndicator(activation: Activation): boolean {
  return activation.name === "function" && isIndicatorFunction(activation.f);
}
