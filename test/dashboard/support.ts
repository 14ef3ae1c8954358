/** A real browser: the one GAVEL_TEST_BROWSER names, else the one that comes as a package. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium as launcher } from "playwright-core";

/** Not the package's own arguments: with `--single-process` among them every second browser ends with a trap. */
const ARGUMENTS = ["--headless=shell", "--no-sandbox", "--no-zygote", "--disable-gpu", "--disable-dev-shm-usage"];
const LAUNCH_TIMEOUT_MS = 240_000;

export interface TestBrowser {
  readonly browser: Browser;
  close(): Promise<void>;
}

export async function startBrowser(): Promise<TestBrowser> {
  const named = process.env["GAVEL_TEST_BROWSER"];
  if (named !== undefined) return launch(named, [], async () => undefined);
  // The package unpacks into the temporary folder and takes whatever stands there for whole: what another run is unpacking, or what
  // one that was killed has left.
  const outer = process.env["TMPDIR"];
  const folder = await mkdtemp(join(tmpdir(), "gavel-browser-"));
  process.env["TMPDIR"] = folder;
  // With this name set the package unpacks the libraries it needs beside the browser, so the machine needs none.
  process.env["AWS_LAMBDA_JS_RUNTIME"] = "nodejs24.x";
  try {
    const { default: chromium } = await import("@sparticuz/chromium");
    const path = await chromium.executablePath();
    return await launch(path, ARGUMENTS, () => rm(folder, { recursive: true, force: true, maxRetries: 10 }));
  } finally {
    if (outer === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = outer;
  }
}

async function launch(
  executablePath: string,
  args: readonly string[],
  cleanUp: () => Promise<void>,
): Promise<TestBrowser> {
  const browser = await launcher.launch({ executablePath, args: [...args], timeout: LAUNCH_TIMEOUT_MS });
  return {
    browser,
    close: async () => {
      await browser.close();
      await cleanUp();
    },
  };
}
