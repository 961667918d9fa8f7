import assert from "node:assert/strict";
import type { ContrastTask } from "../task/contrast_task.ts";
import type { NeuronExperiment } from "./neuron_experiment.ts";
import {
  effectArrays,
  neuronTable,
  patchTable,
  reportNeurons,
  summarizeNeurons,
  tableOfNeurons,
} from "./neuron_numbers.ts";

const N = 4;
const F = 12;
const per = (value: number) => Float64Array.from({ length: N }, (_, n) => value * (1 + n / 10));

/** Neuron 11 − i has rank i + 1; the first ten sum to −0.1 (1 + n / 10). */
function experiment(mlp = per(-0.4)): NeuronExperiment {
  const zeros = new Float64Array(F);
  return {
    layer: 3,
    baseline: { probDiff: per(0.5), probabilities: new Float64Array(N) },
    order: Int32Array.from({ length: F }, (_, i) => F - 1 - i),
    scores: Float64Array.from({ length: F }, (_, f) => -f / 100),
    bounds: zeros,
    activations: { good: Float64Array.from({ length: F }, (_, f) => f), bad: zeros },
    single: Array.from({ length: 11 }, () => per(-0.01)),
    joint: new Map([["top10", per(-0.2)], ["top100", per(-0.3)], ["top200", mlp]]),
    mlp,
    arrays: {},
  };
}

function near(actual: number | undefined, expected: number): void {
  assert.ok(actual !== undefined && Math.abs(actual - expected) < 1e-12, `${actual}, ${expected}`);
}

Deno.test("summarizeNeurons() sets each patch beside the whole MLP's, and ten beside their sum", () => {
  const { neurons, sum_top10: sum, joint, joint_over_sum: together, mlp, ...rest } =
    summarizeNeurons(experiment(), 0);
  assert.deepEqual([rest.layer, rest.neurons_in_layer, Object.keys(neurons).length], [3, F, 11]);
  assert.deepEqual([neurons["1"]!.neuron, neurons["11"]!.neuron], [11, 1]);
  near(mlp.mean, -0.46);
  near(sum.mean, -0.115);
  near(sum.share, 0.25);
  near(neurons["1"]!.share, 0.025);
  near(joint.top10!.share, 0.5);
  near(joint.top200!.share, 1);
  near(together!.ratio, 2);
  // All prompts have the same ratio, so every draw has it.
  together!.ratio_ci.forEach((end) => near(end, 2));
  assert.ok(mlp.ci[0] < mlp.mean && mlp.mean < mlp.ci[1] && mlp.sd > 0);
});

Deno.test("summarizeNeurons() gives no share of nothing", () => {
  const summaries = summarizeNeurons(experiment(new Float64Array(N)), 0);
  assert.equal(summaries.joint.top10!.share, undefined);
  assert.ok(summaries.joint_over_sum);
  assert.deepEqual(JSON.parse(JSON.stringify(summaries)), summaries);
  assert.ok(reportNeurons(summaries).every(({ note }) => !/of the MLP's/.test(note)));
});

Deno.test("reportNeurons() says nothing of shares of an MLP whose interval holds 0", () => {
  const summaries = summarizeNeurons(experiment(Float64Array.of(-1, 1, -1, 1.1)), 0);
  const [, first] = reportNeurons(summaries);
  assert.match(first!.name, /^rank 1: neuron 11: change/);
  assert.match(first!.note, /the MLP's own interval holds 0, so a share of it says nothing$/);
});

Deno.test("tableOfNeurons() has the ranks, the sum, the sets by size, and the MLP", () => {
  const { columns, rows } = tableOfNeurons(summarizeNeurons(experiment(), 0));
  assert.equal(columns.at(-1), "share of MLP 3");
  assert.deepEqual(rows.map(([name]) => name).slice(9), [
    "rank 10: neuron 2",
    "rank 11: neuron 1",
    "first 10 one by one, summed",
    "first 10 together",
    "first 12 together",
    "all of MLP 3",
  ]);
});

Deno.test("neuronTable() and patchTable() have a row a neuron by rank and a row a prompt", () => {
  const found = experiment();
  const columns = Object.fromEntries(neuronTable(found).map(({ name, values }) => [name, values]));
  assert.deepEqual([...columns.rank!].slice(0, 2), [1, 2]);
  assert.deepEqual([...columns.neuron!].slice(0, 2), [11, 10]);
  assert.deepEqual([...columns.score!].slice(0, 2), [-0.11, -0.1]);
  assert.deepEqual([...columns.activation_good_mean!].slice(0, 2), [11, 10]);
  const task = { YY: Int32Array.of(2, 3, 4, 5) } as unknown as ContrastTask;
  const rows = patchTable(found, task);
  assert.deepEqual(rows.map(({ name }) => name), [
    "YY",
    "prob_diff",
    "mlp",
    "sum_top10",
    "joint_top10",
    "joint_top100",
    "joint_top200",
  ]);
  assert.ok(rows.every(({ values }) => values.length === N));
  near(rows[3]!.values[1] as number, -0.11);
});

Deno.test("effectArrays() has the ranks in order", () => {
  const arrays = effectArrays(summarizeNeurons(experiment(), 0));
  assert.deepEqual(Object.values(arrays).map(({ shape }) => shape.join()), ["11", "11", "11,2"]);
  const [low, high] = arrays.neuron_effect_ci.data;
  const mean = arrays.neuron_effect_mean.data[0]!;
  assert.ok(low! <= mean && mean <= high!);
});
