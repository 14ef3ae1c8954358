/** Which requests are taken, and which of them are locked first. Pure: what it needs of the chain is given. */
import type { RegisteredModel } from "../chain/market.ts";
import { priceAt, risesTo } from "../chain/offer.ts";
import type { DaemonConfig } from "../options.ts";
import type { OfferOptions, RequestRow } from "../store/requests.ts";
import type { SkipCode } from "../store/states.ts";
import type { SupportedModel } from "./models.ts";
import { ETH, type Worth } from "./worth.ts";

export interface PolicyFacts {
  readonly registered: RegisteredModel;
  readonly model: SupportedModel | undefined;
  /** Seconds since 1970, by the chain's clock. */
  readonly chainTime: number;
  /** What a unit of gas costs now, in wei. */
  readonly gasPriceWei: bigint;
  /** Milliseconds the last proofs of the model took; zero when none was made. */
  readonly expectedProveMs: number;
  readonly worth: Worth;
  /** Whether the request's options let this daemon's prover settle. */
  readonly isListed: boolean;
  /** Whether this daemon holds the request's lock. */
  readonly holdsLock: boolean;
  /** Whether this daemon can stake collateral: it sends, and for the account that is paid. */
  readonly canLock: boolean;
  /** Worth in wei of what it has staked now. */
  readonly stakedWei: bigint;
}

export interface Refusal {
  readonly kind: "refuse";
  readonly code: SkipCode;
  readonly detail: string;
  /** When the request is looked at again, in seconds since 1970; never when absent. */
  readonly revisitAt?: number;
}

/** `lock`: stake the collateral before proving. */
export type Decision = Refusal | { readonly kind: "take"; readonly lock: boolean };

export type PolicyConfig = Pick<
  DaemonConfig,
  | "allowRequesters"
  | "denyRequesters"
  | "minFeeWei"
  | "minProfitWei"
  | "provingCostWei"
  | "profitCheck"
  | "settleGas"
  | "maxCallbackGas"
  | "maxCollateralWei"
  | "deadlineMarginSeconds"
>;

/** From the end of a proof to its settlement's block, for the price that will be paid. */
const SETTLE_SECONDS = 15;
/** From signing a lock to its block, which its time must have besides the proof's. */
const LOCK_SECONDS = 30;
/** Of a lock that is the account's first. */
const LOCK_GAS = 130_000n;

export function decide(request: RequestRow, facts: PolicyFacts, config: PolicyConfig): Decision {
  return unsuited(request, facts, config) ?? priced(request, facts, config);
}

const refuse = (code: SkipCode, detail: string, revisitAt?: number): Refusal => ({
  kind: "refuse",
  code,
  detail,
  ...(revisitAt === undefined ? {} : { revisitAt }),
});

/** The first reason, other than money, not to take the request. */
function unsuited(request: RequestRow, facts: PolicyFacts, config: PolicyConfig): Refusal | undefined {
  const { registered, model, chainTime } = facts;
  const listed = (accounts: readonly unknown[]) =>
    accounts.some((account) => String(account).toLowerCase() === request.requester.toLowerCase());

  if (model === undefined) return refuse("MODEL-UNKNOWN", `verifying key ${registered.vkDigest}`);
  if (model.inputBytes !== registered.inputBytes || model.outputBytes !== registered.outputBytes) {
    return refuse(
      "MODEL-MISMATCH",
      `registered ${registered.inputBytes}/${registered.outputBytes}, artifact ${model.inputBytes}/${model.outputBytes} bytes`,
    );
  }
  if (listed(config.denyRequesters) || (config.allowRequesters.length > 0 && !listed(config.allowRequesters))) {
    return refuse("REQUESTER-DENIED", request.requester);
  }
  if (!facts.isListed) return refuse("PROVER-NOT-LISTED", `${request.options?.provers}`);
  if (request.callbackGasLimit > config.maxCallbackGas)
    return refuse("CALLBACK-GAS-TOO-HIGH", `${request.callbackGasLimit}`);
  const { lockProver, lockExpires } = request;
  if (lockExpires !== null && lockExpires >= chainTime && !facts.holdsLock)
    return refuse("LOCKED-BY-OTHER", `by ${lockProver} until ${lockExpires}`, lockExpires + 1);
  const secondsLeft = Math.min(request.deadline, request.cancelAt ?? request.deadline) - chainTime;
  const needed = secondsNeeded(facts, config);
  if (secondsLeft < needed) return refuse("DEADLINE-TOO-CLOSE", `${secondsLeft} s left, ${needed} s needed`);
  return undefined;
}

