/** How many bits numbers get, and what that makes of the tensors that share a scale. */
export interface Precision {
  /** Bits of an activation. */
  readonly activationBits: number;
  /** Additional bits of values that no table limits. */
  readonly fineBits: number;
  readonly shiftBits: number;
  /** Bits of tensors that get more than the others, by the first tensor of those that share a scale. */
  readonly raised?: ReadonlyMap<string, number>;
}

export interface ScaleClass {
  readonly scale: number;
  readonly lo: number;
  readonly hi: number;
  /** Values are not limited to lo..hi: no step but the output or an argMax reads them. */
  readonly isFree: boolean;
  /** No proof exists for an input of the class outside lo..hi. */
  readonly isExact?: true;
  /** Bits of the integers, where the precision chooses them. */
  readonly bits?: number;
}
