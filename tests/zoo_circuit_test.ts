import assert from "node:assert/strict";
import { taskBehaviour } from "../lib/circuit/task/behaviour.ts";
import { behaviourArrays } from "../lib/circuit/task/behaviour_arrays.ts";
import { attentionPatterns } from "../lib/circuit/task/attention_patterns.ts";
import { circuitExperiment } from "../lib/circuit/experiments/circuit_experiment.ts";
import { type ContrastTask, yearTask } from "../lib/circuit/task/contrast_task.ts";
import { summarize } from "../lib/circuit/task/measures.ts";
import { collate } from "../lib/circuit/task/year_metrics.ts";
import { nodeOutput } from "../lib/circuit/patch/evaluate.ts";
import { NodePrograms } from "../lib/circuit/patch/node_programs.ts";
import { cacheRun } from "../lib/circuit/patch/run_cache.ts";
import { scoreMatrix } from "../lib/circuit/rounds/score_matrix.ts";
import { directSweep } from "../lib/circuit/rounds/sweeps.ts";
import { mlpChains, upperRoutes } from "../lib/circuit/paper/paper_circuit.ts";
import { openOnnx } from "../lib/device/onnx/mod.ts";
import { loadModel, type Model } from "../lib/model/model.ts";
import { readYearPrompts } from "../lib/text/prompt_file.ts";
import { CIRCUIT_TOLERANCES, type Tolerance } from "./tolerances.ts";

/** PyTorch's float64 numbers of tiny-gpt2-a on 490 prompts. */
interface Expected {
  "tokens_first": number[];
  "bad_first": number[];
  baseline: Record<"prob_diff_mean" | "prob_diff_std" | "sharpness_mean" | "sharpness_std", number>;
  "bad_prob_diff_mean": number;
  circuit: { heads: [number, number][]; mlps: number[] };
  "circuit_good_in_bad": Record<"prob_diff_mean" | "ratio" | "sharpness_mean", number>;
  "circuit_bad_in_good": Record<"prob_diff_mean" | "ratio", number>;
  "probs_collated_row39": number[];
  "attn_end_to_YY": number[][];
  /** Of MLPs by name: the answers `00` to `04`. */
  "logit_lens": Record<string, number[]>;
  "ipp_m1_m2_m3": number[][];
  [matrix: string]: unknown;
}

const FOLDER = "tests/fixtures/zoo";
const expected: Expected = JSON.parse(
  await Deno.readTextFile(`${FOLDER}/greater_than_tiny-gpt2-a.json`),
);

function near(
  actual: number,
  wanted: number,
  what: string,
  { limit }: Tolerance = CIRCUIT_TOLERANCES.score,
): void {
  const apart = Math.abs(actual - wanted);
  assert.ok(apart <= limit, `${what}: ${actual} against ${wanted}`);
}

function nearAll(actual: ArrayLike<number>, wanted: number[][], what: string): void {
  assert.equal(actual.length, wanted.flat().length);
  wanted.flat().forEach((value, i) => near(actual[i]!, value, `${what} ${i}`));
}

async function withTask(check: (model: Model, task: ContrastTask) => Promise<void>) {
  await using device = await openOnnx({ runtime: "native", threads: 1 });
  await using model = await loadModel("cache/models/tiny-gpt2-a", device);
  await check(model, yearTask(await readYearPrompts(`${FOLDER}/prompts.safetensors`)));
}

Deno.test("tiny-gpt2-a answers the 490 prompts as PyTorch does", async () => {
  await withTask(async (model, task) => {
    const behaviour = await taskBehaviour(model, task);
    const summary = summarize(behaviour, 0);
    const { baseline } = expected;
    near(summary.prob_diff_mean, baseline.prob_diff_mean, "mean");
    near(summary.prob_diff_sd, baseline.prob_diff_std, "sd");
    near(summary.sharpness_mean!, baseline.sharpness_mean, "sharpness");
    near(summary.sharpness_sd!, baseline.sharpness_std, "sharpness sd");
    const { probs } = behaviourArrays(task, behaviour);
    const row = Float64Array.from((probs!.data as Float32Array).subarray(39 * 100, 40 * 100));
    nearAll(row, [expected.probs_collated_row39], "row of YY = 41");
  });
});

Deno.test("tiny-gpt2-a answers the bad prompts as PyTorch does", async () => {
  await withTask(async (model, task) => {
    const T = task.goodTokens.shape[1]!;
    assert.deepEqual([...task.goodTokens.data.subarray(0, T)], expected.tokens_first);
    assert.deepEqual([...task.badTokens.data.subarray(0, T)], expected.bad_first);
    const behaviour = await taskBehaviour(model, { ...task, goodTokens: task.badTokens });
    near(summarize(behaviour, 0).prob_diff_mean, expected.bad_prob_diff_mean, "bad run");
  });
});

