/** The page in a browser, on a daemon that works on a real chain. */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningDaemon, startDaemon } from "../../daemon/main.ts";
import { buildDashboard } from "../../dashboard/build.ts";
import { fetchFresh, untilState } from "../daemon/support/daemon-client.ts";
import { inputOf, PROVER, startMarket, type TestMarket, WIDE_MARGIN_SECONDS } from "../daemon/support/market.ts";
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
  daemon = await startDaemon(await market.config({ deadlineMarginSeconds: WIDE_MARGIN_SECONDS }), {
    signer: market.chain.account(PROVER),
    dashboard,
  });
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
  await section("health").getByText("31337", { exact: true }).waitFor();
  await section("running proofs").getByText("no proof is running").waitFor();
});

test("shows the phase that a proof is in", async () => {
  // Asked for directly: nothing says that it has ended, so its last phase stays.
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ model: "mixed", input: inputOf(3) });
  expect((await fetchFresh(`${daemon.url}/proofs`, { method: "POST", headers, body })).status).toBe(202);
  await section("running proofs").locator('[data-state="now"]', { hasText: "opening" }).waitFor();
});

test("follows a request from its proof to its money without being reloaded", async () => {
  const { requestId } = await market.request(1);
  const row = section("requests").locator("tr", { has: page.getByTitle(requestId) });
  await row.getByText("confirmed").waitFor();
  await section("running proofs").getByText("no proof is running").waitFor();
  await section("money").locator("dl").getByText("0.1 ETH").first().waitFor();
  await until("the gas shows", async () => /gas paid(?!0 ETH)/.test((await section("money").textContent()) ?? ""));
});

test("shows a request's history, and filters by state", async () => {
  const skipped = await market.request(2, { feeWei: 0n, deadline: (await market.now()) + WIDE_MARGIN_SECONDS - 600 });
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
