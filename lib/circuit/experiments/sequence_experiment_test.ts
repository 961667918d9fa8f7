import assert from "node:assert/strict";
import { deviation } from "../../../tests/compare.ts";
import { CIRCUIT_TOLERANCES } from "../../../tests/tolerances.ts";
import { openOnnx } from "../../device/onnx/mod.ts";
import { loadModel } from "../../model/model.ts";
import { readSafetensors } from "../../store/format/safetensors.ts";
import { readYearPrompts } from "../../text/prompt_file.ts";
import { yearTask } from "../task/contrast_task.ts";
import { NodePrograms } from "../patch/node_programs.ts";
import { nodeName } from "../graph/nodes.ts";
import { PAPER_CIRCUIT } from "../paper/paper_circuit.ts";
import { routesOf } from "../graph/patch_paths.ts";
import { PatchPlan } from "../graph/patch_plan.ts";
import { sequenceExperiment, WIDENED_CIRCUIT } from "./sequence_experiment.ts";

const FOLDER = "tests/fixtures/gpt2-mini";
const EXPECTED = `${FOLDER}/expected.safetensors`;

async function withMini(
  use: (programs: NodePrograms, task: Parameters<typeof sequenceExperiment>[1]) => Promise<void>,
) {
  await using device = await openOnnx({ runtime: "native", threads: 1 });
  await using model = await loadModel(FOLDER, device);
  using programs = new NodePrograms(model);
  const prompts = await readYearPrompts(EXPECTED);
  await use(programs, { ...yearTask(prompts), YY: prompts.YY.data });
}

Deno.test("sequenceExperiment() gives PyTorch's arrays of gpt2-mini with the paper's circuit", async () => {
  await withMini(async (programs, task) => {
    const expected = await readSafetensors(EXPECTED);
    const circuits = { circuit: PAPER_CIRCUIT, wide: WIDENED_CIRCUIT };
    const { arrays, summaries } = await sequenceExperiment(programs, task, circuits);
    const names = {
      ipp: "ipp_logits",
      m8: "ipp_m8",
      "probs_ms": "probs_ms",
      "probs_ms_reverse": "probs_ms_reverse",
      "probs_lms": "probs_lms",
    };
    for (const [ours, theirs] of Object.entries(names)) {
      const { worst, detail } = deviation(arrays[ours]!, expected[theirs]!);
      const { limit } = CIRCUIT_TOLERANCES[ours.startsWith("probs") ? "probability" : "score"];
      assert.ok(worst <= limit, `${ours}: ${worst}, ${detail}`);
    }
    assert.deepEqual([arrays.ipp_sd!.shape, arrays.m8_ci!.shape], [[12, 13], [12, 13, 2]]);

    // MLP 7 is reached by the 91 nodes of layers 0 to 6 and by the 12 heads beside it.
    const { data } = arrays.m7!;
    assert.equal([...data].filter((score) => score === 0).length, 53);
    assert.ok(data.subarray(0, 7 * 13 + 12).every((score) => score !== 0));

    assert.deepEqual(Object.keys(summaries).sort(), [
      "bad_run",
      "baseline",
      "lms",
      "lms_reverse",
      "ms",
      "ms_reverse",
      "ms_wide",
      "ms_wide_reverse",
    ]);
    assert.notEqual(summaries.ms_wide!.prob_diff_mean, summaries.ms!.prob_diff_mean);
  });
});

Deno.test("sequenceExperiment() measures behaviour and effects on the logits without a circuit", async () => {
  await withMini(async (programs, task) => {
    const { arrays, summaries } = await sequenceExperiment(programs, task, {});
    assert.deepEqual(Object.keys(arrays), ["probs", "ipp", "ipp_sd", "ipp_ci", "probs_bad_run"]);
    assert.deepEqual(Object.keys(summaries), ["baseline", "bad_run"]);
    const expected = JSON.parse(await Deno.readTextFile(`${FOLDER}/expected.json`));
    const { prob_diff_mean: mean } = summaries.bad_run!;
    const apart = Math.abs(mean - expected.bad_run.prob_diff_mean);
    assert.ok(apart <= CIRCUIT_TOLERANCES.score.limit, `${mean}`);
  });
});

Deno.test("WIDENED_CIRCUIT has the original's 226 routes and the six of the five-MLP chain", () => {
  const routes = [...routesOf(new PatchPlan(WIDENED_CIRCUIT.edges))].map((path) =>
    path.map(({ place }) => place === "whole" ? place : nodeName(place.node))
  );
  assert.equal(routes.length, 6 * 2 ** 5 + 2 * 2 ** 4 + 2 ** 3);
  const long = routes.filter((route) => route.filter((name) => name.startsWith("m")).length > 4);
  assert.deepEqual(
    long.map((route) => route.slice(0, -1).join()),
    Array(6).fill("logits,m11,m10,m9,m8,m7"),
  );
});
