import assert from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../../tests/folders.ts";
import { renderSvg } from "../figure/render.ts";
import { gather } from "./gather.ts";
import { GREATER_THAN } from "./greater_than_claims.ts";
import { renderPage, tally } from "./page.ts";
import { makeRun, yearSummary } from "./testing.ts";
import { UNIVERSAL_NEURONS } from "./universal_neuron_claims.ts";

const PAPERS = [GREATER_THAN, UNIVERSAL_NEURONS];
const BIG = "greater_than/big_ds_experiments";

function heatmap(): Promise<string> {
  return renderSvg({
    name: "probability-heatmap",
    title: "Heat",
    description: "Made < measured.",
    data: { values: [{ x: "a" }] },
    mark: "bar",
    encoding: { x: { field: "x", type: "nominal" } },
  });
}

const HOSTILE = '</td><script>alert(1)</script><img src=x onerror=1>"\u202e\0\ud800';

Deno.test("renderPage() asks for nothing, runs nothing, and has whole references when runs are there", () =>
  inFolder(async (folder) => {
    const figures = { "probability-heatmap": await heatmap() };
    for (const name of ["a", "b"]) {
      const summary = yearSummary(`model-${name}`, 0.5);
      await makeRun(join(folder, name), { script: BIG, summary, figures });
    }
    const html = renderPage(await gather([folder], PAPERS));
    assert.match(
      html,
      /content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; form/,
    );
    assert.doesNotMatch(html, /https?:|<script|<link|@import|\son\w+=/i);
    assert.equal(html.match(/<h1>/g)!.length, 1);
    assert.match(html, /Made &lt; measured\. Model: model-a\. Run: a\./);
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const [, id] of html.matchAll(/href="#([^"]+)"/g)) assert.ok(ids.includes(id!), id);
    for (const [, list] of html.matchAll(/aria-labelledby="([^"]+)"/g)) {
      for (const id of list!.split(" ")) assert.ok(ids.includes(id), id);
    }
  }));

Deno.test("renderPage() shows the command that makes a missing run, and the verdicts as counts", () =>
  inFolder(async (folder) => {
    await makeRun(join(folder, "run"), { script: BIG, summary: yearSummary("gpt2", 0.817) });
    const gathered = await gather([folder], PAPERS);
    const html = renderPage(gathered);
    assert.match(html, /<pre><code>deno task gt:pca --model gpt2<\/code><\/pre>/);
    const counts = tally(gathered);
    assert.equal(counts.pass, 3);
    assert.equal(counts.fail, 0);
    assert.ok(html.includes(`<b>${counts["not run"]}</b><span class="verdict">not run</span>`));
    assert.match(html, /class="verdict pass">pass</);
  }));

Deno.test("renderPage() shows hostile names, arguments and figures as text or not at all", () =>
  inFolder(async (folder) => {
    const svg = await heatmap();
    await makeRun(join(folder, "text"), {
      script: BIG,
      summary: yearSummary(HOSTILE, 0.5),
      argv: ["--model", HOSTILE, "it's", "$(rm -rf ~)", "plain"],
      figures: { "probability-heatmap": svg.replace("</svg>", "<script>1</script></svg>") },
    });
    await makeRun(join(folder, "script"), { script: HOSTILE, summary: {} });
    const html = renderPage(await gather([folder], PAPERS));
    assert.doesNotMatch(html, /<script|<img|\0/);
    assert.ok(html.isWellFormed());
    assert.match(html, /figure probability-heatmap of text was left out: an element script/);
    const command = "&#39;it&#39;\\&#39;&#39;s&#39; &#39;$(rm -rf ~)&#39; plain";
    assert.ok(html.includes(command), "words are quoted for a shell");
  }));

Deno.test("renderPage() gives the same bytes from a copy of the runs elsewhere", () =>
  inFolder(async (folder) => {
    const pages: string[] = [];
    for (const place of ["here", "there"]) {
      const root = join(folder, place);
      const figures = { "probability-heatmap": await heatmap() };
      const summary = yearSummary("gpt2", 0.8);
      await makeRun(join(root, "z"), { script: BIG, summary, figures });
      await makeRun(join(root, "a"), { script: BIG, summary });
      await Deno.mkdir(join(root, "bad"));
      await Deno.writeTextFile(join(root, "bad/run.json"), "{");
      pages.push(renderPage(await gather([root], PAPERS)));
      assert.equal(renderPage(await gather([root], PAPERS)), pages.at(-1));
    }
    assert.equal(pages[0], pages[1]);
    assert.match(pages[0]!, /Runs that cannot be read.*<code>bad<\/code>/s);
  }));
