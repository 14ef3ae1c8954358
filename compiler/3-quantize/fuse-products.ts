/** Fewer steps around products of two tensors: uniform factors move into the product, x·gate(x) becomes one function. */
import type { Activation } from "../activation.ts";
import type { LinearStep, ProductPart, RealStep, ScalePart } from "../program.ts";

type PrivateProducer = (name: string) => RealStep | undefined;

export function fuseProduct(
  steps: readonly RealStep[],
  privateProducer: PrivateProducer,
  step: LinearStep,
  index: number,
  part: ProductPart,
): RealStep[] | undefined {
  return (
    absorbFactor(steps, privateProducer, step, index, part, "x") ??
    absorbFactor(steps, privateProducer, step, index, part, "y") ??
    joinGate(steps, privateProducer, step, part)
  );
}

/** f·u through private views of it: the views read u, the product takes f. */
function absorbFactor(
  steps: readonly RealStep[],
  privateProducer: PrivateProducer,
  step: LinearStep,
  index: number,
  part: ProductPart,
  side: "x" | "y",
): RealStep[] | undefined {
  const views: RealStep[] = [];
  let name = part[side];
  let producer = privateProducer(name);
  while (producer?.kind === "view" && producer.inputs.length === 1) {
    views.push(producer);
    [name] = producer.inputs;
    producer = privateProducer(name);
  }
  const scaling = producer && uniformScaling(producer);
  if (producer?.kind !== "linear" || scaling === undefined) return undefined;
  const { factor, x } = scaling;
  const reader = views.at(-1);
  const merged = { ...part, factor: part.factor * factor, ...(reader ? {} : { [side]: x }) };
  const parts = step.parts.map((item, i) => (i === index ? merged : item));
  return steps.flatMap((item): RealStep[] => {
    if (item === producer) return [];
    if (item === step) return [{ ...step, parts, nodes: [...producer.nodes, ...step.nodes] }];
    return item === reader && item.kind === "view" ? [{ ...item, inputs: [x] }] : [item];
  });
}

/** out = factor · x and nothing else. */
function uniformScaling(step: RealStep): { factor: number; x: string } | undefined {
  if (step.kind !== "linear" || step.activation.name !== "none" || step.parts.length !== 1) return undefined;
  const [part] = step.parts;
  if (part.kind !== "scale" || part.factors.length !== 1 || step.bias.data.some((value) => value !== 0))
    return undefined;
  return { factor: part.factors[0], x: part.x };
}

/** x · gate(x) with a private gate. */
function joinGate(
  steps: readonly RealStep[],
  privateProducer: PrivateProducer,
  step: LinearStep,
  part: ProductPart,
): RealStep[] | undefined {
  if (part.contracts || step.parts.length !== 1 || step.activation.name !== "none" || part.factor !== 1)
    return undefined;
  if (step.bias.data.some((value) => value !== 0)) return undefined;
  for (const [x, gate] of [
    [part.x, part.y],
    [part.y, part.x],
  ]) {
    const found = gateOf(privateProducer, gate, x);
    if (found === undefined) continue;
    const scale: ScalePart = { kind: "scale", x, shape: [], factors: Float64Array.of(1) };
    const nodes = [...found.removed.flatMap((item) => item.nodes), ...step.nodes];
    const joined: LinearStep = { ...step, nodes, parts: [scale], activation: found.activation };
    return steps.flatMap((item): RealStep[] => {
      if (item === step) return [joined];
      return item.kind === "linear" && found.removed.includes(item) ? [] : [item];
    });
  }
  return undefined;
}

const SQRT_HALF = 0.7071067811865476;

/** sigmoid(x), or (1 + erf(x / sqrt 2)) / 2. */
function gateOf(
  privateProducer: PrivateProducer,
  gate: string,
  x: string,
): { activation: Activation; removed: readonly LinearStep[] } | undefined {
  const outer = privateProducer(gate);
  if (outer?.kind !== "linear") return undefined;
  if (outer.activation.name === "sigmoid" && isScaled(outer, x, 1))
    return { activation: { name: "function", f: "swish", a: 1, b: 0 }, removed: [outer] };
  const [half] = outer.parts;
  const isHalves = outer.activation.name === "none" && outer.bias.data.every((value) => value === 0.5);
  if (!isHalves || outer.parts.length !== 1 || half.kind !== "scale" || half.factors.some((value) => value !== 0.5))
    return undefined;
  const inner = privateProducer(half.x);
  if (inner?.kind !== "linear" || inner.activation.name !== "function" || inner.activation.f !== "erf")
    return undefined;
  if (!isScaled(inner, x, SQRT_HALF)) return undefined;
  return { activation: { name: "function", f: "gelu", a: 0, b: 0 }, removed: [inner, outer] };
}

/** Its sum is factor · x, up to the factor's rounding to single precision. */
function isScaled({ parts, bias }: LinearStep, x: string, factor: number): boolean {
  const [part] = parts;
  return (
    parts.length === 1 &&
    part.kind === "scale" &&
    part.x === x &&
    part.factors.every((value) => Math.abs(value - factor) <= 1e-6 * factor) &&
    bias.data.every((value) => value === 0)
  );
}
