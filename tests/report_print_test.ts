// The report over all runs as a printer gets it, where nobody can scroll.
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gather } from "../lib/report/gather.ts";
import { GREATER_THAN } from "../lib/report/greater_than_claims.ts";
import { renderPage } from "../lib/report/page.ts";
import { makeRun, universalSummary, yearSummary } from "../lib/report/testing.ts";
import { UNIVERSAL_NEURONS } from "../lib/report/universal_neuron_claims.ts";
import { inFolder } from "./folders.ts";
import { CHROMIUM_ABSENT, startBrowser, watchedPage } from "./viewer/browser.ts";

/** CSS pixels between the margins of an upright US letter sheet in Chromium. */
const SHEET_WIDTH = 739;

Deno.test({
  name: "a printed report cuts nothing off at the right and is dark on white in a dark scheme",
  ignore: CHROMIUM_ABSENT,
  fn: () =>
    inFolder(async (folder) => {
      await makeRun(join(folder, "runs/years"), {
        script: "greater_than/big_ds_experiments",
        summary: yearSummary("tiny-gpt2-a", 0.6),
      });
      await makeRun(join(folder, "runs/neurons"), {
        script: "universal_neurons/neuron_df",
        summary: universalSummary("tiny-gpt2-a", 1e6),
      });
      const gathered = await gather([join(folder, "runs")], [GREATER_THAN, UNIVERSAL_NEURONS]);
      const path = join(folder, "report.html");
      await Deno.writeTextFile(path, renderPage(gathered));
      await using browser = await startBrowser();
      const { page, close } = await watchedPage(browser, {
        viewport: { width: SHEET_WIDTH, height: 960 },
        colorScheme: "dark",
      });
      await page.emulateMedia({ media: "print" });
      await page.goto(pathToFileURL(path).href);
      const seen = await page.evaluate(`(() => {
        const cut = [...document.querySelectorAll("html,.scroll,.drawing,pre")]
          .filter((part) => part.scrollWidth > part.clientWidth);
        const { color, backgroundColor } = getComputedStyle(document.body);
        return { cut: cut.map((part) => part.ariaLabel ?? part.className), color, backgroundColor };
      })()`);
      await close();
      assert.deepEqual(seen, {
        cut: [],
        color: "rgb(31, 35, 40)",
        backgroundColor: "rgb(255, 255, 255)",
      });
    }),
});
