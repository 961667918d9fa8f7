// What scripts record of a run beside their options: what was decided, and the GELU computed with.
import assert from "node:assert/strict";
import { join } from "node:path";
import { writeAtomic } from "../lib/store/atomic.ts";
import { encodeSafetensors, readSafetensors } from "../lib/store/format/safetensors.ts";
import { run } from "./bad_input/command.ts";
import { inFolder } from "./folders.ts";

const MODEL = "tiny-gpt2-a";

/** Runs a script of the greater-than suite; the parts of its folder that tell how it was computed. */
async function recorded(name: string, out: string, ...more: string[]) {
  const asked = [`scripts/greater_than/${name}.ts`, `--model=${MODEL}`, `--out=${out}`];
  const { exit, stderr } = await run([...asked, "--device=reference", "--quiet", ...more]);
  assert.equal(exit, 0, stderr);
  const { notes } = JSON.parse(await Deno.readTextFile(join(out, "run.json")));
  const html = await Deno.readTextFile(join(out, "report.html"));
  const provenance = [...html.matchAll(/<dt>(.+?)<\/dt><dd>(.*?)<\/dd>/gs)]
    .map(([, key, value]) => [key, value]);
  return { notes, provenance: Object.fromEntries(provenance) as Record<string, string> };
}

Deno.test("circuit_discovery records the GELU that it computed with, the model's own or --gelu", async () => {
  await inFolder(async (folder) => {
    const asked = ["--circuit=none", "--count=4"];
    const [own, other] = [join(folder, "own"), join(folder, "other")];
    const tanh = await recorded("circuit_discovery", own, ...asked);
    const erf = await recorded("circuit_discovery", other, ...asked, "--gelu=erf");
    assert.deepEqual(tanh.notes, { circuit: "none", gelu: "tanh" });
    assert.deepEqual(erf.notes, { circuit: "none", gelu: "erf" });
    assert.deepEqual([tanh.provenance.gelu, erf.provenance.gelu], ["tanh", "erf"]);
    const probs = async (out: string) =>
      (await readSafetensors(join(out, "arrays.safetensors"))).year_probs!.data as Float32Array;
    const [before, after] = [await probs(own), await probs(other)];
    const change = Math.max(...before.map((value, i) => Math.abs(value - after[i]!)));
    assert.ok(change > 0 && change < 1e-2, `probabilities change by ${change}`);
  });
});

Deno.test("a script refuses token rows when another model's tokenizer made them", async () => {
  await inFolder(async (folder) => {
    const rows = join(folder, "tokens.safetensors");
    const tokens = { data: Int32Array.of(0, 5), shape: [1, 2] };
    const made = { "tokenizer_probe": "0".repeat(64), model: "pythia-160m" };
    await writeAtomic(rows, encodeSafetensors({ tokens }, made));
    const asked = ["scripts/universal_neurons/summary.ts", `--model=${MODEL}`, `--tokens=${rows}`];
    const { exit, stderr } = await run([...asked, "--device=reference", "--dry-run"]);
    assert.equal(exit, 4, stderr);
    assert.match(stderr, /ids of the tokenizer of pythia-160m, .*tiny-gpt2-a, which cuts text/);
  });
});

for (const name of ["random_years", "topk_years"]) {
  Deno.test(`${name} says in its report which model it ran and how`, async () => {
    await inFolder(async (folder) => {
      const asked = ["--count=3", "--gelu=erf", "--seed=5"];
      const { notes, provenance } = await recorded(name, join(folder, "out"), ...asked);
      assert.deepEqual(notes, { gelu: "erf" });
      const { model, gelu, seed, count, device } = provenance;
      assert.deepEqual([model, gelu, seed, count], [MODEL, "erf", "5", "3"]);
      assert.match(device!, /float64/);
    });
  });
}

Deno.test("neuron_investigations records that the layer was found, and its report which", async () => {
  await inFolder(async (folder) => {
    const { notes, provenance } = await recorded("neuron_investigations", folder, "--count=3");
    assert.deepEqual(notes, { layer: "found", gelu: "tanh" });
    assert.match(provenance.layer!, /^[0-3]$/);
  });
});
