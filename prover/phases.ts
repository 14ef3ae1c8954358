/** The phases of a proof, in order. */
export const PHASES = ["witness", "commit", "lookup", "sumcheck", "opening"] as const;
export type Phase = (typeof PHASES)[number];
