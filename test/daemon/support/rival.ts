/** Another prover of the same model. */
import { bytesToHex, hexToBytes } from "viem";
import { type OpenRequest, settle } from "../../../api/client.ts";
import { openProver } from "../../../api/prover.ts";
import { contextOf } from "../../../api/statement.ts";
import { requestMarketAbi } from "../../../contracts/abi/request-market.gen.ts";
import { optionsBytes } from "../../../daemon/chain/offer.ts";
import { type OpenOffer, RIVAL, type TestMarket } from "./market.ts";

/** Proves a request without options and settles it. */
export async function settleAsRival(
  market: TestMarket,
  { requestId, terms, input }: OpenRequest & { input: `0x${string}` },
): Promise<void> {
  const wallet = market.chain.wallet(RIVAL);
  const prover = await openProver(market.artifact, { threads: 1 });
  try {
    const { address } = wallet.account;
    const binding = { chainId: 31337, market: market.market, requestId, prover: address };
    const { proof, output } = prover.prove(hexToBytes(input), contextOf(binding));
    const settlement = {
      requestId,
      terms,
      input,
      output: bytesToHex(output),
      proof: bytesToHex(proof),
      prover: address,
    };
    await settle({ publicClient: market.chain.publicClient, wallet }, market.market, settlement);
  } finally {
    await prover.close();
  }
}

/** Stakes an offer's collateral. */
export async function lockAsRival(market: TestMarket, { requestId, terms, options }: OpenOffer): Promise<void> {
  const { publicClient, wallet } = market.chain;
  const hash = await wallet(RIVAL).writeContract({
    address: market.market,
    abi: requestMarketAbi,
    functionName: "lock",
    args: [requestId, terms, optionsBytes(options)],
    value: options.collateral,
  });
  await publicClient.waitForTransactionReceipt({ hash });
}
