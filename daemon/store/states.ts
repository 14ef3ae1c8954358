/**
 * The states of a request, and which may follow which.
 *
 *     seen ─▶ fetching ─▶ locking ─▶ accepted ─▶ proving ─▶ proved ─▶ submitting ─▶ submitted ─▶ confirmed
 *        │   (input)     (collateral)                                  (stored)      (handed to the network)
 *        └▶ skipped      `fetching` and `locking` only for offers that need them
 *
 * Besides: failed (we cannot), expired (too late), superseded (another prover, or a refund), reorged (no longer on the chain).
 * Those four and `confirmed` can be left again when a reorganization of the chain changes what they rest on.
 */
export const STATES = [
  "seen",
  "fetching",
  "locking",
  "accepted",
  "skipped",
  "proving",
  "proved",
  "submitting",
  "submitted",
  "confirmed",
  "failed",
  "expired",
  "superseded",
  "reorged",
] as const;

export type State = (typeof STATES)[number];

/** States in which the daemon still has something to do. */
export const OPEN_STATES: readonly State[] = [
  "seen",
  "fetching",
  "locking",
  "accepted",
  "proving",
  "proved",
  "submitting",
  "submitted",
];

const ENDS: readonly State[] = ["failed", "expired", "superseded", "reorged", "confirmed"];
const RESUMED: readonly State[] = ["seen", "accepted", "submitted"];

const NEXT: Record<State, readonly State[]> = {
  seen: ["fetching", "locking", "accepted", "skipped", ...ENDS],
  fetching: ["locking", "accepted", "skipped", ...ENDS],
  locking: ["seen", "accepted", "skipped", ...ENDS],
  accepted: ["proving", "proved", "skipped", ...ENDS],
  proving: ["accepted", "proved", "skipped", ...ENDS],
  proved: ["accepted", "submitting", "skipped", ...ENDS],
  submitting: ["submitted", "proved", ...ENDS],
  submitted: ["proved", ...ENDS],
  skipped: [...RESUMED, ...ENDS],
  failed: [...RESUMED, ...ENDS],
  expired: [...RESUMED, ...ENDS],
  superseded: [...RESUMED, ...ENDS],
  reorged: [...RESUMED, ...ENDS],
  confirmed: [...RESUMED, ...ENDS],
};

export function mayFollow(from: State, to: State): boolean {
  return NEXT[from].includes(to) && from !== to;
}

/** Why a request is not taken. */
export const SKIP_CODES = {
  "MODEL-UNKNOWN": "no artifact in the configuration has the verifying key of the request's model",
  "MODEL-MISMATCH": "the registered sizes differ from the artifact's",
  "REQUESTER-DENIED": "the requester is on the deny list, or not on the allow list",
  "FEE-TOO-LOW": "the fee is below the configured minimum",
  UNPROFITABLE: "the fee does not cover gas, proving and the configured profit",
  "DEADLINE-TOO-CLOSE": "the deadline leaves too little time to prove and settle",
  "CALLBACK-GAS-TOO-HIGH": "the callback may use more gas than configured",
  "TOKEN-UNKNOWN": "the fee is in a token without a rate in `tokenRates`",
  "PROVER-NOT-LISTED": "the request allows other provers only, or a list that is not in `proverLists`",
  "PRICE-TOO-LOW": "the price does not cover the cost yet; the request is looked at again when it does",
  "LOCKED-BY-OTHER": "another prover holds the lock; the request is looked at again when it ends",
  "INPUT-UNAVAILABLE": "the input is known by its hash only, and no source gave it",
  "INPUT-INVALID": "the input is not one of the model's: wrong length, or integers out of range",
  "WATCH-ONLY": "the daemon only watches",
} as const;

export type SkipCode = keyof typeof SKIP_CODES;
