/**
 * What the page costs for a model of GPT-2 small's size with 22 parts of the corpus: bytes of the
 * first view, time from a key to the next neuron drawn, memory. Prints JSON; no part of the suite.
 *
 * @module
 */
/// <reference lib="dom" />
import type { Browser } from "playwright-core";
import { inFolder } from "../folders.ts";
import { fileAddress, startBrowser, watchedPage } from "./browser.ts";
import { Synthetic, type SyntheticSize } from "./synthetic.ts";
import { writeFolder } from "./write_folder.ts";

const BIG: SyntheticSize = {
  layers: 12,
  width: 3072,
  heads: 12,
  vocab: 50_257,
  subsets: 22,
  shardNeurons: Number(Deno.env.get("SHARD_NEURONS") ?? 2),
  ranked: 100,
  examples: 20,
  subsetExamples: 5,
  coloured: Number(Deno.env.get("COLOURED") ?? 20),
};

const SWITCHES = 24;

/** Milliseconds until the next neuron is laid out and painted, after a key that asks for it. */
async function switchTime(page: Awaited<ReturnType<typeof watchedPage>>["page"], key: string) {
  return await page.evaluate((key) => {
    const name = () => document.querySelector("#neuron-name")?.textContent;
    const before = name();
    const start = performance.now();
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    return new Promise<number>((resolve) => {
      const look = () => {
        if (name() === before) return requestAnimationFrame(look);
        // The frame after the one that drew it: by then its layout and paint are done.
        requestAnimationFrame(() => resolve(performance.now() - start));
      };
      requestAnimationFrame(look);
    });
  }, key);
}

/**
 * Memory and time of the processes that draw pages, as the kernel counts them: other work on the
 * machine is not in them.
 */
async function renderers(browser: Browser): Promise<{ miB: number; cpuMs: number }> {
  const client = await browser.newBrowserCDPSession();
  const { processInfo } = await client.send("SystemInfo.getProcessInfo");
  let [miB, cpuMs] = [0, 0];
  for (const { id } of processInfo.filter(({ type }) => type === "renderer")) {
    const status = await Deno.readTextFile(`/proc/${id}/status`);
    miB = Math.max(miB, Number(/^VmRSS:\s+(\d+)/m.exec(status)![1]) / 1024);
    // After the name in brackets; user and system time are the 12th and 13th, in hundredths.
    const fields = (await Deno.readTextFile(`/proc/${id}/stat`)).split(") ").at(-1)!.split(" ");
    cpuMs += 10 * (Number(fields[11]) + Number(fields[12]));
  }
  await client.detach();
  return { miB: Math.round(miB), cpuMs };
}

function spread(times: readonly number[]) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.floor(share * (sorted.length - 1))]!);
  return { median: at(0.5), p90: at(0.9), largest: at(1), count: times.length };
}

const result = await inFolder(async (folder) => {
  const synthetic = new Synthetic(BIG);
  const first = 100;
  const shards = Array.from({ length: Math.ceil(64 / BIG.shardNeurons) + 2 }, (_, k) => first + k);
  // A random column per kind is enough: the token column would need every neuron.
  const columns = synthetic.model.columns.filter(({ name }) => name !== "top_token");
  Object.assign(synthetic.model, { columns });
  await writeFolder(folder, synthetic, { shards });
  const size = async (url: string) => (await Deno.stat(new URL(url.split("#")[0]!))).size;
  const browser = await startBrowser();
  const { page, requests, close } = await watchedPage(browser);
  const client = await page.context().newCDPSession(page);
  const memory = async () => {
    await client.send("HeapProfiler.collectGarbage");
    const { metrics } = await client.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "JSHeapUsedSize")!.value / 2 ** 20;
  };
  await client.send("Performance.enable");
  const neuron = (first + 1) * BIG.shardNeurons;
  const begun = performance.now();
  await page.goto(fileAddress(folder, `#/n/0.${neuron}`));
  await page.waitForSelector("#panel-partners");
  const firstView = performance.now() - begun;
  const asked = [...new Set(requests)].filter((url) => url.startsWith("file:"));
  const bytes: Record<string, number> = {};
  for (const url of asked) bytes[url.split("#")[0]!.split("/").at(-1)!] = await size(url);
  const total = Object.values(bytes).reduce((sum, size) => sum + size, 0);
  const heap = await memory();
  const near: number[] = [];
  const cpuBefore = (await renderers(browser)).cpuMs;
  for (let step = 0; step < SWITCHES; step++) {
    await page.waitForTimeout(600);
    near.push(await switchTime(page, "j"));
  }
  await page.waitForTimeout(600);
  const cpuMs = ((await renderers(browser)).cpuMs - cpuBefore) / SWITCHES;
  const quick: number[] = [];
  for (let step = 0; step < SWITCHES; step++) quick.push(await switchTime(page, "j"));
  const scroll = await page.evaluate(() => {
    const list = document.querySelector(".neurons")!;
    const frames: number[] = [];
    return new Promise<number[]>((resolve) => {
      let last = performance.now();
      const step = () => {
        const now = performance.now();
        frames.push(now - last);
        last = now;
        if (frames.length > 120) return resolve(frames.slice(1));
        list.scrollTop += 4000;
        requestAnimationFrame(step);
      };
      requestAnimationFrame(step);
    });
  });
  const sortBegun = performance.now();
  await page.click('.neurons .head button:has-text("excess corr")');
  await page.waitForURL(/sort=/);
  const sortTime = performance.now() - sortBegun;
  await page.waitForSelector(".panels:not([aria-busy])");
  const elements = await page.evaluate("document.querySelectorAll('*').length");
  const after = await memory();
  const resident = (await renderers(browser)).miB;
  await close();
  await browser.close();
  return {
    loadAverage: Deno.loadavg()[0],
    firstViewBytes: total,
    bytes,
    firstViewMs: Math.round(firstView),
    switchMs: { rested: spread(near), cpuWithAllPanels: Math.round(cpuMs), atOnce: spread(quick) },
    scrollFrameMs: spread(scroll),
    sortMs: Math.round(sortTime),
    elements,
    heapMiB: { first: Math.round(heap), after: Math.round(after) },
    rendererMiB: resident,
  };
});

await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(result, null, 2) + "\n"));
