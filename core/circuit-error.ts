import { GavelError } from "./errors.ts";

/** What is given as a circuit is none; nothing proven about it would mean anything. Never retryable. */
export class CircuitError extends GavelError {
  override readonly name = "Validate.CircuitError";
}

export function requireCircuit(holds: boolean, what: string, expected: string, got: unknown): void {
  if (holds) return;
  throw new CircuitError(what, {
    expected,
    got: String(got),
    remedy: "compile the model again; do not edit circuit.json",
  });
}
