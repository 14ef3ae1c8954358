/** The chain the contract suites run on has the rules the verifier is sized for. */
import { network } from "hardhat";
import { expect, test } from "vitest";

/** EIP-7825: the most gas one transaction may ask for. */
const TRANSACTION_GAS_CAP = 2n ** 24n;

test("a transaction may ask for 2^24 gas and not for one more", async () => {
  const { viem } = await network.create();
  const [wallet] = await viem.getWalletClients();
  const transaction = { to: wallet!.account.address, value: 0n };
  const client = await viem.getPublicClient();
  const hash = await wallet!.sendTransaction({ ...transaction, gas: TRANSACTION_GAS_CAP });
  expect((await client.waitForTransactionReceipt({ hash })).status).toBe("success");
  await expect(wallet!.sendTransaction({ ...transaction, gas: TRANSACTION_GAS_CAP + 1n })).rejects.toThrow();
});
