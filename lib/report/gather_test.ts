import assert from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../../tests/folders.ts";
import { gather, type Gathered } from "./gather.ts";
import { GREATER_THAN } from "./greater_than_claims.ts";
import { makeRun, universalSummary, yearSummary } from "./testing.ts";
import { UNIVERSAL_NEURONS } from "./universal_neuron_claims.ts";

const PAPERS = [GREATER_THAN, UNIVERSAL_NEURONS];
const BIG = "greater_than/big_ds_experiments";

function resultOf({ papers }: Gathered, id: string) {
  return papers.flatMap(({ results }) => results).find(({ claim }) => claim.id === id)!;
}

Deno.test("claims have ids of their own, a command each, and figures that can be files", () => {
  const claims = PAPERS.flatMap((paper) => paper.claims);
  assert.equal(new Set(claims.map(({ id }) => id)).size, claims.length);
  for (const { id, command, figures, scripts } of claims) {
    assert.match(id, /^[a-z][a-z-]+$/);
    assert.match(command, /^deno task (gt|un):[a-z-]+ /);
    assert.ok(scripts.length > 0, id);
    for (const name of figures) assert.match(name, /^[\w-]+$/);
  }
});

Deno.test("gather() lets every claim be not run when there is no run", () =>
  inFolder(async (folder) => {
    const gathered = await gather([folder], PAPERS);
    const all = gathered.papers.flatMap(({ results }) => results);
    assert.ok(all.length >= 19);
    assert.ok(all.every(({ standing, answers }) => standing === "not run" && answers.length === 0));
  }));

Deno.test("gather() passes the paper's model within tolerance, fails it beyond, and judges no other", () =>
  inFolder(async (folder) => {
    const make = (name: string, model: string, probDiff: number) =>
      makeRun(join(folder, name), { script: BIG, summary: yearSummary(model, probDiff) });
    await make("other", "tiny-gpt2-a", 0.817);
    assert.equal(
      resultOf(await gather([folder], PAPERS), "gt-baseline").standing,
      "not comparable",
    );
    await make("paper", "gpt2", 0.817);
    const passed = resultOf(await gather([folder], PAPERS), "gt-baseline");
    assert.equal(passed.standing, "pass");
    assert.deepEqual(passed.answers.map(({ run }) => run.name), ["paper", "other"]);
    assert.equal(
      passed.answers[1]!.numbers[0]!.paper,
      0.817,
      "the paper's stands beside others too",
    );
    assert.match(passed.answers[1]!.numbers[0]!.note!, /the paper's number is of GPT-2 small/);
    await make("paper", "gpt2", 0.7);
    const gathered = await gather([folder], PAPERS);
    assert.equal(resultOf(gathered, "gt-baseline").standing, "fail");
    assert.equal(resultOf(gathered, "gt-sharpness").standing, "pass");
    assert.equal(resultOf(gathered, "gt-circuit").standing, "pass");
    assert.equal(resultOf(gathered, "gt-pca").standing, "not run");
  }));

Deno.test("gather() holds counts of universal neurons against the paper's only on as many tokens", () =>
  inFolder(async (folder) => {
    const make = (tokens: number) =>
      makeRun(join(folder, "neuron_df"), {
        script: "universal_neurons/neuron_df",
        summary: universalSummary("stanford-gpt2-small-a", tokens),
      });
    await make(100_000_000);
    const full = await gather([folder], PAPERS);
    assert.equal(resultOf(full, "un-share").standing, "pass");
    assert.equal(resultOf(full, "un-properties").standing, "pass");
    assert.equal(resultOf(full, "un-by-layer").standing, "not comparable");
    await make(50_000);
    const few = resultOf(await gather([folder], PAPERS), "un-share");
    assert.equal(few.standing, "not comparable");
    assert.match(few.answers[0]!.numbers[0]!.note!, /another corpus: 50,000 tokens/);
  }));

Deno.test("gather() does not believe a run that brings numbers of the paper along", () =>
  inFolder(async (folder) => {
    const paper = { nominal: { entropy: 9 }, "at_6": { "1.2_entropy": 9 } };
    await makeRun(join(folder, "entropy"), {
      script: "universal_neurons/entropy_intervention",
      summary: {
        model: "mine",
        tokens: 1e8,
        nominal: { entropy: 9 },
        "at_6": { "1.2_entropy": 9 },
        paper,
      },
    });
    const { standing, answers } = resultOf(await gather([folder], PAPERS), "un-entropy");
    assert.equal(standing, "not comparable");
    assert.ok(answers[0]!.numbers.every((number) => number.paper === undefined));
  }));

Deno.test("gather() lists a run that was changed, is no JSON or has other numbers, and goes on", () =>
  inFolder(async (folder) => {
    const cases: Record<string, unknown> = {
      "changed": yearSummary("gpt2", 0.817),
      "shape": { model: "gpt2", count: 1, baseline: 5 },
      "words": yearSummary("gpt2", 0.8, { ms: { "prob_diff_mean": "x" } }),
      "bare": undefined,
      "good": yearSummary("tiny-gpt2-a", 0.5),
    };
    for (const [name, summary] of Object.entries(cases)) {
      await makeRun(join(folder, name), { script: BIG, summary });
    }
    await Deno.writeTextFile(join(folder, "changed/summary.json"), "{}");
    const gathered = await gather([folder], PAPERS);
    const { standing, answers } = resultOf(gathered, "gt-baseline");
    assert.equal(standing, "not comparable");
    assert.deepEqual(answers.map(({ run }) => run.name), ["good"]);
    const why = new Map(gathered.damaged.map((one) => [one.name, one.why]));
    assert.match(why.get("changed")!, /^summary\.json has 2 bytes, recorded were/);
    assert.match(
      why.get("shape")!,
      /^summary\.json has not the numbers of its script, for gt-[\w-]+$/,
    );
    assert.match(
      why.get("words")!,
      /^summary\.json has not the numbers of its script, for gt-[\w-]+$/,
    );
    assert.equal(why.size, gathered.damaged.length, "one line a run");
    assert.ok(!why.has("bare") && !why.has("good"));
  }));

Deno.test("gather() reads several folders, each run once, and says which folder it is of", () =>
  inFolder(async (folder) => {
    for (const name of ["one/run", "two/run"]) {
      await makeRun(join(folder, name), { script: BIG, summary: yearSummary("m", 0.5) });
    }
    const folders = ["one", "two"].map((name) => join(folder, name));
    const { runs } = await gather([...folders, folder], PAPERS);
    assert.equal(runs.length, 2);
    assert.deepEqual(runs.map(({ name }) => name), ["one/run", "two/run"]);
    await assert.rejects(gather([join(folder, "none")], PAPERS), { code: "E-FILE-MISSING" });
  }));
