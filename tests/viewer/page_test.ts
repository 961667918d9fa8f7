// The viewer's page in a real headless Chromium over an invented model: what it shows against the
// data's own numbers, and that nothing of the data runs.
import assert from "node:assert/strict";
import { quantile, total } from "../../lib/viewer/page/histogram_stats.ts";
import { showNumber } from "../../lib/viewer/page/numbers.ts";
import { shownToken } from "../../lib/viewer/page/token_text.ts";
import { CHROMIUM_ABSENT } from "./browser.ts";
import { inBrowser, openFold, shows, stepsOf, texts, waitForText } from "./in_browser.ts";
import { SMALL, Synthetic } from "./synthetic.ts";

const SYNTHETIC = new Synthetic(SMALL);

/** How much more blue than red a colour has, of 1. */
function blueness(colour: string): number {
  const [red, , blue] = colour.match(/[\d.]+/g)!.map(Number);
  return (blue! - red!) / (colour.startsWith("rgb") ? 255 : 1);
}

Deno.test({
  name: "the viewer's page shows the numbers of its data, and nothing of them runs",
  ignore: CHROMIUM_ABSENT,
  fn: (t) =>
    inBrowser(SYNTHETIC, async (browser, folder) => {
      const step = stepsOf(t, browser, folder);
      await step("shows the first neuron when the address names none", "", async ({ page }) => {
        await shows(page, "0.0");
        assert.match(page.url(), /#\/n\/0\.0$/);
        assert.equal(await page.textContent("#count"), "128 neurons");
      });

      await step(
        "shows the data's numbers when a neuron is opened",
        "#/n/1.5",
        async ({ page }) => {
          const neuron = SYNTHETIC.neuron(SMALL.width + 5);
          const { edges } = SYNTHETIC.model;
          await openFold(page, "activations");
          const parts = [neuron.pooled!, ...neuron.subsets!].map((part) => part.histogram);
          const rows = await page.locator("#panel-activations tbody tr").all();
          assert.equal(rows.length, parts.length);
          for (const [place, row] of rows.entries()) {
            const cells = await row.locator("td").allTextContents();
            const median = showNumber(quantile(parts[place]!, edges, 0.5));
            assert.equal(cells[0], showNumber(total(parts[place]!)));
            assert.equal(cells[8], median);
          }
          const head = await texts(
            page,
            "#panel-vocabulary table:first-of-type tbody tr:nth-child(13) bdi",
          );
          const columns = [neuron.pooled!, ...neuron.subsets!];
          assert.deepEqual(
            head.slice(0, 4),
            columns.map((part) => shownToken(SYNTHETIC.tokens[part.vocabMax!.ids[12]!]!)),
          );
          const cosines = await texts(
            page,
            "#panel-compositions table >> nth=7 >> td:nth-child(2)",
          );
          assert.deepEqual(cosines, neuron.compositions!.out_out!.top.values.map(showNumber));
          await openFold(page, "heads");
          const heads = await texts(page, "#panel-heads tbody td:nth-child(3)");
          assert.deepEqual(heads, neuron.heads!.o!.map(showNumber));
          const examples = await texts(page, "#panel-examples tbody th");
          assert.deepEqual(
            examples,
            neuron.pooled!.examples!.map(({ value }) => showNumber(value)),
          );
          const partners = await texts(page, "#panel-partners tbody td:nth-child(3)");
          assert.deepEqual(partners, neuron.partners!.map(({ corr }) => showNumber(corr)));
          const links = await page.locator("#panel-partners a").evaluateAll((all) =>
            all.map((link) => link.getAttribute("href"))
          );
          assert.equal(links.length, 1, "an address that is not a neighbour's page is no link");
        },
      );

      await step(
        "shows each example's largest token in one column",
        "#/n/0.2",
        async ({ page }) => {
          const examples = SYNTHETIC.neuron(2).subsets![1]!.examples!;
          await page.selectOption("#example-part", "subset-1");
          await page.waitForURL(/subset=subset-1/);
          await waitForText(page, "#panel-examples tbody th", showNumber(examples[0]!.value));
          assert.deepEqual(
            await texts(page, "#panel-examples .peak-token"),
            examples.map(({ tokens, at }) => shownToken(SYNTHETIC.tokens[tokens[at]!]!)),
          );
          const centres = await page.locator("#panel-examples .peak-token .token").evaluateAll((
            all,
          ) =>
            all.map((token) => {
              const { left, right } = token.getBoundingClientRect();
              return Math.round((left + right) / 2);
            })
          );
          assert.ok(
            Math.max(...centres.slice(1)) - Math.min(...centres.slice(1)) <= 1,
            String(centres),
          );
          await page.locator("#panel-examples tbody th button").first().click();
          const whole = await page.textContent("dialog .whole");
          assert.ok(whole!.includes("<img·src=x·onerror=globalThis.hostile=2>"), whole!);
        },
      );

      for (const colorScheme of ["light", "dark"] as const) {
        await step(
          `colours every token by its activation in ${colorScheme}, and marks the largest`,
          "#/n/0.2?panel=examples",
          async ({ page }) => {
            const examples = SYNTHETIC.neuron(2).pooled!.examples!;
            await page.locator("#panel-examples tbody tr").nth(11).waitFor();
            const lines = await page.locator("#panel-examples tbody tr").evaluateAll((all) =>
              all.map((line) =>
                [...line.querySelectorAll<HTMLElement>(".token")].map((token) => {
                  const style = getComputedStyle(token);
                  return {
                    value: token.dataset["value"],
                    name: token.getAttribute("aria-label"),
                    ground: style.backgroundColor,
                    line: style.textDecorationLine,
                    dots: style.textDecorationStyle,
                    frame: style.boxShadow,
                  };
                })
              )
            );
            const most = Math.max(
              ...examples.flatMap(({ value, activations }) =>
                [value, ...activations ?? []].map((one) => Math.abs(one ?? 0))
              ),
            );
            const clear = "rgba(0, 0, 0, 0)";
            const ground = String(
              await page.evaluate("getComputedStyle(document.body).backgroundColor"),
            );
            for (const [place, { tokens, activations, at, value }] of examples.entries()) {
              const first = Math.max(0, at - 20);
              const shown = lines[place]!;
              assert.equal(shown.length, Math.min(tokens.length, at + 5) - first);
              shown.forEach((token, k) => {
                const isPeak = first + k === at;
                const own = isPeak ? value : activations?.[first + k] ?? undefined;
                assert.equal(token.value, own === undefined ? undefined : showNumber(own));
                assert.equal(token.ground === clear, own === undefined);
                assert.equal(token.frame !== "none", isPeak);
                const share = (own ?? 0) / most;
                const isUnderlined = isPeak || Math.abs(share) >= 0.1;
                assert.equal(token.line, isUnderlined ? "underline" : "none");
                if (isUnderlined) assert.equal(token.dots, share < 0 ? "dotted" : "solid");
                if (own === undefined) return;
                assert.ok(token.name!.endsWith(`activation ${showNumber(own)}`), token.name!);
                if (Math.abs(share) < 0.05) return;
                // Blue above 0, orange below, and more of it the further from 0.
                const tint = blueness(token.ground) - blueness(ground);
                assert.equal(tint > 0, share > 0, `${own}: ${token.ground}`);
              });
            }
            const peaks = examples.map(({ at }, i) => lines[i]![Math.min(20, at)]!.ground);
            assert.ok(blueness(peaks[0]!) > blueness(peaks[11]!), peaks.join());
          },
          { colorScheme },
        );
      }

      await step(
        "tells a token's activation to pointer and keys, and keeps the neuron",
        "#/n/0.2?panel=examples",
        async ({ page }) => {
          const [example, next] = SYNTHETIC.neuron(2).pooled!.examples!;
          const bubble = page.locator("#panel-examples .bubble");
          const line = page.locator("#panel-examples tbody tr").first();
          assert.equal(await bubble.isVisible(), false);
          await line.locator(".after .token").first().hover();
          const number = (place: number) => showNumber(example!.activations![place]);
          assert.equal(await bubble.textContent(), number(example!.at + 1));
          const names = page.locator("#panel-examples [role=img][tabindex='0']");
          assert.equal(await names.count(), 1);
          await names.focus();
          assert.equal(await bubble.textContent(), showNumber(example!.value));
          await page.keyboard.press("ArrowLeft");
          assert.equal(await bubble.textContent(), number(example!.at - 1));
          await page.keyboard.press("ArrowRight");
          await page.keyboard.press("ArrowRight");
          assert.equal(await bubble.textContent(), number(example!.at + 1));
          await page.keyboard.press("ArrowDown");
          assert.equal(await bubble.textContent(), showNumber(next!.activations![next!.at + 1]));
          await page.keyboard.press("Escape");
          assert.equal(await bubble.isVisible(), false);
          assert.match(page.url(), /#\/n\/0\.2/);
          await line.locator("th button").click();
          const whole = page.locator("dialog .token");
          assert.equal(await whole.count(), example!.tokens.length);
          assert.equal(
            await whole.nth(example!.at).getAttribute("data-value"),
            number(example!.at),
          );
        },
      );

      await step("shows every hostile token as text", "#/n/0.1", async ({ page }) => {
        assert.equal(await page.locator("main img, main script, svg[onload], option b").count(), 0);
        const shown = await texts(
          page,
          "#panel-vocabulary table:first-of-type tbody td:nth-child(2) bdi",
        );
        assert.equal(shown[0], "</script><scri\u2026");
        assert.equal(shown[2], "\u27e8U+202E\u27e9gnihtyna\u27e8U+2066\u27e9");
        assert.equal(shown[3], "nul\u27e8U+0000\u27e9inside");
        assert.equal(shown[4], "\u27e8U+D83E\u27e9");
        assert.equal(shown[10], "\u21b5\u2192\u00b7\u27e8U+000D\u27e9");
        await page.locator("#panel-vocabulary tbody tr:nth-child(7) .more").first().click();
        assert.equal((await page.textContent("dialog .token"))!.length, 10_000);
        assert.equal(
          await page.evaluate(
            "document.documentElement.outerHTML.search(/[\\u202a-\\u202e\\u2066-\\u2069]/)",
          ),
          -1,
        );
      });

      await step("loads few of its files when it opens", "#/n/3.31", ({ requests }) => {
        const data = requests.filter((url) => url.includes("/data/")).map((url) =>
          url.split("/").at(-1)
        );
        assert.ok(
          !data.includes("shard-0.js") && !data.includes("column-w_out_norm.js"),
          data.join(),
        );
        return Promise.resolve();
      });
    }),
});
