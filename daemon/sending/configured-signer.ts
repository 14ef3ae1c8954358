/** The account that sends, as the configuration names it. */
import { ConfigError } from "../errors.ts";
import { type DaemonConfig, readKeySource, readSecret } from "../options.ts";
import { createRemoteSigner } from "./remote-signer.ts";
import { type Signer, signerOf } from "./signer.ts";

/** Undefined when the configuration names no key. */
export async function configuredSigner(config: DaemonConfig): Promise<Signer | undefined> {
  if (config.signerUrl !== undefined) return configuredRemoteSigner(config, config.signerUrl);
  const source = readKeySource(config);
  return source === undefined ? undefined : signerOf(source);
}

function configuredRemoteSigner(config: DaemonConfig, url: string): Signer {
  const { signerAddress: address, signerTokenFile, rpcTimeoutMs: timeoutMs } = config;
  if (address === undefined)
    throw new ConfigError("the remote signer's account is missing", { remedy: "set `signerAddress`" });
  const token = signerTokenFile === undefined ? undefined : readSecret(signerTokenFile);
  return createRemoteSigner({ url, address, token, timeoutMs });
}
