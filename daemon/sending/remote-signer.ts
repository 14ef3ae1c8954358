/**
 * An account whose key is elsewhere: a signer that knows eth_signTransaction over HTTP or HTTPS, such as web3signer.
 *
 * What comes back is read before it is used: it must be the transaction that was asked for, signed by the account.
 */
import {
  parseTransaction,
  recoverTransactionAddress,
  type TransactionSerializableEIP1559,
  type TransactionSerializedEIP1559,
  toHex,
} from "viem";
import { SignerError } from "../errors.ts";
import type { Hex } from "../store/requests.ts";
import type { Signer } from "./signer.ts";

export interface RemoteSignerOptions {
  readonly url: string;
  readonly address: Hex;
  readonly token: string | undefined;
  readonly timeoutMs: number;
}

export function createRemoteSigner(options: RemoteSignerOptions): Signer {
  const { url, address } = options;
  return {
    address,
    signTransaction: async (transaction) => {
      const { to, data, nonce, gas, value, chainId, maxFeePerGas, maxPriorityFeePerGas } = transaction;
      const quantities = { nonce, gas, value, chainId, maxFeePerGas, maxPriorityFeePerGas };
      const asked = Object.entries(quantities).map(([name, quantity]) => [name, toHex(quantity ?? 0)]);
      const answer = await callSigner(options, [
        { from: address, to, data: data ?? "0x", type: "0x2", ...Object.fromEntries(asked) },
      ]);
      // geth and clef wrap the bytes, web3signer does not.
      const raw = typeof answer === "string" ? answer : (answer as { raw?: unknown } | null)?.raw;
      if (typeof raw !== "string" || !/^0x02[0-9a-f]+$/i.test(raw))
        throw wrong(url, "a signed EIP-1559 transaction", shortened(answer));
      await checkSigned(raw as TransactionSerializedEIP1559, transaction, options);
      return raw as Hex;
    },
  };
}

async function callSigner({ url, token, timeoutMs }: RemoteSignerOptions, params: unknown[]): Promise<unknown> {
  let body: { result?: unknown; error?: { message?: string } };
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_signTransaction", params }),
      signal: AbortSignal.timeout(timeoutMs),
      redirect: "error",
    });
    if (!response.ok) throw new Error(`HTTP status ${response.status}`);
    body = (await response.json()) as typeof body;
  } catch (cause) {
    throw new SignerError("the remote signer does not answer", {
      got: `${(cause as Error).message} at ${new URL(url).host}`,
      remedy: "check `signerUrl`, `signerTokenFile` and that the signer runs; the transaction is signed later",
      retryable: true,
      cause,
    });
  }
  if (body.error !== undefined) throw wrong(url, "a signature", shortened(body.error.message));
  return body.result;
}

/** A signer that is wrong or taken over must not make this daemon send anything else. */
async function checkSigned(
  raw: TransactionSerializedEIP1559,
  asked: TransactionSerializableEIP1559,
  { url, address }: RemoteSignerOptions,
): Promise<void> {
  const signed = parseTransaction(raw);
  const fields = ["to", "data", "nonce", "gas", "value", "chainId", "maxFeePerGas", "maxPriorityFeePerGas"] as const;
  const plain = (value: unknown): string => (value === undefined || value === "0x" ? "0" : String(value).toLowerCase());
  for (const field of fields) {
    if (plain(signed[field]) !== plain(asked[field]))
      throw wrong(url, `${field} ${asked[field]}`, `${field} ${signed[field]}`);
  }
  const signedBy = await recoverTransactionAddress({ serializedTransaction: raw });
  if (signedBy.toLowerCase() !== address.toLowerCase())
    throw wrong(url, `a signature of ${address}`, `one of ${signedBy}`);
}

const shortened = (value: unknown): string => String(JSON.stringify(value)).slice(0, 200);

const wrong = (url: string, expected: string, got: string) =>
  new SignerError("the remote signer gave something else than was asked for", {
    expected,
    got: `${got} from ${new URL(url).host}`,
    remedy: "check the signer's configuration and its key for `signerAddress`",
    retryable: true,
  });
