/**
 * Fits the constants of the estimated proving time (`api/estimate.ts`) to measured proofs, and prints how far off they are.
 *
 *     gavel bench families scale --json bench.json && node scripts/fit-estimate.ts bench.json
 *
 * Least squares of the relative error, no constant negative, over the rows of two threads with zero knowledge on.
 */
import { readFileSync } from "node:fs";
import { ESTIMATED_THREADS } from "../api/estimate.ts";
import type { BenchRow } from "../cli/bench/run.ts";

const SWEEPS = 20_000;

export interface Fit {
  readonly baseMs: number;
  readonly nsPerAddition: number;
  readonly nsPerButterfly: number;
  readonly nsPerProduct: number;
}

export type FittedRow = Pick<BenchRow, "model" | "proveMs" | "work">;

export function predictMs(fit: Fit, { work }: Pick<FittedRow, "work">): number {
  const { baseMs, nsPerAddition, nsPerButterfly, nsPerProduct } = fit;
  const { additions, butterflies, products } = work;
  return baseMs + (nsPerAddition * additions + nsPerButterfly * butterflies + nsPerProduct * products) / 1e6;
}

export function fitEstimate(rows: readonly FittedRow[]): Fit {
  const factors = rows.map(({ proveMs, work }) =>
    [1, work.additions / 1e6, work.butterflies / 1e6, work.products / 1e6].map((factor) => factor / proveMs),
  );
  const constants = [0, 0, 0, 0];
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    constants.forEach((_, k) => {
      const rest = factors.map(
        (row) => 1 - row.reduce((sum, factor, i) => sum + (i === k ? 0 : factor * constants[i]), 0),
      );
      const along = factors.reduce((sum, row, i) => sum + row[k] * rest[i], 0);
      constants[k] = Math.max(0, along / factors.reduce((sum, row) => sum + row[k] ** 2, 0));
    });
  }
  const [baseMs, nsPerAddition, nsPerButterfly, nsPerProduct] = constants;
  return { baseMs, nsPerAddition, nsPerButterfly, nsPerProduct };
}

if (import.meta.main) {
  const rows = process.argv.slice(2).flatMap((file) => JSON.parse(readFileSync(file, "utf8")) as BenchRow[]);
  const used = rows.filter(({ zk, threads, batch }) => zk && threads === ESTIMATED_THREADS && batch === 1);
  const fit = fitEstimate(used);
  console.log(fit);
  for (const row of used) {
    const ratio = (estimated: number, measured: number): string => (estimated / measured).toFixed(2);
    const { model, proveMs, peakRssMb, gasUsed, estimated } = row;
    console.log(
      `${model}: time ${ratio(predictMs(fit, row), proveMs)}, memory ${ratio(estimated.peakMemoryMb, peakRssMb)}, gas ${ratio(estimated.gasUsed, gasUsed)}`,
    );
  }
}
