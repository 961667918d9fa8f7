import assert from "node:assert/strict";
import { inFolder } from "../../../tests/folders.ts";
import { integers } from "../../../tests/random.ts";
import { openReference } from "../../device/reference/mod.ts";
import { loadModel } from "../../model/model.ts";
import { openRun } from "../../store/run/run_folder.ts";
import { folderCheckpoint } from "./checkpoint.ts";
import { MeansCollector, specialIds } from "./means.ts";
import { neuronSets } from "./neuron_sets.ts";
import type { InterventionBlock, InterventionRequest } from "./request.ts";
import { runInterventions } from "./run_interventions.ts";
import { TokenStatistics } from "./token_statistics.ts";

const REQUEST: InterventionRequest = {
  sets: neuronSets([{ layer: 11, neuron: 5 }], { role: "chosen", joint: false }),
  location: "mlp.hook_post",
  changes: [{ kind: "fixed_activation", value: 2 }],
  frozen: false,
};

/** Two rows of three positions whose statistics are easy sums. */
function block(): InterventionBlock {
  const statistics = (loss: number[], rank: number[]) => {
    const made = new TokenStatistics(2, 3);
    made.place(0, {
      loss: Float64Array.from(loss),
      entropy: Float64Array.from(loss, (x) => 10 * x),
      rank: Int32Array.from(rank),
      scale: new Float64Array(6).fill(2),
    });
    return made;
  };
  return {
    start: 0,
    tokens: { data: Int32Array.of(0, 5, 6, 7, 0, 8), shape: [2, 3] },
    nominal: statistics([1, 2, 3, 4, 5, 6], [0, 1, 9, 3, 4, 9]),
    activations: new Map(),
    outcomes: [{
      ...{ set: 0, change: 0, arm: "full" },
      statistics: statistics([2, 4, 3, 5, 5, 6], [0, 3, 9, 3, 4, 9]),
    }],
  };
}

Deno.test("MeansCollector counts valid positions alone, or all that a measure has", () => {
  const collect = (positions: "valid" | "all") => {
    const collector = new MeansCollector(REQUEST, { special: new Set([0]), positions });
    collector.add(block());
    return collector.finish();
  };
  // Left: position 1 of row 0, position 0 of row 1; both ends and both tokens 0 are out.
  const valid = collect("valid");
  assert.equal(valid.tokens, 2);
  assert.equal(valid.nominal.loss.mean, 3);
  assert.equal(valid.nominal.entropy.mean, 30);
  assert.equal(valid.nominal.reciprocal_rank.mean, (1 / 2 + 1 / 4) / 2);
  assert.equal(valid.outcomes[0]!.value.loss.mean, 4.5);
  assert.deepEqual(valid.outcomes[0]!.difference.loss, { mean: 1.5, sd: 0.5, se: 0.5 });
  assert.equal(valid.outcomes[0]!.difference.rank.mean, 1);
  assert.equal(valid.outcomes[0]!.difference.scale.se, 0);
  const all = collect("all");
  assert.equal(all.tokens, 4);
  assert.equal(all.nominal.loss.mean, 3);
  assert.equal(all.nominal.entropy.mean, 35);
});

Deno.test("specialIds() are begin and end of text, and GPT-NeoX's padding", async () => {
  await using device = openReference();
  await using gpt = await loadModel("tests/fixtures/gpt2-mini", device);
  await using neox = await loadModel("tests/fixtures/checkpoints/pythia-style", device);
  assert.deepEqual([...specialIds(gpt.config)], [gpt.config.bosTokenId]);
  assert.ok(specialIds(neox.config).has(1));
});

Deno.test("runInterventions() goes on from a checkpoint to the same means to the bit", () =>
  inFolder(async (folder) => {
    await using device = openReference();
    await using model = await loadModel("tests/fixtures/gpt2-mini", device);
    const tokens = integers([4, 3], 8, 4096);
    // One row a block.
    const request = { ...REQUEST, memory: 4 * 4 * 4096 * 3 };
    const options = { positions: "valid" } as const;
    const whole = await runInterventions(model, tokens, request, options);
    await using run = await openRun(folder, { script: "test", options: {}, inputs: [] });
    const checkpoint = folderCheckpoint(run);
    const stop = new AbortController();
    const cut = runInterventions(model, tokens, { ...request, signal: stop.signal }, {
      ...{ ...options, checkpoint },
      onBlock: ({ start }) => {
        if (start === 1) stop.abort(new Error("enough"));
      },
    });
    await assert.rejects(cut);
    assert.equal((await checkpoint.read())!.rows, 2);
    const resumed: number[] = [];
    const again = await runInterventions(model, tokens, request, {
      ...{ ...options, checkpoint },
      onResume: (rows) => resumed.push(rows),
    });
    assert.deepEqual(resumed, [2]);
    assert.deepEqual(again, whole);
    assert.equal(await checkpoint.read(), undefined);
  }));

Deno.test("folderCheckpoint() takes another run's checkpoint and a damaged one for none", () =>
  inFolder(async (folder) => {
    const progress = { rows: 3, sums: Float64Array.of(1, 2) };
    {
      await using run = await openRun(folder, { script: "test", options: { a: 1 }, inputs: [] });
      await folderCheckpoint(run).write(progress);
      assert.deepEqual(await folderCheckpoint(run).read(), progress);
    }
    await using run = await openRun(folder, { script: "test", options: { a: 2 }, inputs: [] });
    assert.equal(await folderCheckpoint(run).read(), undefined);
    await Deno.writeTextFile(`${folder}/checkpoint.safetensors`, "torn");
    assert.equal(await folderCheckpoint(run).read(), undefined);
  }));
