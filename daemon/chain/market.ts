/** The market as the daemon sees it: its events, its counter and its statuses. */
import { keccak256, type PublicClient, parseEventLogs, zeroHash } from "viem";
import { modelRegistryAbi } from "../../contracts/abi/model-registry.gen.ts";
import { requestMarketAbi } from "../../contracts/abi/request-market.gen.ts";
import type { Hex, NewRequest } from "../store/requests.ts";

/** The contract's `Status`, by number. */
export const MARKET_STATUS = ["None", "Open", "Settled", "CallbackFailed", "Refunded"] as const;
export type MarketStatus = (typeof MARKET_STATUS)[number];

export type MarketEvent =
  | { readonly kind: "submitted"; readonly request: NewRequest }
  | {
      readonly kind: "settled";
      readonly requestId: Hex;
      readonly prover: Hex;
      readonly paid: bigint;
      readonly blockNumber: number;
    }
  | { readonly kind: "callback"; readonly requestId: Hex; readonly ok: boolean }
  /** A change to an open request: an earlier end, or a fee above its terms. */
  | {
      readonly kind: "amended";
      readonly requestId: Hex;
      readonly cancelAt?: number;
      readonly extraFee?: bigint;
      readonly blockNumber: number;
    }
  | {
      readonly kind: "locked";
      readonly requestId: Hex;
      readonly prover: Hex;
      /** Seconds since 1970. */
      readonly expiresAt: number;
      readonly blockNumber: number;
    }
  | { readonly kind: "refunded"; readonly requestId: Hex; readonly blockNumber: number };

type RawLogs = Parameters<typeof parseEventLogs>[0]["logs"];

/** Events of raw logs, in order. Logs of other events are left out. */
export function readEvents(logs: RawLogs): MarketEvent[] {
  return parseEventLogs({ abi: requestMarketAbi, logs }).flatMap((log): MarketEvent[] => {
    const blockNumber = Number(log.blockNumber);
    switch (log.eventName) {
      case "RequestSubmitted": {
        const { input, fee, callbackGasLimit, deadline, ...terms } = log.args;
        const request: NewRequest = {
          ...terms,
          fee,
          callbackGasLimit: Number(callbackGasLimit),
          deadline: Number(deadline),
          input,
          inputHash: keccak256(input),
          inputUri: "",
          optionsHash: zeroHash,
          options: null,
          blockNumber,
          blockHash: log.blockHash as Hex,
        };
        return [{ kind: "submitted", request }];
      }
      case "OfferSubmitted": {
        const { requestId, request: terms, options, input, inputURI } = log.args;
        const { callbackGasLimit, deadline } = terms;
        const { priceFrom, priceUntil, lockSeconds } = options;
        const request: NewRequest = {
          ...terms,
          callbackGasLimit: Number(callbackGasLimit),
          deadline: Number(deadline),
          requestId,
          input,
          inputUri: inputURI,
          options: {
            ...options,
            priceFrom: Number(priceFrom),
            priceUntil: Number(priceUntil),
            lockSeconds: Number(lockSeconds),
          },
          blockNumber,
          blockHash: log.blockHash as Hex,
        };
        return [{ kind: "submitted", request }];
      }
      case "CancelRequested":
        return [{ kind: "amended", requestId: log.args.requestId, cancelAt: Number(log.args.cancelAt), blockNumber }];
      case "FeeBumped":
        return [{ kind: "amended", requestId: log.args.requestId, extraFee: log.args.extraFee, blockNumber }];
      case "RequestLocked": {
        const { requestId, prover, expiresAt } = log.args;
        return [{ kind: "locked", requestId, prover, expiresAt: Number(expiresAt), blockNumber }];
      }
      case "RequestSettled":
        return [
          { kind: "settled", requestId: log.args.requestId, prover: log.args.prover, paid: log.args.paid, blockNumber },
        ];
      case "CallbackSucceeded":
        return [{ kind: "callback", requestId: log.args.requestId, ok: true }];
      case "CallbackFailed":
        return [{ kind: "callback", requestId: log.args.requestId, ok: false }];
      case "RequestRefunded":
        return [{ kind: "refunded", requestId: log.args.requestId, blockNumber }];
      default:
        return [];
    }
  });
}

export async function requestCount(client: PublicClient, market: Hex, blockNumber?: bigint): Promise<number> {
  const at = blockNumber === undefined ? {} : { blockNumber };
  return Number(
    await client.readContract({ address: market, abi: requestMarketAbi, functionName: "requestCount", ...at }),
  );
}

export async function requestsBetween(
  client: PublicClient,
  market: Hex,
  from: number,
  to: number,
  blockNumber?: bigint,
): Promise<{ requestId: Hex; status: MarketStatus }[]> {
  const views = await client.readContract({
    address: market,
    abi: requestMarketAbi,
    functionName: "getRequests",
    args: [BigInt(from), BigInt(to)],
    ...(blockNumber === undefined ? {} : { blockNumber }),
  });
  return views.map(({ requestId, status }) => ({ requestId, status: MARKET_STATUS[status]! }));
}

export async function statusOf(client: PublicClient, market: Hex, requestId: Hex): Promise<MarketStatus> {
  const status = await client.readContract({
    address: market,
    abi: requestMarketAbi,
    functionName: "status",
    args: [requestId],
  });
  return MARKET_STATUS[status]!;
}

export interface RegisteredModel {
  readonly vkDigest: Hex;
  readonly inputBytes: number;
  readonly outputBytes: number;
  readonly verifier: Hex;
}

export async function readModel(client: PublicClient, market: Hex, modelId: Hex): Promise<RegisteredModel> {
  const registry = await client.readContract({ address: market, abi: requestMarketAbi, functionName: "registry" });
  return client.readContract({ address: registry, abi: modelRegistryAbi, functionName: "getModel", args: [modelId] });
}
