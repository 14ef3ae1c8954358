/**
 * The example consumers on a chain with cold storage, deployed by the example's own script: an output within the callback gas that
 * each names makes it act. Runs on an in-process chain, or on the chain at GAVEL_TEST_RPC_URL.
 */
import {
  type Address,
  getContract,
  type Hex,
  keccak256,
  type PublicClient,
  parseEther,
  parseEventLogs,
  zeroHash,
} from "viem";
import { beforeAll, describe, expect, test } from "vitest";
import { creditLoanAbi } from "../../contracts/abi/credit-loan.gen.ts";
import { digitVaultAbi } from "../../contracts/abi/digit-vault.gen.ts";
import { exampleTokenAbi } from "../../contracts/abi/example-token.gen.ts";
import { portfolioRebalancerAbi } from "../../contracts/abi/portfolio-rebalancer.gen.ts";
import { requestMarketAbi } from "../../contracts/abi/request-market.gen.ts";
import { type Clients, deployCreditLoan, deployDigitVault, deployPortfolio } from "../../examples/consumers/deploy.ts";
import { type Deployment, denseBytes, deployMarket, inputBytes, marketOf, outputBytes } from "./market.ts";

const input = denseBytes(inputBytes, 1);
const value = parseEther("0.001");
/** Never used before, so that the loan's transfer pays for a new account. */
const borrower: Address = "0x00000000000000000000000000000000000b0440";

let d: Deployment;
let clients: Clients;
let terms: { market: Address; modelId: Hex; outputWidth: number };

beforeAll(async () => {
  d = await deployMarket();
  clients = { publicClient: d.client as PublicClient, wallet: d.deployer };
  terms = { market: d.market, modelId: d.modelId, outputWidth: 4 };
});

/** An output of int32 elements. */
function outputOf(...elements: number[]): Hex {
  const bytes = Buffer.alloc(outputBytes);
  for (const [i, element] of elements.entries()) bytes.writeInt32BE(element, 4 * i);
  return `0x${bytes.toString("hex")}`;
}

/** Settles the request that a consumer opened in transaction `hash`, and returns the names of the market's events. */
async function settle(hash: Hex, output: Hex): Promise<string[]> {
  const { logs } = await d.client.waitForTransactionReceipt({ hash });
  const [log] = parseEventLogs({ abi: requestMarketAbi, logs, eventName: "RequestSubmitted" });
  const { requestId, input: seen, ...fields } = log!.args;
  const request = { ...fields, inputHash: keccak256(seen), optionsHash: zeroHash };
  const prover = d.prover.account.address;
  const settlement = { requestId, request, input, output, proof: "0x01", prover, options: "0x" } as const;
  const settled = await marketOf(d, d.relayer).write.settle([settlement]);
  const receipt = await d.client.waitForTransactionReceipt({ hash: settled });
  return parseEventLogs({ abi: requestMarketAbi, logs: receipt.logs }).map((event) => event.eventName);
}

const delivered = ["RequestSettled", "CallbackSucceeded"];

describe("consumers", () => {
  test("an approval releases the loan, a refusal does not", async () => {
    const principal = parseEther("2");
    const options = { threshold: 50n, principal, pool: parseEther("3") };
    const address = await deployCreditLoan(clients, terms, options);
    const loan = getContract({ abi: creditLoanAbi, address, client: d.deployer });
    expect(await settle(await loan.write.applyFor([borrower, input], { value }), outputOf(49))).toEqual(delivered);
    expect(await d.client.getBalance({ address: borrower })).toBe(0n);
    expect(await settle(await loan.write.applyFor([borrower, input], { value }), outputOf(50))).toEqual(delivered);
    expect(await d.client.getBalance({ address: borrower })).toBe(principal);
  });

  test("the code's digits unlock the vault", async () => {
    const address = await deployDigitVault(clients, terms, { code: "0x0103", prize: parseEther("1") });
    const vault = getContract({ abi: digitVaultAbi, address, client: { public: d.client, wallet: d.requester } });
    expect(await settle(await vault.write.attempt([input], { value }), outputOf(-5, 7, 0, -1))).toEqual(delivered);
    expect(await settle(await vault.write.attempt([input], { value }), outputOf(0, 0, 0, 1))).toEqual(delivered);
    expect(await vault.read.unlockedBy()).toBe(d.requester.account.address);
  });

  test("the signal moves the portfolio's weights", async () => {
    const options = { signalLow: -100n, signalHigh: 100n, amount: parseEther("100") };
    const { rebalancer, tokenA, tokenB } = await deployPortfolio(clients, terms, options);
    const portfolio = getContract({ abi: portfolioRebalancerAbi, address: rebalancer, client: d.deployer });
    expect(await settle(await portfolio.write.requestSignal([input], { value }), outputOf(50))).toEqual(delivered);
    const held = (token: Address) =>
      d.client.readContract({ address: token, abi: exampleTokenAbi, functionName: "balanceOf", args: [rebalancer] });
    // 50 lies three quarters up the band from 20% to 80%: 65% of 200.
    expect([await held(tokenA), await held(tokenB)]).toEqual([parseEther("130"), parseEther("70")]);
  });
});
