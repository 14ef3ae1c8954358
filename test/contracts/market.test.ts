/**
 * The market as TypeScript clients use it: ids, contexts, options and typed data computed here must be the contract's own, and the
 * events must carry what the next call needs. Runs on an in-process chain, or on the chain at GAVEL_TEST_RPC_URL.
 */
import {
  type Address,
  encodeAbiParameters,
  type Hex,
  keccak256,
  parseAbiParameters,
  parseEventLogs,
  toHex,
  zeroAddress,
  zeroHash,
} from "viem";
import { beforeAll, describe, expect, test } from "vitest";
import { requestMarketAbi } from "../../contracts/abi/request-market.gen.ts";
import {
  type Deployment,
  deadline,
  denseBytes,
  deployMarket,
  fee,
  gasOf,
  indexOf,
  inputBytes,
  marketOf,
  moveTo,
  open,
  outputBytes,
  settlementOf,
  timestampOf,
} from "./market.ts";

const requestComponents =
  "(address requester, bytes32 modelId, bytes32 optionsHash, bytes32 inputHash, address refundee, address callback, uint32 callbackGasLimit, uint40 deadline, uint96 fee)";
const optionsComponents =
  "(address token, uint96 startFee, uint96 endFee, uint40 priceFrom, uint40 priceUntil, bytes32 provers, uint96 collateral, uint32 lockSeconds)";

const offerTypes = {
  SignedOffer: [
    { name: "requester", type: "address" },
    { name: "modelId", type: "bytes32" },
    { name: "options", type: "Options" },
    { name: "inputHash", type: "bytes32" },
    { name: "refundee", type: "address" },
    { name: "callback", type: "address" },
    { name: "callbackGasLimit", type: "uint32" },
    { name: "deadline", type: "uint40" },
    { name: "fee", type: "uint96" },
    { name: "inputURI", type: "string" },
    { name: "nonce", type: "uint256" },
    { name: "validUntil", type: "uint40" },
  ],
  Options: [
    { name: "token", type: "address" },
    { name: "startFee", type: "uint96" },
    { name: "endFee", type: "uint96" },
    { name: "priceFrom", type: "uint40" },
    { name: "priceUntil", type: "uint40" },
    { name: "provers", type: "bytes32" },
    { name: "collateral", type: "uint96" },
    { name: "lockSeconds", type: "uint32" },
  ],
} as const;

const Status = { none: 0, open: 1, settled: 2, callbackFailed: 3, refunded: 4 };

let d: Deployment;

beforeAll(async () => {
  d = await deployMarket();
});

async function events(hash: Hex) {
  const { logs, status } = await d.client.waitForTransactionReceipt({ hash });
  expect(status).toBe("success");
  return parseEventLogs({ abi: requestMarketAbi, logs });
}

async function fixedPriceOptions(over: Partial<{ startFee: bigint; endFee: bigint; provers: Hex }> = {}) {
  const now = Number(await timestampOf(d));
  return {
    token: zeroAddress,
    startFee: fee,
    endFee: fee,
    priceFrom: now - 2,
    priceUntil: now - 1,
    provers: zeroHash,
    collateral: 0n,
    lockSeconds: 0,
    ...over,
  };
}

type Options = Awaited<ReturnType<typeof fixedPriceOptions>>;

function encodeOptions(options: Options, proverProof: readonly Hex[] = []): Hex {
  return encodeAbiParameters(parseAbiParameters(`${optionsComponents} options, bytes32[] proverProof`), [
    options,
    proverProof,
  ] as never);
}

async function offerOf(options: Options, input: Hex) {
  const params = { modelId: d.modelId, refundee: zeroAddress, callback: zeroAddress, callbackGasLimit: 0, deadline };
  return { params, options, inputHash: zeroHash, input, inputURI: "" } as const;
}

describe("requests", () => {
  test("the id is the documented hash with the index in its last four bytes", async () => {
    const { requestId, request } = await open(d, denseBytes(inputBytes, 1));
    const chainId = BigInt(await d.client.getChainId());
    const encoded = encodeAbiParameters(parseAbiParameters(`uint256, address, ${requestComponents}`), [
      chainId,
      d.market,
      request,
    ] as never);
    const index = indexOf(requestId);
    const expected = (BigInt(keccak256(encoded)) & ~0xffffffffn) | index;
    expect(requestId).toBe(toHex(expected, { size: 32 }));
    const [view] = await marketOf(d, d.relayer).read.getRequests([index, index + 1n]);
    expect(view).toEqual({ requestId, status: Status.open });
  });

  test("the context is the documented hash", async () => {
    const { requestId } = await open(d, denseBytes(inputBytes, 2));
    const prover = d.prover.account.address;
    const chainId = BigInt(await d.client.getChainId());
    const encoded = encodeAbiParameters(parseAbiParameters("uint256, address, bytes32, address"), [
      chainId,
      d.market,
      requestId,
      prover,
    ]);
    expect(await marketOf(d, d.relayer).read.contextOf([requestId, prover])).toBe(keccak256(encoded));
  });

  test("a settlement made of the event's fields pays the prover and keeps the result", async () => {
    const market = marketOf(d, d.relayer);
    const prover = d.prover.account.address;
    const before = await market.read.balanceOf([zeroAddress, prover]);
    const opened = await open(d, denseBytes(inputBytes, 3), zeroAddress);
    const settlement = settlementOf(d, opened, 4);
    const [settled] = await events(await market.write.settle([settlement]));
    expect(settled).toMatchObject({
      eventName: "RequestSettled",
      args: { requestId: opened.requestId, prover, paid: fee, output: settlement.output },
    });
    expect(await market.read.status([opened.requestId])).toBe(Status.settled);
    expect(await market.read.resultHash([opened.requestId])).toBe(keccak256(settlement.output));
    expect(await market.read.balanceOf([zeroAddress, prover])).toBe(before + fee);
  });

  test("a withdrawal pays the whole balance out", async () => {
    const market = marketOf(d, d.prover);
    const prover = d.prover.account.address;
    const to: Address = "0x00000000000000000000000000000000000a11ce";
    const balance = await market.read.balanceOf([zeroAddress, prover]);
    await events(await market.write.withdraw([zeroAddress, to, balance]));
    expect(await d.client.getBalance({ address: to })).toBe(balance);
    expect(await market.read.balanceOf([zeroAddress, prover])).toBe(0n);
  });

  test("errors of the market decode by name", async () => {
    const opened = await open(d, denseBytes(inputBytes, 5));
    const settlement = { ...settlementOf(d, opened, 6), input: denseBytes(inputBytes, 7) };
    const attempt = marketOf(d, d.relayer).simulate.settle([settlement]);
    await expect(attempt).rejects.toThrow(/InputMismatch/);
  });
});

