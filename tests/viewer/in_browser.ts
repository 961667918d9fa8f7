/**
 * Tests that open one folder in one browser, step by step.
 *
 * @module
 */
/// <reference lib="dom" />
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { inFolder } from "../folders.ts";
import { openFolder, startBrowser, type WatchedPage, watchedPage } from "./browser.ts";
import { SMALL, type Synthetic } from "./synthetic.ts";
import { type FolderOptions, writeFolder } from "./write_folder.ts";

/** Neurons of the small model. */
export const NEURONS = SMALL.layers * SMALL.width;

/** Writes a folder and gives a job a browser beside it. */
export function inBrowser<R>(
  synthetic: Synthetic,
  use: (browser: Browser, folder: string) => Promise<R>,
  options: FolderOptions = {},
): Promise<R> {
  return inFolder(async (folder) => {
    await writeFolder(folder, synthetic, options);
    const browser = await startBrowser();
    try {
      return await use(browser, folder);
    } finally {
      await browser.close();
    }
  });
}

/** A step of a test: an address within the folder, opened in a page of its own. */
export type Step = (
  title: string,
  fragment: string,
  use: (watched: WatchedPage) => Promise<void>,
  context?: BrowserContextOptions,
) => Promise<boolean>;

/** Steps that open a folder from disk; each ends with nothing complained of and nothing sent. */
export function stepsOf(t: Deno.TestContext, browser: Browser, folder: string): Step {
  return (title, fragment, use, context) =>
    t.step(title, async () => {
      const watched = await watchedPage(browser, context);
      try {
        await openFolder(watched.page, folder, fragment);
        await use(watched);
        await watched.assertQuiet();
      } finally {
        await watched.close();
      }
    });
}

/** The texts of all elements of a selector. */
export function texts(page: Page, selector: string): Promise<string[]> {
  return page.locator(selector).allTextContents();
}

/** Waits until the first element of a selector has a text. */
export async function waitForText(page: Page, selector: string, text: string): Promise<void> {
  await page.waitForFunction(
    ([selector, text]) => document.querySelector(selector!)?.textContent === text,
    [selector, text],
  );
}

/** Waits until the page shows a neuron, all of it. */
export async function shows(page: Page, name: string): Promise<void> {
  await waitForText(page, "#neuron-name", `Neuron ${name}`);
  await page.waitForSelector(".panels:not([aria-busy]), .notice.fault");
}

/** Opens the fold of a panel and waits for its table, which the browser has made in a later task. */
export async function openFold(page: Page, panel: string): Promise<void> {
  await page.click(`#panel-${panel} summary`);
  await page.waitForSelector(`#panel-${panel} details[open] tbody tr`);
}

/** Waits until a check passes: an address changes before what it names is shown. */
export async function eventually(check: () => Promise<void>): Promise<void> {
  const end = Date.now() + 15_000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Rows of the neuron table from the top of the list. */
export async function firstRows(page: Page, count: number): Promise<string[]> {
  await page.locator(".neurons").evaluate((element) => element.scrollTop = 0);
  await page.waitForSelector('.neurons .rows [aria-rowindex="2"]');
  return (await texts(page, ".neurons .rows a")).slice(0, count);
}

/** The name of a neuron of the small model. */
export function nameOf(neuron: number): string {
  return `${Math.floor(neuron / SMALL.width)}.${neuron % SMALL.width}`;
}

/** Neurons in order of a column, sorted by a second, plain piece of code. */
export function sortedNames(synthetic: Synthetic, column: string, way: 1 | -1): string[] {
  const rows = Array.from({ length: NEURONS }, (_, n) => ({ n, v: synthetic.value(column, n) }));
  const known = rows.filter((row) => row.v !== null);
  known.sort((a, b) => way * (a.v! - b.v!) || a.n - b.n);
  return [...known, ...rows.filter((row) => row.v === null)].map(({ n }) => nameOf(n));
}
