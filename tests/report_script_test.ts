// The report over all runs by its real command, from run folders to the page.
import assert from "node:assert/strict";
import { join } from "node:path";
import { makeRun, yearSummary } from "../lib/report/testing.ts";
import { run } from "./bad_input/command.ts";
import { contents, inFolder } from "./folders.ts";

const BIG = "greater_than/big_ds_experiments";

function report(out: string, ...more: string[]): string[] {
  return ["scripts/report.ts", `--out=${out}`, ...more];
}

Deno.test("report writes page, claims and counts, and the same bytes when it stands among the runs", () =>
  inFolder(async (folder) => {
    await makeRun(join(folder, "paper"), { script: BIG, summary: yearSummary("gpt2", 0.817) });
    await makeRun(join(folder, "tiny"), { script: BIG, summary: yearSummary("tiny", 0.6) });
    const out = join(folder, "report");
    const words = report(out, `--runs=${folder}`, "--json");
    const { exit, stdout, stderr } = await run(words);
    assert.equal(exit, 0, stderr);
    const data = JSON.parse(stdout);
    const baseline = data.claims.find(({ id }: { id: string }) => id === "gt-baseline");
    assert.equal(baseline.verdict, "pass");
    assert.deepEqual(
      baseline.runs.map(({ model }: { model: string }) => model),
      ["gpt2", "tiny"],
    );
    assert.equal(baseline.runs[1].numbers[0].verdict, "not comparable");
    assert.equal(baseline.runs[1].numbers[0].paper, 0.817);
    const { claims, runs } = JSON.parse(await Deno.readTextFile(join(out, "summary.json")));
    assert.equal(runs, 2);
    assert.equal(claims.pass, 3);
    const { "run.json": _, ...before } = await contents(out);
    await run(words);
    const { "run.json": __, ...after } = await contents(out);
    assert.deepEqual(after, before);
  }));

Deno.test("report goes on over damaged runs and says so, and exits 3 under --check of a failed claim", () =>
  inFolder(async (folder) => {
    await makeRun(join(folder, "wrong"), { script: BIG, summary: yearSummary("gpt2", 0.5) });
    await Deno.mkdir(join(folder, "bad"));
    await Deno.writeTextFile(join(folder, "bad/run.json"), "{");
    const out = join(folder, "out");
    const { exit, stdout, stderr } = await run(report(out, `--runs=${folder}`, "--check"));
    assert.equal(exit, 3);
    assert.match(stderr, /^warning left out bad: Cannot read "bad\/run\.json": no JSON/m);
    assert.match(stderr, /error\[E-CHECK\] Cannot confirm "gt-baseline": 1 of \d+ claims/);
    assert.match(stdout, /gt-baseline +fail +gpt2/);
    assert.match(await Deno.readTextFile(join(out, "report.html")), /Runs that cannot be read/);
  }));

Deno.test("report plans without writing, and exits 4 for a folder that is not there", () =>
  inFolder(async (folder) => {
    const out = join(folder, "out");
    const dry = await run(report(out, `--runs=${folder}`, "--dry-run"));
    assert.equal(dry.exit, 0, dry.stderr);
    assert.match(dry.stdout, /^would report 0 finished runs and 0 that cannot be read, into /);
    const none = await run(report(out, `--runs=${join(folder, "none")}`));
    assert.equal(none.exit, 4);
    assert.match(none.stderr, /E-FILE-MISSING/);
    assert.deepEqual(await contents(folder), {});
  }));
