/** Which requests are taken. Pure: what it needs of the chain is given. */
import type { RegisteredModel } from "../chain/market.ts";
import type { DaemonConfig } from "../options.ts";
import type { RequestRow } from "../store/requests.ts";
import type { SkipCode } from "../store/states.ts";
import type { SupportedModel } from "./models.ts";

export interface PolicyFacts {
  readonly registered: RegisteredModel;
  readonly model: SupportedModel | undefined;
  /** Seconds since 1970, by the chain's clock. */
  readonly chainTime: number;
  /** What a unit of gas costs now, in wei. */
  readonly gasPriceWei: bigint;
  /** Milliseconds the last proofs of the model took; zero when none was made. */
  readonly expectedProveMs: number;
}

export interface Refusal {
  readonly code: SkipCode;
  readonly detail: string;
}

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
  | "deadlineMarginSeconds"
>;

/** The first reason not to take the request; undefined when there is none. */
export function refusalOf(request: RequestRow, facts: PolicyFacts, config: PolicyConfig): Refusal | undefined {
  const { registered, model, chainTime, expectedProveMs } = facts;
  const refuse = (code: SkipCode, detail: string): Refusal => ({ code, detail });
  const listed = (accounts: readonly unknown[]) =>
    accounts.some((account) => String(account).toLowerCase() === request.requester.toLowerCase());

  if (!/^0x0*$/.test(request.optionsHash)) return refuse("OPTIONS-UNSUPPORTED", request.optionsHash);
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
  if (request.callbackGasLimit > config.maxCallbackGas)
    return refuse("CALLBACK-GAS-TOO-HIGH", `${request.callbackGasLimit}`);
  const fee = request.fee + request.extraFee;
  if (fee < config.minFeeWei) return refuse("FEE-TOO-LOW", `fee ${fee}, minimum ${config.minFeeWei}`);
  const secondsLeft = Math.min(request.deadline, request.cancelAt ?? request.deadline) - chainTime;
  const secondsNeeded = config.deadlineMarginSeconds + Math.ceil(expectedProveMs / 1000);
  if (secondsLeft < secondsNeeded)
    return refuse("DEADLINE-TOO-CLOSE", `${secondsLeft} s left, ${secondsNeeded} s needed`);
  if (config.profitCheck) {
    const cost = costOf(request, facts.gasPriceWei, config);
    if (fee < cost) return refuse("UNPROFITABLE", `fee ${fee}, cost ${cost}`);
  }
  return undefined;
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
