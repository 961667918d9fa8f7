// How the viewer's page looks and what it hands out, in a real headless Chromium; axe-core judges.
import assert from "node:assert/strict";
import axe from "axe-core";
import { CHROMIUM_ABSENT } from "./browser.ts";
import { eventually, inBrowser, NEURONS, shows, stepsOf } from "./in_browser.ts";
import { HOSTILE, SMALL, Synthetic } from "./synthetic.ts";

const SYNTHETIC = new Synthetic(SMALL);

Deno.test({
  name: "the viewer's page keeps its colours and copies what it shows",
  ignore: CHROMIUM_ABSENT,
  fn: (t) =>
    inBrowser(SYNTHETIC, async (browser, folder) => {
      const step = stepsOf(t, browser, folder);
      await step("changes its colours when asked, and follows the system", "", async ({ page }) => {
        const ground = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
        assert.equal(await ground(), "rgb(255, 255, 255)");
        await page.emulateMedia({ colorScheme: "dark" });
        assert.equal(await ground(), "rgb(13, 17, 23)");
        await page.keyboard.press("t");
        assert.equal(await ground(), "rgb(255, 255, 255)");
        await page.reload();
        await shows(page, "0.0");
        assert.equal(await ground(), "rgb(255, 255, 255)");
      });

      await step("copies tables and the loading line", "#/n/1.5", async ({ page }) => {
        // The page's own way to the clipboard is replaced, so that no test reads the machine's.
        await page.evaluate(
          "navigator.clipboard ? navigator.clipboard.writeText = async (t) => { globalThis.copied = t } : " +
            "Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (t) => { globalThis.copied = t } } })",
        );
        const copied = async (selector: string) => {
          await page.evaluate("delete globalThis.copied");
          await page.click(selector);
          const text = await page.waitForFunction("globalThis.copied");
          return String(await text.jsonValue());
        };
        const table = (await copied(".side .copy")).trimEnd().split("\n");
        assert.equal(table.length, NEURONS + 1);
        assert.equal(table[1]!.split("\t")[1], String(SYNTHETIC.value("excess_corr", 0)));
        const line = await copied("button:has-text('Copy loading line')");
        assert.match(line, /loadAllSummaries\("invented-<b>model"\).*neuron = 1 \* 32 \+ 5;/);
        const vocabulary = (await copied("#panel-vocabulary .copy")).trimEnd().split("\n");
        assert.ok(vocabulary.every((row) => row.split("\t").length === 6));
        assert.ok(vocabulary.some((row) => row.includes(JSON.stringify(HOSTILE[10]))));
      });
    }),
});

Deno.test({
  name: "the viewer's page keeps headings and letters in sight at any width",
  ignore: CHROMIUM_ABSENT,
  fn: (t) =>
    inBrowser(SYNTHETIC, async (browser, folder) => {
      const step = stepsOf(t, browser, folder);
      for (const width of [390, 960, 1440]) {
        await step(`${width} px`, "#/n/1.5", async ({ page }) => {
          const edge = (selector: string, side: "top" | "bottom") =>
            page.locator(selector).evaluate(
              (element, side) => element.getBoundingClientRect()[side],
              side,
            );
          await page.click("nav a:has-text('Compositions')");
          await eventually(async () => {
            const [nav, heading] = [
              await edge("nav", "bottom"),
              await edge("#panel-compositions .panel-head", "top"),
            ];
            assert.ok(heading >= nav && heading < nav + 100, `${heading} px, below ${nav} px`);
          });
          const letters = await page.locator(".wide svg").evaluate((svg) =>
            svg.getBoundingClientRect().width / (svg as SVGSVGElement).viewBox.baseVal.width * 11
          );
          assert.ok(letters > 7, `letters of ${letters} px`);
        }, { viewport: { width, height: 800 } });
      }
    }),
});

Deno.test({
  name: "the viewer's page has no serious fault of access, wide and dark, narrow and light",
  ignore: CHROMIUM_ABSENT,
  fn: (t) =>
    inBrowser(SYNTHETIC, async (browser, folder) => {
      const step = stepsOf(t, browser, folder);
      const looks = {
        "wide and dark": { colorScheme: "dark" as const },
        "narrow and light": { viewport: { width: 700, height: 800 } },
      };
      for (const [look, context] of Object.entries(looks)) {
        await step(look, "#/n/1.5?universal=1", async ({ page }) => {
          await page.click("summary:has-text('Ranges')");
          await page.click("summary:has-text('Columns')");
          await page.waitForSelector("details[open]:has(summary:has-text('Columns'))");
          await page.evaluate(axe.source);
          const { violations } = await page.evaluate(
            "axe.run(document, { preload: false })",
          ) as axe.AxeResults;
          const serious = violations.filter(({ impact }) =>
            impact === "serious" || impact === "critical"
          );
          assert.deepEqual(
            serious.map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html }) => html)]),
            [],
          );
        }, context);
      }
    }),
});
