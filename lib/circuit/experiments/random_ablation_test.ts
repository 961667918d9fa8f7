import assert from "node:assert/strict";
import { CIRCUIT_TOLERANCES } from "../../../tests/tolerances.ts";
import { openOnnx } from "../../device/onnx/mod.ts";
import { loadModel } from "../../model/model.ts";
import { readYearPrompts } from "../../text/prompt_file.ts";
import { CircuitTest } from "../rounds/circuit_tests.ts";
import { yearTask } from "../task/contrast_task.ts";
import { summarize } from "../task/measures.ts";
import { NodePrograms } from "../patch/node_programs.ts";
import { nodeName } from "../graph/nodes.ts";
import { PAPER_CIRCUIT } from "../paper/paper_circuit.ts";
import {
  ablationArrays,
  ablationSummary,
  drawnRatios,
  drawnTable,
  randomAblation,
} from "./random_ablation.ts";
import { runRounds } from "../rounds/rounds.ts";
import { meanAndSd } from "../task/year_metrics.ts";

const FOLDER = "tests/fixtures/gpt2-mini";
const DRAWS = 3;

interface Expected {
  "prob_diff_mean": number;
  "prob_diff_sd": number;
  "sharpness_mean": number;
  ratio: number;
}

function near(actual: number | undefined, wanted: number, what: string): void {
  const apart = Math.abs(actual! - wanted);
  assert.ok(apart <= CIRCUIT_TOLERANCES.score.limit, `${what}: ${actual} against ${wanted}`);
}

Deno.test("the original's two lists are PyTorch's on gpt2-mini, and draws are what CircuitTest says", async () => {
  await using device = await openOnnx({ runtime: "native", threads: 1 });
  await using model = await loadModel(FOLDER, device);
  using programs = new NodePrograms(model);
  const task = yearTask(await readYearPrompts(`${FOLDER}/expected.safetensors`));
  const ablation = randomAblation(model.config, task, {
    circuit: PAPER_CIRCUIT,
    isPaper: true,
    draws: DRAWS,
    seed: 4,
  });
  // The same plans by the tests that keep every prompt.
  const kept = [...ablation.drawn.values()].flat()
    .map(({ plan }) => new CircuitTest(task, plan, false));
  const parts = [...ablation.parts, ...kept];
  const request = { parts, attentionLayers: [] };
  const baseline = await runRounds(programs, task, request, { promptsARound: 60 });
  const ratios = drawnRatios(ablation, summarize(baseline, 0));
  const { tests, spreads } = ablationSummary(ablation, { baseline, ratios, seed: 0 });

  const expected: Record<string, Expected> = JSON.parse(
    await Deno.readTextFile(`${FOLDER}/expected.json`),
  );
  const names = {
    "circuit_m10": "random_ablation_original_m10",
    "alternative_m10": "random_ablation_alternative_m10",
    "circuit_full": "ms",
    "circuit_full_reverse": "ms_reverse",
  };
  for (const [ours, theirs] of Object.entries(names)) {
    const wanted = expected[theirs]!;
    for (const key of ["prob_diff_mean", "prob_diff_sd", "sharpness_mean"] as const) {
      near(tests[ours]![key], wanted[key], `${ours} ${key}`);
    }
    // A ratio of the baseline, −0.19, is five times as far off as the mean above it.
    assert.ok(Math.abs(tests[ours]!.ratio - wanted.ratio) <= 10 * CIRCUIT_TOLERANCES.score.limit);
  }
  near(tests.no_heads!.prob_diff_mean, expected.bad_run!.prob_diff_mean, "no heads");

  [...ablation.drawn.values()].flat().forEach((circuit, i) => {
    const { probDiff, sharpness } = kept[i]!.measures();
    for (const [name, values] of [["probDiff", probDiff], ["sharpness", sharpness!]] as const) {
      const { mean, sd } = circuit.summary(name)!;
      const wanted = meanAndSd(values);
      assert.ok(Math.abs(mean - wanted.mean) < 1e-12 && Math.abs(sd - wanted.sd) < 1e-12, name);
    }
  });

  assert.deepEqual(Object.keys(spreads), ["random_full", "random_m10"]);
  assert.equal(spreads.random_m10!.draws, DRAWS);
  const own = tests.circuit_full!;
  const reached = ratios.get("full")!.filter((ratio) => ratio >= own.ratio).length;
  assert.equal(own.standing!.reached, reached);
  assert.equal(tests.circuit_full_reverse!.standing, undefined);
  assert.equal(tests.no_heads!.standing, undefined);

  const arrays = ablationArrays(ablation, task, { baseline, ratios });
  assert.deepEqual(arrays.probs!.shape, [97, 100]);
  assert.deepEqual(arrays.probs_circuit_full, ablation.tests.get("circuit_full")!.array());
  assert.deepEqual([...arrays.ratio_draws_m10!.data], ratios.get("m10"));
  const labels = ablationArrays(ablation, { ...task, YY: undefined }, { baseline, ratios });
  assert.deepEqual(Object.keys(labels).filter((name) => name.startsWith("probs")), []);
  assert.ok(labels.label_probs_no_heads);

  const table = Object.fromEntries(
    drawnTable(ablation, ratios).map(({ name, values }) => [name, [...values]]),
  );
  assert.deepEqual(table.version, [...Array(DRAWS).fill("full"), ...Array(DRAWS).fill("m10")]);
  assert.equal(table.heads![DRAWS], ablation.draws.lists[0]!.map(nodeName).join(" "));
  assert.deepEqual(table.ratio, [...ratios.get("full")!, ...ratios.get("m10")!]);
});
