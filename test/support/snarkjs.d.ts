// The parts of snarkjs and ffjavascript that tests and benchmarks call; the packages carry no declarations.
declare module "snarkjs" {
  export const powersOfTau: {
    newAccumulator(curve: unknown, power: number, file: string): Promise<unknown>;
    contribute(from: string, to: string, name: string, entropy: string): Promise<unknown>;
  };
}
declare module "ffjavascript" {
  export interface Group {
    /** Big-endian coordinates to its memory format. */
    batchUtoLEM(points: Uint8Array): Promise<Uint8Array>;
    /** Scalars are little-endian, all of the same length. */
    multiExpAffine(points: Uint8Array, scalars: Uint8Array): Promise<Uint8Array>;
    toAffine(point: Uint8Array): Uint8Array;
    toObject(point: Uint8Array): [bigint, bigint];
  }
  export interface Curve {
    readonly G1: Group;
    terminate(): Promise<void>;
  }
  export function getCurveFromName(name: string): Promise<Curve>;
  export function buildBn128(singleThread: boolean): Promise<Curve>;
}
