// Viewer folders that lack something or are broken, and folders that are served.
/// <reference lib="dom" />
import assert from "node:assert/strict";
import { join } from "node:path";
import { CHROMIUM_ABSENT, fileAddress, openFolder, watchedPage } from "./browser.ts";
import { inBrowser, nameOf, shows } from "./in_browser.ts";
import { served } from "./served.ts";
import { SMALL, Synthetic } from "./synthetic.ts";

const LACK = { is: "no run of un:weights", command: "deno task un:weights --model m" };

const FEW = new Synthetic(SMALL, {
  subsets: [],
  partners: [],
  missing: { compositions: LACK, heads: LACK },
});

const SPOILT = {
  "shard-1": `neuriteData("shard-1","bm90IGd6aXA=");`,
  "shard-2": "",
  "shard-3": `neuriteData("shard-4","");`,
  "column-kurt": "",
};

Deno.test({
  name: "the viewer's page says what is missing or broken, and the command that mends it",
  ignore: CHROMIUM_ABSENT,
  fn: () =>
    inBrowser(FEW, async (browser, folder) => {
      await Deno.remove(join(folder, "data", "shard-5.js"));
      const { page, complaints, close } = await watchedPage(browser);
      await openFolder(page, folder, "#/n/0.0");
      const text = async (selector: string) => (await page.textContent(selector))!;
      assert.match(
        await text("#panel-heads"),
        /no run of un:weights.*deno task un:weights --model m/,
      );
      assert.match(await text("#panel-partners"), /has no data/);
      assert.equal(await page.locator("#panel-activations svg").count(), 3);
      const faults = {
        1: /not gzip/,
        2: /hands over no data/,
        3: /no data of that name/,
        5: /not there/,
      };
      for (const [shard, is] of Object.entries(faults)) {
        const name = nameOf(Number(shard) * SMALL.shardNeurons);
        await page.evaluate(`location.hash = "#/n/${name}"`);
        await shows(page, name);
        const notice = await text(".notice.fault");
        assert.match(notice, is);
        assert.match(
          notice,
          new RegExp(`data/shard-${shard}\\.js.*deno task un:viewer -- --model`),
        );
      }
      await page.evaluate(`location.hash = "#/n/0.1?sort=-kurt"`);
      await shows(page, "0.1");
      assert.match(await text(".notice.fault"), /column-kurt/);
      assert.ok(complaints.every((line) => line.includes("ERR_FILE_NOT_FOUND")), complaints.join());
      await close();
    }, { shape: ({ pooled }) => ({ pooled }), spoilt: SPOILT }),
});

Deno.test({
  name: "the viewer's page names the file when its model is broken",
  ignore: CHROMIUM_ABSENT,
  fn: () =>
    inBrowser(FEW, async (browser, folder) => {
      const { page, close } = await watchedPage(browser);
      await page.goto(fileAddress(folder));
      await page.waitForSelector(".notice.fault");
      const notice = (await page.textContent(".notice.fault"))!;
      assert.match(notice, /data\/model\.js.*deno task un:viewer/);
      await close();
    }, { shards: [0], spoilt: { model: "neuriteData(1, 2);" } }),
});

Deno.test({
  name: "the viewer's page opens over http and reaches for nothing beyond its folder",
  ignore: CHROMIUM_ABSENT,
  fn: () =>
    inBrowser(FEW, (browser, folder) =>
      served(folder, async (address, reached) => {
        const { page, requests, close } = await watchedPage(browser);
        await page.goto(`${address}#/n/2.3`);
        await shows(page, "2.3");
        await page.keyboard.press("j");
        await shows(page, "2.4");
        assert.ok(requests.every((url) => url.startsWith(address) || url.startsWith("data:")));
        // What the page may not do even where something in it were made to.
        await page.evaluate((address) => {
          const image = document.createElement("img");
          image.src = `${address}stolen.png`;
          const script = document.createElement("script");
          script.textContent = "globalThis.hostile = 3";
          document.body.append(image, script);
          return fetch(`${address}stolen`).catch(() => {});
        }, address);
        assert.deepEqual(reached.filter((path) => path.includes("stolen")), []);
        assert.equal(await page.evaluate("globalThis.hostile"), undefined);
        await close();
      })),
});
