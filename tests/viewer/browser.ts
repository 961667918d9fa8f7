/**
 * A real headless browser over a viewer folder, and everything a page must not do.
 *
 * @module
 */
import { existsSync } from "node:fs";
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

/** Where Debian's package puts it. */
const CHROMIUM = Deno.env.get("NEURITE_CHROMIUM") ?? "/usr/bin/chromium";

/** Set where CI demands the browser: its absence then fails the tests. */
const REQUIRED = Deno.env.get("NEURITE_REQUIRE_CHROMIUM") === "1";

/** Whether tests in the browser must be left out. */
export const CHROMIUM_ABSENT = !REQUIRED && !existsSync(CHROMIUM);

/** Starts the browser. It goes through no proxy and phones nobody. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-proxy-server"],
  });
}

/** A page that was watched from its first request. */
export interface WatchedPage {
  readonly page: Page;
  /** Addresses that were asked for. */
  readonly requests: string[];
  /** What the console and failures said. */
  readonly complaints: string[];
  /** Throws where a request left the machine, a dialog opened, or something was complained of. */
  assertQuiet(): Promise<void>;
  close(): Promise<void>;
}

/** A page of its own context, not yet anywhere. */
export async function watchedPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return {
    page,
    requests,
    complaints,
    async assertQuiet() {
      const left = requests.filter((url) => !/^(file:|data:|http:\/\/127\.0\.0\.1:)/.test(url));
      assert.deepEqual(left, []);
      assert.deepEqual(complaints, []);
      assert.equal(await page.evaluate("globalThis.hostile"), undefined);
    },
    close: () => context.close(),
  };
}

/** The address of a folder's page on disk. */
export function fileAddress(folder: string, fragment = ""): string {
  return pathToFileURL(join(folder, "index.html")).href + fragment;
}

/** Opens a folder's page from disk and waits for its neuron. */
export async function openFolder(page: Page, folder: string, fragment = ""): Promise<void> {
  await page.goto(fileAddress(folder, fragment));
  await page.waitForSelector("#neuron-name");
  await page.waitForSelector(".panels:not([aria-busy]), .notice.fault");
}
