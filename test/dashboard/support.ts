/** A real browser: the one GAVEL_TEST_BROWSER names, else the one that comes as a package. */
import { type Browser, chromium as launcher } from "playwright-core";

/** Not the package's own arguments: with `--single-process` among them every second browser ends with a trap. */
const ARGUMENTS = ["--headless=shell", "--no-sandbox", "--no-zygote", "--disable-gpu", "--disable-dev-shm-usage"];

export async function startBrowser(): Promise<Browser> {
  const named = process.env["GAVEL_TEST_BROWSER"];
  if (named !== undefined) return launcher.launch({ executablePath: named });
  // With this name set the package unpacks the libraries it needs beside the browser, so the machine needs none.
  process.env["AWS_LAMBDA_JS_RUNTIME"] = "nodejs24.x";
  const { default: chromium } = await import("@sparticuz/chromium");
  return launcher.launch({ executablePath: await chromium.executablePath(), args: ARGUMENTS });
}
