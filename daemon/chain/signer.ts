/** The account that sends. Anything of this shape will do, so a remote signer can take the key's place. */
import type { TransactionSerializableEIP1559 } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { ConfigError } from "../errors.ts";
import { type DaemonConfig, type KeySource, readKeySource } from "../options.ts";
import type { Hex } from "../store/requests.ts";

export interface Signer {
  readonly address: Hex;
  signTransaction(transaction: TransactionSerializableEIP1559): Promise<Hex>;
}

/** Undefined when the configuration names no key. */
export async function configuredSigner(config: DaemonConfig): Promise<Signer | undefined> {
  const source = readKeySource(config);
  return source === undefined ? undefined : signerOf(source);
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
