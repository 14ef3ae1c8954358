/**
 * Functions of one real number that become tables. Made of `math.ts` alone, so that every machine builds the same table.
 *
 * A function with a domain is limited to it, so that a table over any range has values; calibration refuses samples outside.
 */
import { arcTangent, cosine, erf, exp, logarithm, sigmoid, sine, tanh } from "./math.ts";

export const FUNCTION_NAMES = [
  "abs",
  "acos",
  "acosh",
  "asin",
  "asinh",
  "atan",
  "atanh",
  "ceil",
  "celu",
  "cos",
  "cosh",
  "decay",
  "elu",
  "erf",
  "exp",
  "floor",
  "gelu",
  "geluTanh",
  "hardSigmoid",
  "hardSwish",
  "inverseSqrt",
  "isNotNegative",
  "isPositive",
  "isZero",
  "log",
  "logFromOne",
  "mish",
  "modulo",
  "power",
  "reciprocal",
  "remainder",
  "round",
  "selu",
  "shrink",
  "sign",
  "sin",
  "sinh",
  "softplus",
  "softsign",
  "sqrt",
  "swish",
  "tan",
  "thresholdedRelu",
  "truncate",
] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];

const HALF_PI = 1.5707963267948966;
const SQRT_HALF = 0.7071067811865476;
/** sqrt(2 / pi) */
const GELU_TANH_SCALE = 0.7978845608028654;

/** a and b are the operator's parameters, where it has any. */
export function evaluateFunction(name: FunctionName, x: number, a: number, b: number): number {
  switch (name) {
    case "abs":
      return x < 0 ? -x : x;
    case "acos":
      return HALF_PI - arcSine(x);
    case "acosh": {
      const limited = Math.max(1, x);
      return logarithm(limited + Math.sqrt(limited * limited - 1));
    }
    case "asin":
      return arcSine(x);
    case "asinh":
      return x < 0 ? -logarithm(-x + Math.sqrt(x * x + 1)) : logarithm(x + Math.sqrt(x * x + 1));
    case "atan":
      return arcTangent(x);
    case "atanh": {
      const limited = Math.max(-1, Math.min(1, x));
      return (logarithm(1 + limited) - logarithm(1 - limited)) / 2;
    }
    case "ceil":
      return Math.ceil(x);
    case "celu":
      return x < 0 ? a * (exp(x / a) - 1) : x;
    case "cos":
      return cosine(x);
    case "cosh":
      return (exp(x) + exp(-x)) / 2;
    case "decay":
      return exp(Math.min(0, x));
    case "elu":
      return x < 0 ? a * (exp(x) - 1) : x;
    case "erf":
      return erf(x);
    case "exp":
      return exp(x);
    case "floor":
      return Math.floor(x);
    case "gelu":
      return (x / 2) * (1 + erf(x * SQRT_HALF));
    case "geluTanh":
      return (x / 2) * (1 + tanh(GELU_TANH_SCALE * (x + 0.044715 * x * x * x)));
    case "hardSigmoid":
      return Math.max(0, Math.min(1, a * x + b));
    case "hardSwish":
      return x * Math.max(0, Math.min(1, x / 6 + 0.5));
    case "inverseSqrt":
      return x > 0 ? 1 / Math.sqrt(x) : Number.POSITIVE_INFINITY;
    case "isNotNegative":
      return x >= 0 ? 1 : 0;
    case "isPositive":
      return x > 0 ? 1 : 0;
    case "isZero":
      return x === 0 ? 1 : 0;
    case "log":
      return logarithm(x);
    case "logFromOne":
      return logarithm(Math.max(1, x));
    case "mish":
      return x * tanh(softplus(x));
    case "modulo":
      return x - a * Math.floor(x / a);
    case "power":
      return power(x, a);
    case "reciprocal":
      return 1 / x;
    case "remainder":
      return x % a;
    case "round":
      return roundHalfEven(x);
    case "selu":
      return x < 0 ? b * a * (exp(x) - 1) : b * x;
    case "shrink":
      return x > a ? x - b : x < -a ? x + b : 0;
    case "sign":
      return x > 0 ? 1 : x < 0 ? -1 : 0;
    case "sin":
      return sine(x);
    case "sinh":
      return (exp(x) - exp(-x)) / 2;
    case "softplus":
      return softplus(x);
    case "softsign":
      return x / (1 + (x < 0 ? -x : x));
    case "sqrt":
      return Math.sqrt(Math.max(0, x));
    case "swish":
      return x * sigmoid(a * x);
    case "tan":
      return sine(x) / cosine(x);
    case "thresholdedRelu":
      return x > a ? x : 0;
    case "truncate":
      return Math.trunc(x);
  }
}