describe("offers", () => {
  test("an offer's event carries its terms, and its options settle it", async () => {
    const options = await fixedPriceOptions({ endFee: 0n });
    const input = denseBytes(inputBytes, 8);
    const [opened] = await events(
      await marketOf(d, d.requester).write.submitOffer([await offerOf(options, input)], { value: fee }),
    );
    if (opened?.eventName !== "OfferSubmitted") throw new Error("no OfferSubmitted event");
    const { requestId, request } = opened.args;
    expect(opened.args.options).toEqual(options);
    const settlement = {
      requestId,
      request,
      input,
      output: denseBytes(outputBytes, 9),
      proof: "0x01" as Hex,
      prover: d.prover.account.address,
      options: encodeOptions(options),
    };
    const settled = await events(await marketOf(d, d.relayer).write.settle([settlement]));
    // The price window lies in the past, so the price is the end fee and the rest goes back.
    expect(settled.map((event) => event.eventName)).toEqual(["Credited", "RequestSettled"]);
    expect(settled[0]?.args).toMatchObject({ account: d.requester.account.address, amount: fee });
    expect(settled[1]?.args).toMatchObject({ paid: 0n });
  });

  test("a viem wallet's typed data opens a request for its signer", async () => {
    const signer = d.requester.account.address;
    const market = marketOf(d, d.relayer);
    await events(await marketOf(d, d.requester).write.deposit([zeroAddress, signer, fee], { value: fee }));
    const options = await fixedPriceOptions();
    const input = denseBytes(inputBytes, 10);
    const offer = await offerOf(options, input);
    const validUntil = offer.params.deadline;
    const [, name, version, chainId, verifyingContract] = await market.read.eip712Domain();
    const signature = await d.requester.signTypedData({
      domain: { name, version, chainId: Number(chainId), verifyingContract },
      types: offerTypes,
      primaryType: "SignedOffer",
      message: {
        ...offer.params,
        requester: signer,
        refundee: signer,
        options,
        inputHash: keccak256(input),
        fee,
        inputURI: offer.inputURI,
        nonce: 1n,
        validUntil,
      },
    });
    const opened = await events(await market.write.submitSigned([offer, signer, 1n, validUntil, signature]));
    expect(opened.map((event) => event.eventName)).toEqual(["NonceUsed", "OfferSubmitted"]);
    expect(opened[1]?.args).toMatchObject({ requester: signer });
    expect(await market.read.balanceOf([zeroAddress, signer])).toBe(fee);
  });
});

describe("batches", () => {
  test("a bad item leaves the others settled and is named in an event", async () => {
    const good = await open(d, denseBytes(inputBytes, 11));
    const bad = await open(d, denseBytes(inputBytes, 12));
    const last = await open(d, denseBytes(inputBytes, 13));
    const items = [good, bad, last].map((opened, i) => settlementOf(d, opened, i));
    items[1] = { ...items[1]!, output: "0x00" };
    const market = marketOf(d, d.relayer);
    const { result } = await market.simulate.settleBatch([items, 300_000n], { gas: 2_000_000n });
    expect(result).toEqual([1, 2, 1]);
    const seen = await events(await market.write.settleBatch([items, 300_000n], { gas: 2_000_000n }));
    const failed = seen.filter((event) => event.eventName === "BatchItemFailed");
    expect(failed.map((event) => event.args.requestId)).toEqual([bad.requestId]);
    expect(await market.read.status([bad.requestId])).toBe(Status.open);
    expect(await market.read.status([last.requestId])).toBe(Status.settled);
  });
});

describe("refunds", () => {
  test("after a cancellation's cool-down the fee goes back", async () => {
    const refundee = d.requester.account.address;
    const { requestId, request } = await open(d, denseBytes(inputBytes, 14));
    const [cancelled] = await events(await marketOf(d, d.requester).write.cancel([requestId, request]));
    if (cancelled?.eventName !== "CancelRequested") throw new Error("no CancelRequested event");
    await moveTo(d, cancelled.args.cancelAt + 1n);
    const before = await d.client.getBalance({ address: refundee });
    await gasOf(d, marketOf(d, d.relayer).write.refund([requestId, request, "0x"]));
    expect(await d.client.getBalance({ address: refundee })).toBe(before + fee);
    expect(await marketOf(d, d.relayer).read.status([requestId])).toBe(Status.refunded);
  });
});
