// The viewer's table, addresses and keys in a real headless Chromium.
import assert from "node:assert/strict";
import { CHROMIUM_ABSENT } from "./browser.ts";
import {
  eventually,
  firstRows,
  inBrowser,
  NEURONS,
  shows,
  sortedNames,
  stepsOf,
  texts,
  waitForText,
} from "./in_browser.ts";
import { SMALL, Synthetic } from "./synthetic.ts";

const SYNTHETIC = new Synthetic(SMALL);

Deno.test({
  name: "the viewer's page sorts, finds, filters and moves",
  ignore: CHROMIUM_ABSENT,
  fn: (t) =>
    inBrowser(SYNTHETIC, async (browser, folder) => {
      const step = stepsOf(t, browser, folder);
      await step("sorts by a column when its head is pressed", "", async ({ page }) => {
        const press = (name: string) => page.click(`.neurons .head button:has-text("${name}")`);
        for (const way of [-1, 1] as const) {
          await press("excess corr");
          await eventually(async () =>
            assert.deepEqual(
              await firstRows(page, 6),
              sortedNames(SYNTHETIC, "excess_corr", way).slice(0, 6),
            )
          );
          assert.match(page.url(), way < 0 ? /sort=-excess_corr/ : /sort=excess_corr/);
        }
      });

      await step(
        "sorts what has no value last when a column has gaps",
        "#/?sort=-kurt",
        async ({ page }) => {
          await page.locator(".neurons").evaluate((element) =>
            element.scrollTop = element.scrollHeight
          );
          await page.waitForSelector(`.neurons .rows [aria-rowindex="${NEURONS + 1}"]`);
          await eventually(async () =>
            assert.equal(
              (await texts(page, ".neurons .rows a")).at(-1),
              sortedNames(SYNTHETIC, "kurt", -1).at(-1),
            )
          );
        },
      );

      await step("finds ids, tokens and features when they are typed", "", async ({ page }) => {
        const find = async (text: string, count: string) => {
          await page.fill("#search", text);
          await waitForText(page, "#count", count);
        };
        await find("3.1", "11 of 128 neurons");
        await eventually(async () =>
          assert.deepEqual(await firstRows(page, 3), ["3.1", "3.10", "3.11"])
        );
        const years = Array.from({ length: NEURONS }, (_, n) => SYNTHETIC.value("feature", n))
          .filter((value) => value === 0).length;
        await find("IS_YEAR", `${years} of 128 neurons`);
        await find("</script>", "128 neurons");
        await find("no such thing", "0 of 128 neurons");
        await shows(page, "0.0");
        await page.fill("#search", "2.7");
        await page.press("#search", "Enter");
        await shows(page, "2.7");
      });

      await step(
        "keeps the filters of an address",
        "#/?universal=1&layer=2&r.sparsity=0.2..0.8&cols=sparsity",
        async ({ page }) => {
          const wanted = Array.from({ length: NEURONS }, (_, n) => n).filter((n) => {
            const sparsity = SYNTHETIC.value("sparsity", n)!;
            return Math.floor(n / SMALL.width) === 2 && SYNTHETIC.value("excess_corr", n)! > 0.5 &&
              sparsity >= 0.2 && sparsity <= 0.8;
          });
          assert.equal(await page.textContent("#count"), `${wanted.length} of 128 neurons`);
          assert.deepEqual(await texts(page, ".neurons .head button"), ["neuron", "sparsity"]);
          assert.equal(await page.inputValue("#layer"), "2");
          await page.click("summary:has-text('Ranges')");
          assert.equal(await page.inputValue("[aria-label='least sparsity']"), "0.2");
          await page.selectOption("#layer", "");
          await page.waitForURL((url) => !url.href.includes("layer="));
        },
      );

      await step(
        "moves when keys are pressed, and back and forward",
        "#/n/0.5?sort=-excess_corr",
        async ({ page }) => {
          const order = sortedNames(SYNTHETIC, "excess_corr", -1);
          const place = order.indexOf("0.5");
          await page.keyboard.press("j");
          await shows(page, order[place + 1]!);
          await page.keyboard.press("ArrowRight");
          await shows(page, order[place + 2]!);
          await page.keyboard.press("k");
          await shows(page, order[place + 1]!);
          await page.goBack();
          await shows(page, order[place + 2]!);
          await page.goForward();
          await shows(page, order[place + 1]!);
          await page.click("button:has-text('Previous')");
          await shows(page, "0.5");
          await page.keyboard.press("/");
          assert.equal(await page.evaluate("document.activeElement.id"), "search");
          await page.keyboard.type("jk");
          assert.equal(await page.inputValue("#search"), "jk");
          await page.fill("#search", "");
          await page.keyboard.press("Escape");
          await page.keyboard.press("?");
          assert.match((await page.textContent("dialog"))!, /next neuron/);
          await page.keyboard.press("Escape");
          await page.waitForSelector("dialog", { state: "detached" });
          const before = page.url();
          await page.keyboard.press("r");
          await page.waitForURL((url) => url.href !== before);
        },
      );

      await step(
        "scrolls to the panel of an address and stays there",
        "#/n/0.5?panel=examples",
        async ({ page }) => {
          const top = () =>
            page.locator("#panel-examples").evaluate((e) => e.getBoundingClientRect().top);
          const isAbove = (most: number) =>
            eventually(async () => assert.ok(await top() < most, String(await top())));
          await isAbove(300);
          await page.keyboard.press("j");
          await shows(page, "0.6");
          await isAbove(500);
          await page.click("#panel-compositions tbody a >> text=/^0.3$/ >> nth=0");
          await page.waitForURL(/#\/n\/0\.3\?panel=examples$/);
        },
      );
    }),
});