interface Domain {
  readonly text: string;
  readonly holds: (lo: number, hi: number, a: number) => boolean;
}

const DOMAINS: Partial<Record<FunctionName, Domain>> = {
  acos: { text: "numbers from -1 to 1", holds: (lo, hi) => lo >= -1 && hi <= 1 },
  acosh: { text: "numbers from 1 on", holds: (lo) => lo >= 1 },
  asin: { text: "numbers from -1 to 1", holds: (lo, hi) => lo >= -1 && hi <= 1 },
  atanh: { text: "numbers between -1 and 1", holds: (lo, hi) => lo > -1 && hi < 1 },
  inverseSqrt: { text: "numbers above 0", holds: (lo) => lo > 0 },
  log: { text: "numbers above 0", holds: (lo) => lo > 0 },
  power: {
    text: "numbers above 0, or any with a whole exponent that is not negative",
    holds: (lo, _, a) => lo > 0 || (a >= 0 && (lo >= 0 || Number.isInteger(a))),
  },
  reciprocal: { text: "numbers all above or all below 0", holds: (lo, hi) => lo > 0 || hi < 0 },
  sqrt: { text: "numbers from 0 on", holds: (lo) => lo >= 0 },
  tan: { text: "numbers between -pi/2 and pi/2", holds: (lo, hi) => lo > -HALF_PI && hi < HALF_PI },
};

/** What the function is defined on, when lo..hi leaves it. */
export function leftDomain(name: FunctionName, { lo, hi }: { lo: number; hi: number }, a: number): string | undefined {
  const domain = DOMAINS[name];
  return domain === undefined || domain.holds(lo, hi, a) ? undefined : domain.text;
}

const INDICATORS: readonly FunctionName[] = ["isNotNegative", "isPositive", "isZero"];

export function isIndicatorFunction(name: FunctionName): boolean {
  return INDICATORS.includes(name);
}

const NEVER_NEGATIVE: readonly FunctionName[] = [
  "abs",
  "acos",
  "acosh",
  "cosh",
  "decay",
  "exp",
  "hardSigmoid",
  "inverseSqrt",
  "logFromOne",
  "softplus",
  "sqrt",
];

export function isNeverNegative(name: FunctionName, a: number): boolean {
  if (name === "power") return a % 2 === 0 || !Number.isInteger(a);
  return isIndicatorFunction(name) || NEVER_NEGATIVE.includes(name);
}

function softplus(x: number): number {
  return x > 0 ? x + logarithm(1 + exp(-x)) : logarithm(1 + exp(x));
}

function arcSine(x: number): number {
  const limited = Math.max(-1, Math.min(1, x));
  const other = Math.sqrt((1 - limited) * (1 + limited));
  if (other === 0) return limited * HALF_PI;
  return arcTangent(limited / other);
}

/** x^a; 0 where x is negative and a is not whole. */
function power(x: number, a: number): number {
  if (Number.isInteger(a) && Math.abs(a) <= 64) {
    let result = 1;
    for (let i = Math.abs(a); i > 0; i--) result *= x;
    return a < 0 ? 1 / result : result;
  }
  return x > 0 ? exp(a * logarithm(x)) : 0;
}

function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}
