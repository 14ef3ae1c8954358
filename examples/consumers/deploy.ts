/**
 * Deploys one of the three example consumers to a market with a registered model, with viem alone. README.md lists the flags.
 * The bytecode is Hardhat's: run `npx hardhat build` first.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  type Abi,
  type Account,
  type Address,
  type Chain,
  createPublicClient,
  createWalletClient,
  defineChain,
  type Hex,
  http,
  type PublicClient,
  parseEther,
  type Transport,
  type WalletClient,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";

export interface Clients {
  readonly publicClient: PublicClient;
  readonly wallet: WalletClient<Transport, Chain, Account>;
}

export interface ConsumerTerms {
  readonly market: Address;
  readonly modelId: Hex;
  /** Bytes of one output element, from the model's report. */
  readonly outputWidth: number;
}

/** A loan of `principal` wei, released when output 0 is at least `threshold` in the output's own integer units. */
export function deployCreditLoan(
  clients: Clients,
  terms: ConsumerTerms,
  { threshold, principal, pool }: { threshold: bigint; principal: bigint; pool: bigint },
): Promise<Address> {
  const args = [terms.market, terms.modelId, BigInt(terms.outputWidth), threshold, principal];
  return deploy(clients, "CreditLoan", args, pool);
}

/** A vault holding `prize` wei; `code` has one byte per digit. */
export function deployDigitVault(
  clients: Clients,
  terms: ConsumerTerms,
  { code, prize }: { code: Hex; prize: bigint },
): Promise<Address> {
  return deploy(clients, "DigitVault", [terms.market, terms.modelId, BigInt(terms.outputWidth), code], prize);
}

export interface Portfolio {
  readonly rebalancer: Address;
  readonly tokenA: Address;
  readonly tokenB: Address;
  readonly exchange: Address;
}

/** A portfolio of two new example tokens at price 1, with an exchange between them; both hold `amount` of each. */
export async function deployPortfolio(
  clients: Clients,
  terms: ConsumerTerms,
  { signalLow, signalHigh, amount }: { signalLow: bigint; signalHigh: bigint; amount: bigint },
): Promise<Portfolio> {
  const tokenA = await deploy(clients, "ExampleToken", ["Alpha", "ALPHA"]);
  const tokenB = await deploy(clients, "ExampleToken", ["Beta", "BETA"]);
  const exchange = await deploy(clients, "ExampleExchange", [tokenA, tokenB, parseEther("1")]);
  const band = { signalLow, signalHigh, minWeightBps: 2_000n, maxWeightBps: 8_000n };
  const width = BigInt(terms.outputWidth);
  const args = [terms.market, terms.modelId, width, tokenA, tokenB, exchange, 50n, band];
  const rebalancer = await deploy(clients, "PortfolioRebalancer", args);
  const { abi } = await contractCode("ExampleToken");
  for (const token of [tokenA, tokenB]) {
    for (const holder of [rebalancer, exchange]) {
      const hash = await clients.wallet.writeContract({
        address: token,
        abi,
        functionName: "mint",
        args: [holder, amount],
      });
      await clients.publicClient.waitForTransactionReceipt({ hash });
    }
  }
  return { rebalancer, tokenA, tokenB, exchange };
}

async function deploy(clients: Clients, name: string, args: readonly unknown[], value = 0n): Promise<Address> {
  const { abi, bytecode } = await contractCode(name);
  const hash = await clients.wallet.deployContract({ abi, bytecode, args, value });
  const { contractAddress, status } = await clients.publicClient.waitForTransactionReceipt({ hash });
  if (status !== "success" || !contractAddress)
    throw new Error(`${name} was not deployed: transaction ${hash} reverted`);
  return contractAddress;
}

async function contractCode(name: string): Promise<{ abi: Abi; bytecode: Hex }> {
  const path = join(import.meta.dirname, `../../artifacts/contracts/consumers/${name}.sol/${name}.json`);
  return JSON.parse(await readFile(path, "utf8"));
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rpc: { type: "string", default: "http://127.0.0.1:8545" },
      market: { type: "string" },
      model: { type: "string" },
      "output-width": { type: "string" },
      threshold: { type: "string", default: "0" },
      principal: { type: "string", default: "1" },
      pool: { type: "string", default: "1" },
      code: { type: "string", default: "0x07" },
      prize: { type: "string", default: "1" },
      low: { type: "string", default: "-1000" },
      high: { type: "string", default: "1000" },
      amount: { type: "string", default: "1000" },
      "key-file": { type: "string" },
    },
  });
  const keyFile = values["key-file"];
  const key = (keyFile ? await readFile(keyFile, "utf8") : process.env["GAVEL_PRIVATE_KEY"])?.trim();
  if (!key) throw new Error("put the sender's private key in GAVEL_PRIVATE_KEY, or give a file with --key-file");
  const { market, model, "output-width": width } = values;
  if (!market || !model || !width)
    throw new Error("--market, --model and --output-width are needed; README.md lists the flags");

  const transport = http(values.rpc);
  const chain = defineChain({
    id: await createPublicClient({ transport }).getChainId(),
    name: "the chain at --rpc",
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [values.rpc] } },
  });
  const clients: Clients = {
    publicClient: createPublicClient({ chain, transport }) as PublicClient,
    wallet: createWalletClient({ account: privateKeyToAccount(key as Hex), chain, transport }),
  };
  const terms = { market: market as Address, modelId: model as Hex, outputWidth: Number(width) };

  const name = positionals[0];
  if (name === "CreditLoan") {
    const principal = parseEther(values.principal);
    const options = { threshold: BigInt(values.threshold), principal, pool: parseEther(values.pool) };
    console.log(JSON.stringify({ loan: await deployCreditLoan(clients, terms, options) }));
  } else if (name === "DigitVault") {
    const options = { code: values.code as Hex, prize: parseEther(values.prize) };
    console.log(JSON.stringify({ vault: await deployDigitVault(clients, terms, options) }));
  } else if (name === "PortfolioRebalancer") {
    const amount = parseEther(values.amount);
    const options = { signalLow: BigInt(values.low), signalHigh: BigInt(values.high), amount };
    console.log(JSON.stringify(await deployPortfolio(clients, terms, options)));
  } else {
    throw new Error(`no consumer named ${name}: give CreditLoan, DigitVault or PortfolioRebalancer`);
  }
}

if (import.meta.main) await main();
