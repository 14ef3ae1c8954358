/** The page in a browser, on a daemon that works on a real chain. */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningDaemon, startDaemon } from "../../daemon/main.ts";
import { buildDashboard } from "../../dashboard/build.ts";
import { untilState } from "../daemon/support/daemon-client.ts";
import { PROVER, startMarket, type TestMarket } from "../daemon/support/market.ts";
import { until } from "../daemon/support/until.ts";
import { root } from "../support/source-tree.ts";
import { startBrowser, type TestBrowser } from "./support.ts";

let market: TestMarket;
let daemon: RunningDaemon;
let browser: TestBrowser;
let page: Page;
const faults: string[] = [];

beforeAll(async () => {
  market = await startMarket();
  const dashboard = await buildDashboard(join(root, "cache", "dashboard"));
  daemon = await startDaemon(await market.config(), { signer: market.chain.account(PROVER), dashboard });
  await daemon.ready;
  browser = await startBrowser();
  page = await browser.browser.newPage();
  page.setDefaultTimeout(240_000);
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  await page.goto(daemon.url);
});
afterAll(async () => {
  await browser?.close();
  await daemon?.stop();
  await market?.close();
});

const section = (name: string) => page.getByRole("region", { name, exact: true });

test("says that the daemon is ready, live, and where it is", async () => {
  await section("health").getByText("ready", { exact: true }).waitFor();
  await section("health").getByText("live").waitFor();
  expect(await section("health").textContent()).toContain("31337");
  await section("running proofs").getByText("no proof is running").waitFor();
});

test("follows a request from its proof to its money without being reloaded", async () => {
  // Short phases may be gone before a look at the page, so the page itself notes what it showed.
  await page.evaluate(`
    window.phases = [];
    const proofs = document.querySelector('[aria-label="running proofs"]');
    new MutationObserver(() => {
      const now = proofs.querySelector('[data-state="now"]')?.textContent;
      if (now !== undefined) window.phases.push(now);
    }).observe(proofs, { subtree: true, childList: true, attributes: true });
  `);
  const { requestId } = await market.request(1);
  const row = section("requests").locator("tr", { has: page.getByTitle(requestId) });
  await row.getByText("confirmed").waitFor();
  expect(await page.evaluate("window.phases")).toContain("opening");
  await section("running proofs").getByText("no proof is running").waitFor();
  await section("money").locator("dl").getByText("0.1 ETH").first().waitFor();
  await until("the gas shows", async () => /gas paid(?!0 ETH)/.test((await section("money").textContent()) ?? ""));
});

test("shows a request's history, and filters by state", async () => {
  const skipped = await market.request(2, { feeWei: 0n, deadline: (await market.now()) + 25 });
  await untilState(daemon.url, skipped.requestId, "skipped");
  await section("requests").getByRole("button", { name: "skipped 1" }).click();
  const rows = section("requests").locator("tbody tr");
  await until("one row is left", async () => (await rows.count()) === 1);
  await rows.getByRole("button").click();
  const history = section("request").getByRole("listitem");
  await until("two steps", async () => (await history.count()) === 2);
  expect(await history.last().textContent()).toMatch(/skipped .*DEADLINE/);
  await section("request").getByRole("button", { name: "close" }).click();
  await section("request").waitFor({ state: "detached" });
});

test("loads nothing from elsewhere and logs no error", async () => {
  const origins = (await page.evaluate(
    "performance.getEntriesByType('resource').map((entry) => new URL(entry.name).origin)",
  )) as string[];
  expect(origins.length).toBeGreaterThan(2);
  expect(new Set(origins)).toEqual(new Set([daemon.url]));
  expect(faults).toEqual([]);
});

test("says when the daemon has gone", async () => {
  await daemon.stop();
  await page.getByRole("alert").getByText("the daemon does not answer").waitFor();
  await section("health").getByText("not connected").waitFor();
});
