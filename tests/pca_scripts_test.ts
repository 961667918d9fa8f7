// pca and pca_plots from the command to their files, on an embedded model.
import assert from "node:assert/strict";
import { join } from "node:path";
import { openReference } from "../lib/device/reference/mod.ts";
import { runWithHooks } from "../lib/model/forward/forward.ts";
import { loadModel } from "../lib/model/model.ts";
import { openTokenizer } from "../lib/model/tokenizer.ts";
import { readSafetensors } from "../lib/store/format/safetensors.ts";
import { run } from "./bad_input/command.ts";
import { inFolder } from "./folders.ts";

const MODEL = "cache/models/tiny-gpt2-a";
const NODES = ["--head=a1.h2", "--control=a1.h0", "--mlp=m1"];

function pca(out: string, ...more: string[]): string[] {
  const path = "scripts/greater_than/pca.ts";
  return [path, `--model=${MODEL}`, "--device=reference", `--out=${out}`, ...NODES, ...more];
}

Deno.test("pca takes the activations it names, without the end-of-text token", async () => {
  await inFolder(async (out) => {
    const { exit, stdout, stderr } = await run(pca(out, "--century=18", "--json"));
    assert.equal(exit, 0, stderr);
    const { summary } = JSON.parse(stdout) as { summary: Record<string, unknown> };
    assert.deepEqual([summary.head, summary.control, summary.mlp], ["a1.h2", "a1.h0", "m1"]);
    const { notes } = JSON.parse(await Deno.readTextFile(join(out, "run.json")));
    assert.deepEqual([notes.head, notes.control, notes.mlp], ["a1.h2", "a1.h0", "m1"]);
    const arrays = await readSafetensors(join(out, "arrays.safetensors"));
    const tokens = arrays.good_tokens!.data as Int32Array;
    const [first, last] = [tokens.slice(0, 12), tokens.slice(96 * 12)];
    const tokenizer = await openTokenizer(MODEL);
    assert.match(
      tokenizer.decode([...first]),
      /^The \w+ lasted from the year 1802 to the year 18$/,
    );
    assert.match(tokenizer.decode([...last]), /^The \w+ lasted from the year 1898 to the year 18$/);

    await using device = openReference();
    await using model = await loadModel(MODEL, device);
    const hooks = {
      "mlp1_input": "blocks.1.hook_resid_mid",
      z: "blocks.1.attn.hook_z",
      embedding: "blocks.0.hook_resid_pre",
    };
    const results = await runWithHooks(model, { data: last, shape: [1, 12] }, {
      read: Object.values(hooks),
    });
    const [D, K] = [model.config.dModel, model.config.dHead];
    const at = (hook: string, from: number, width: number) =>
      (results[hook]!.data as Float64Array).subarray(from, from + width);
    const weights = await model.weights.read("blocks.1.attn.W_O");
    const headOutput = (head: number) => {
      const z = at(hooks.z, 11 * D + head * K, K);
      return Float64Array.from(
        { length: D },
        (_, d) => z.reduce((sum, value, k) => sum + value * weights[(head * K + k) * D + d]!, 0),
      );
    };
    const expected = {
      "mlp1_input": at(hooks.mlp1_input, 11 * D, D),
      "a1.h2": headOutput(2),
      "a1.h0": headOutput(0),
      embedding: at(hooks.embedding, 7 * D, D),
    };
    for (const [name, values] of Object.entries(expected)) {
      const { data, shape } = arrays[`raw_${name}`]!;
      assert.deepEqual(shape, [97, D], name);
      values.forEach((value, d) =>
        assert.ok(Math.abs(Number(data[96 * D + d]) - value) < 1e-6, `${name} ${d}`)
      );
      const points = arrays[`pca_${name}`]!;
      assert.deepEqual(points.shape, [97, 2]);
      for (const c of [0, 1]) {
        const column = Float64Array.from({ length: 97 }, (_, n) => Number(points.data[2 * n + c]));
        const mean = column.reduce((a, b) => a + b) / 97;
        const square = column.reduce((a, b) => a + b * b, 0) / 97;
        assert.ok(Math.abs(mean) < 1e-6 && Math.abs(square - 1) < 1e-6, `${name} ${c}`);
      }
      const [e1, e2] = arrays[`pca_explained_${name}`]!.data as Float32Array;
      assert.ok(e1! >= e2! && e2! > 0 && e1! + e2! <= 1, `${name} ${e1} ${e2}`);
    }
  });
});

Deno.test("pca_plots draws a finished run of pca, the head before its control", async () => {
  await inFolder(async (folder) => {
    const [source, out] = [join(folder, "pca"), join(folder, "plots")];
    const plot = ["scripts/greater_than/pca_plots.ts", `--run=${source}`, `--out=${out}`];
    const none = await run(plot);
    assert.equal(none.exit, 4);
    assert.match(none.stderr, /E-FILE-MISSING.*\nHint: deno task gt:pca makes it/);
    const made = await run(pca(source));
    assert.equal(made.exit, 0, made.stderr);
    const drawn = await run(plot);
    assert.equal(drawn.exit, 0, drawn.stderr);
    assert.equal(drawn.stdout.split("\n")[0], join(out, "figures/pca-analysis.svg"));
    const spec = await Deno.readTextFile(join(out, "figures/pca-analysis.vl.json"));
    const titles = [...spec.matchAll(/"text": "PCA of ([^"]+)"/g)].map(([, title]) => title);
    assert.deepEqual(titles, ["MLP 1 Input", "a1.h2 Output", "a1.h0 Output", "Static Embeddings"]);
    assert.match((await run(plot)).stderr, /kept .+: finished before with the same options/);
    const other = await run(pca(source, "--seed=1"));
    assert.equal(other.exit, 0, other.stderr);
    assert.match(
      (await run(plot)).stderr,
      /run .+: finished with other options, inputs or version/,
    );
  });
});

Deno.test("pca refuses nodes it cannot look at, and has nothing to check", async () => {
  await inFolder(async (folder) => {
    const refuse = async (exit: number, message: RegExp, ...more: string[]) => {
      const ended = await run(pca(join(folder, "out"), ...more));
      assert.equal(ended.exit, exit, ended.stderr);
      assert.match(ended.stderr, message);
    };
    await refuse(4, /use node "a1\.h9": a head beyond the model's 4/, "--head=a1.h9");
    await refuse(4, /use node "m1": not what --head takes, expected a head/, "--head=m1");
    await refuse(4, /use node "a1\.h2": .* expected another head than --head/, "--control=a1.h2");
    await refuse(4, /order years with "9902"/, "--century=99");
    await refuse(
      2,
      /check "greater_than\/pca": an experiment the paper has no number of/,
      "--check",
    );
  });
});