Deno.test("what the MLPs of tiny-gpt2-a would answer, and their longest chain, are PyTorch's", async (t) => {
  await withTask(async (model, task) => {
    using programs = new NodePrograms(model);
    const request = { positions: task.positions, attentionLayers: [] };
    const base = await cacheRun(model, task.goodTokens, request);

    await t.step("logit lenses", async () => {
      for (const [name, wanted] of Object.entries(expected.logit_lens)) {
        const layer = Number(name.slice(1));
        const place = { node: { kind: "mlp", layer }, position: "END" } as const;
        const output = await nodeOutput(programs, base, place);
        // The reference looks at the MLP's output with its bias, which logitLens() leaves out. The
        // final layer norm is not linear, so the bias is put back before it.
        const bias = await model.weights.read(`blocks.${layer}.mlp.b_out`);
        const whole = output.map((value, i) => value + bias[i % bias.length]!);
        const logits = await programs.logits(whole, task.labelIds);
        const { data, shape: [rows, width] } = collate(logits, task.YY!);
        wanted.forEach((value, year) => {
          let sum = 0;
          for (let row = 0; row < rows!; row++) sum += data[row * width! + year]!;
          near(sum / rows!, value, `${name}, year ${year}`, CIRCUIT_TOLERANCES.lens);
        });
      }
    });

    await t.step("m1 through m2 and m3", async () => {
      const patch = await cacheRun(model, task.badTokens, request);
      const { probDiff: baseline } = await taskBehaviour(model, task);
      const context = { programs, pair: { base, patch }, task, baseline };
      const effects = await directSweep(context, mlpChains([1, 2, 3]), 1);
      const { scores } = scoreMatrix(model.config, effects, 0);
      nearAll(scores.data, expected.ipp_m1_m2_m3, "ipp_m1_m2_m3");
    });
  });
});

Deno.test("every matrix and circuit test of tiny-gpt2-a is PyTorch's, in one round or in several", async (t) => {
  await withTask(async (model, task) => {
    const edges = upperRoutes(expected.circuit);
    const { mlps } = expected.circuit;
    const circuit = { name: "reference", edges, provenance: {} };
    for (const promptsARound of [512, 200]) {
      await t.step(`${promptsARound} prompts a round`, async () => {
        const { arrays, evaluations } = await circuitExperiment(model, task, circuit, {
          promptsARound,
        });
        for (const matrix of ["ipp_logits", "attn_q", "attn_k", "attn_v"]) {
          nearAll(arrays[matrix]!.data, expected[matrix] as number[][], matrix);
        }
        for (const [index, layer] of mlps.entries()) {
          const name = ["ipp", ...mlps.slice(0, index + 1).toReversed().map((m) => `m${m}`)];
          nearAll(
            arrays[`ipp_m${layer}`]!.data,
            expected[name.join("_")] as number[][],
            `m${layer}`,
          );
        }
        const { ms, ms_reverse: reverse } = evaluations;
        const sufficient = expected.circuit_good_in_bad;
        near(ms!.prob_diff_mean, sufficient.prob_diff_mean, "ms");
        near(ms!.ratio, sufficient.ratio, "ms ratio");
        near(ms!.sharpness_mean!, sufficient.sharpness_mean, "ms sharpness");
        near(reverse!.prob_diff_mean, expected.circuit_bad_in_good.prob_diff_mean, "reverse");
        near(reverse!.ratio, expected.circuit_bad_in_good.ratio, "reverse ratio");
      });
    }
  });
});

Deno.test("attentionPatterns() are PyTorch's from END to YY, and rows of them sum to 1", async () => {
  await withTask(async (model, task) => {
    const head = { kind: "head", layer: 1, head: 2 } as const;
    const arrays = await attentionPatterns(model, task, { heads: [head] });
    const { data, shape: [L, H, T] } = arrays.attn_mean!;
    const { END, YY } = task.positions;
    const ends = Array.from({ length: L! * H! }, (_, i) => data[(i * T! + END) * T! + YY]!);
    nearAll(ends, expected.attn_end_to_YY, "attention");
    const own = arrays["attn_patterns_a1.h2"]!.data;
    for (let row = 0; row < T!; row++) {
      const sum = own.subarray(row * T!, (row + 1) * T!).reduce((a, b) => a + b, 0);
      near(sum, 1, `row ${row}`);
    }
    const proportion = arrays["attn_proportion_a1.h2"]!;
    assert.deepEqual(proportion.shape, [97]);
    const mean = proportion.data.reduce((a, b) => a + b) / 97;
    // 02 to 06 have six prompts and the others five, so the two means differ a little.
    assert.ok(Math.abs(mean - own[END * T! + YY]!) < 0.01);
  });
});
