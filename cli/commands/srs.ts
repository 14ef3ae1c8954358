/** `gavel srs`: ceremony files in, pruned SRS files out; or a development SRS. */
import type { Command } from "commander";
import { createEngine } from "../../prover/engine.ts";
import { createDevelopmentSrs } from "../../srs/development.ts";
import { importSrs } from "../../srs/import.ts";
import { saveSrs } from "../../srs/load.ts";
import type { CommandContext } from "../command.ts";
import { integerOption } from "../options.ts";

export function configure(command: Command, { output }: CommandContext): void {
  command
    .command("import")
    .description("check a ceremony file (.ptau, halo2 .srs, or Aztec g1.dat and g2.dat) and prune it")
    .argument("<files...>", "the ceremony's files")
    .option("--count <n>", "powers to keep; all by default", integerOption("--count", 2))
    .requiredOption("-o, --output <file>", "SRS file to write")
    .action(async (files: string[], options: { count?: number; output: string }) => {
      const engine = await createEngine({ threads: 2 });
      try {
        const srs = await importSrs(engine, files, options.count === undefined ? {} : { count: options.count });
        await saveSrs(options.output, srs);
        output.result(`${options.output}: ${srs.count} powers`, {
          path: options.output,
          count: srs.count,
          insecure: srs.insecure,
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
