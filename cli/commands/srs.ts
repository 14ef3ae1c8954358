/** `gavel srs`: ceremony files in, pruned SRS files out; or a development SRS. */
import type { Command } from "commander";
import { createEngine } from "../../prover/engine.ts";
import { createDevelopmentSrs } from "../../srs/development.ts";
import { importSrs } from "../../srs/import.ts";
import { saveSrs } from "../../srs/load.ts";
import type { PinnedHash } from "../../srs/source.ts";
import type { CommandContext } from "../command.ts";
import { fileHashOption, integerOption } from "../options.ts";
import { requireWritableFile } from "../writable.ts";

interface ImportCommand {
  output: string;
  count?: number;
  hash?: PinnedHash;
}

export function configure(command: Command, { output }: CommandContext): void {
  command
    .command("import")
    .description("check a ceremony file (.ptau, halo2 .srs, or Aztec g1.dat and g2.dat) and prune it")
    .argument("<files...>", "the ceremony's files")
    .option("--count <n>", "powers to keep; all by default", integerOption("--count", 2))
    .option(
      "--hash <algorithm:hex>",
      "what the ceremony published as the hash of the (first) file: sha256:... or blake2b512:...",
      fileHashOption("--hash"),
    )
    .requiredOption("-o, --output <file>", "SRS file to write")
    .action(async (files: string[], { output: path, count, hash }: ImportCommand) => {
      await requireWritableFile(path);
      if (hash === undefined)
        output.progress(
          "warning: no --hash: nothing shows that the file is the ceremony's, and its maker may know the secret",
        );
      const engine = await createEngine({ threads: 2 });
      try {
        const srs = await importSrs(engine, files, {
          ...(count === undefined ? {} : { count }),
          ...(hash === undefined ? {} : { pinned: hash }),
        });
        await saveSrs(path, srs);
        output.result(`${path}: ${srs.count} powers of ${srs.description}`, {
          path,
          count: srs.count,
          insecure: srs.insecure,
          description: srs.description,
        });
      } finally {
        await engine.close();
      }
    });
  command
    .command("development")
    .description("make an SRS whose secret this process knew: for development chains only")
    .requiredOption("--count <n>", "number of powers", integerOption("--count", 2))
    .requiredOption("-o, --output <file>", "SRS file to write")
    .action(async (options: { count: number; output: string }) => {
      await requireWritableFile(options.output);
      const engine = await createEngine({ threads: 2 });
      try {
        const srs = createDevelopmentSrs(engine, options.count);
        await saveSrs(options.output, srs);
        output.result(`${options.output}: ${srs.count} powers, insecure`, {
          path: options.output,
          count: srs.count,
          insecure: true,
        });
      } finally {
        await engine.close();
      }
    });
}
