// Everything about universal neurons from one command, on a few rows of two embedded models.
import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "./bad_input/command.ts";
import { contents, inFolder } from "./folders.ts";

function all(out: string, ...more: string[]): string[] {
  const script = "scripts/universal_neurons/all.ts";
  const small = ["--models=tiny-gpt2-a,tiny-gpt2-b", "--rows=8", "--intervention-rows=1"];
  return [script, `--out=${out}`, ...small, "--device=onnx", ...more];
}

interface Told {
  readonly name: string;
  readonly state: string;
}

Deno.test("all lists every step with its command, and touches nothing, when it is asked to plan", () =>
  inFolder(async (folder) => {
    const { exit, stdout, stderr } = await run(all(join(folder, "out"), "--dry-run"));
    assert.equal(exit, 0, stderr);
    const lines = stdout.trimEnd().split("\n");
    assert.match(
      lines[0]!,
      /^deno task un:make-dataset --text \S+sample\.txt --model tiny-gpt2-a /,
    );
    assert.match(lines.at(-1)!, /^deno task report --runs \S+ --out \S+report$/);
    for (const line of lines) assert.match(line, /^deno task [a-z:-]+ .*--out \S+$/);
    assert.ok(lines.some((line) => line.includes("--neuron '<largest vocab_kurt>'")));
    assert.deepEqual(await contents(folder), {});
  }));

Deno.test("all refuses a model without a partner, and two models of one name", async () => {
  for (
    const [models, is] of [["tiny-gpt2-a", "1 of them"], ["x/m,y/m", "two that are called m"]]
  ) {
    const script = "scripts/universal_neurons/all.ts";
    const { exit, stderr } = await run([script, `--models=${models}`, "--dry-run"]);
    assert.equal(exit, 2, stderr);
    assert.ok(stderr.includes(`"--models": ${is}, expected a model and one partner`), stderr);
  }
});

Deno.test("all makes every step, keeps what is done, mends what was lost, and names what is not run", () =>
  inFolder(async (folder) => {
    const out = join(folder, "out");
    const first = await run(all(out, "--json"));
    assert.equal(first.exit, 0, first.stderr);
    const steps: Told[] = JSON.parse(first.stdout).steps;
    assert.ok(steps.length >= 26);
    assert.ok(steps.every(({ state }) => state === "done"), JSON.stringify(steps));
    const page = await Deno.readTextFile(join(out, "report/report.html"));
    assert.match(page, /<b>0<\/b><span class="verdict fail">fail</);
    assert.match(page, /neuron_df/);

    await Deno.remove(join(out, "neuron_df"), { recursive: true });
    await Deno.writeTextFile(join(out, "explain/run.json"), "{");
    const again = await run(all(out, "--json"));
    assert.equal(again.exit, 0, again.stderr);
    const done = (JSON.parse(again.stdout).steps as Told[])
      // The viewer shows where its data are from, so it is built anew with them.
      .filter(({ name, state }) => state === "done" && name !== "viewer").map(({ name }) => name);
    assert.deepEqual(done, ["neuron_df", "explain", "report"]);

    // A file in the place of a step's folder.
    await Deno.remove(join(out, "summary"), { recursive: true });
    await Deno.writeTextFile(join(out, "summary"), "");
    await Deno.remove(join(out, "neuron_df"), { recursive: true });
    const broken = await run(all(out));
    assert.equal(broken.exit, 1, broken.stderr);
    assert.match(broken.stderr, /^failed +summary /m);
    assert.match(broken.stderr, /^not run neuron_df +needs summary$/m);
    assert.match(broken.stderr, /^kept +explain /m);
    assert.match(broken.stderr, /error\[E-STEPS\] .*failed: summary; not run .*neuron_df, /);
  }));