const secondsNeeded = ({ expectedProveMs }: PolicyFacts, { deadlineMarginSeconds }: PolicyConfig): number =>
  deadlineMarginSeconds + Math.ceil(expectedProveMs / 1000);

function priced(request: RequestRow, facts: PolicyFacts, config: PolicyConfig): Decision {
  const { chainTime, worth, gasPriceWei } = facts;
  const { options } = request;
  const token = options?.token ?? ETH;
  const settleAt = chainTime + Math.ceil(facts.expectedProveMs / 1000) + SETTLE_SECONDS;
  const unitsAt = (time: number) => (options === null ? request.fee : priceAt(options, time)) + request.extraFee;
  const value = worth(token, unitsAt(settleAt));
  if (value === undefined) return refuse("TOKEN-UNKNOWN", token);
  // Whoever gives up a lock loses the collateral.
  if (facts.holdsLock) return { kind: "take", lock: false };

  const cost = config.profitCheck ? costOf(request, gasPriceWei, config) : 0n;
  const needed = cost > config.minFeeWei ? cost : config.minFeeWei;
  if (options !== null && mayLock(request, options, facts, config)) {
    // The price of a locked request is the one at the lock.
    const lockedValue = worth(token, unitsAt(chainTime))!;
    if (lockedValue >= needed + (config.profitCheck ? LOCK_GAS * gasPriceWei : 0n)) return { kind: "take", lock: true };
  }
  if (value >= needed) return { kind: "take", lock: false };

  const risesAt = options === null ? undefined : whenWorth(needed, options, request.extraFee, worth);
  if (risesAt !== undefined) {
    const revisitAt = Math.max(chainTime + 1, risesAt - (settleAt - chainTime));
    return refuse("PRICE-TOO-LOW", `worth ${value} of ${needed} wei, enough at ${risesAt}`, revisitAt);
  }
  return value < config.minFeeWei
    ? refuse("FEE-TOO-LOW", `fee worth ${value}, minimum ${config.minFeeWei} wei`)
    : refuse("UNPROFITABLE", `fee worth ${value}, cost ${cost} wei`);
}

function mayLock(request: RequestRow, options: OfferOptions, facts: PolicyFacts, config: PolicyConfig): boolean {
  if (!facts.canLock || options.collateral === 0n || request.lockProver !== null || request.cancelAt !== null)
    return false;
  const staked = facts.worth(options.token, options.collateral);
  if (staked === undefined || facts.stakedWei + staked > config.maxCollateralWei) return false;
  const seconds = Math.min(options.lockSeconds, request.deadline - facts.chainTime);
  return seconds >= secondsNeeded(facts, config) + LOCK_SECONDS;
}

/** The first second from which a rising price is worth `neededWei`. */
function whenWorth(neededWei: bigint, options: OfferOptions, extraFee: bigint, worth: Worth): number | undefined {
  const { startFee, endFee, token } = options;
  if (endFee <= startFee || worth(token, endFee + extraFee)! < neededWei) return undefined;
  // Worth grows with the units: halving finds the first amount that is enough.
  let [low, high] = [startFee, endFee];
  while (low < high) {
    const middle = (low + high) / 2n;
    if (worth(token, middle + extraFee)! >= neededWei) high = middle;
    else low = middle + 1n;
  }
  return risesTo(options, low);
}

/** Gas, proving and the wanted profit, in wei. */
export function costOf(
  request: Pick<RequestRow, "callbackGasLimit">,
  gasPriceWei: bigint,
  config: PolicyConfig,
): bigint {
  // A call of g gas needs g/63 more at hand, and some gas around it.
  const callbackGas = request.callbackGasLimit === 0 ? 0 : Math.ceil((request.callbackGasLimit * 64) / 63) + 30_000;
  return BigInt(config.settleGas + callbackGas) * gasPriceWei + config.provingCostWei + config.minProfitWei;
}
