/** The account that sends: a key of this process, or one that a remote signer keeps. */
import type { TransactionSerializableEIP1559 } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { ConfigError } from "../errors.ts";
import type { KeySource } from "../options.ts";
import type { Hex } from "../store/requests.ts";

export interface Signer {
  readonly address: Hex;
  signTransaction(transaction: TransactionSerializableEIP1559): Promise<Hex>;
}

export async function signerOf(source: KeySource): Promise<Signer> {
  if (source.privateKey !== undefined) return privateKeyToAccount(source.privateKey);
  const { json, password } = source.keystore!;
  // Loaded only when there is a keystore: it is large.
  const { decryptKeystoreJson } = await import("ethers");
  try {
    const { privateKey } = await decryptKeystoreJson(json, password);
    return privateKeyToAccount(privateKey as Hex);
  } catch (cause) {
    throw new ConfigError("the keystore cannot be opened", {
      got: (cause as Error).message.split("\n")[0]!,
      remedy: "check `keystoreFile` and `keystorePasswordFile`",
    });
  }
}
