import assert from "node:assert/strict";
import { holdingPrompts } from "../../../tests/limited_model.ts";
import { elementCount } from "../../array.ts";
import { openReference } from "../../device/reference/mod.ts";
import { loadModel } from "../../model/model.ts";
import { readYearPrompts } from "../../text/prompt_file.ts";
import { type ContrastTask, labelTask, taskRows, yearTask } from "../task/contrast_task.ts";
import { type NeuronExperiment, neuronExperiment } from "./neuron_experiment.ts";
import { NeuronEffects } from "../neurons/neurons.ts";
import { NodePrograms } from "../patch/node_programs.ts";
import { cacheRun } from "../patch/run_cache.ts";
import { collate } from "../task/year_metrics.ts";

const DIRECTORY = "tests/fixtures/gpt2-mini";
const LAYER = 10;
/** YY 02 to 09 and 50, 02 twice. */
const ROWS = [0, 1, 2, 3, 4, 5, 6, 7, 48, 0];
const N = ROWS.length;
const F = 192;

async function withTask(body: (programs: NodePrograms, task: ContrastTask) => Promise<void>) {
  await using device = openReference();
  await using model = await loadModel(DIRECTORY, device);
  using programs = new NodePrograms(model);
  const prompts = await readYearPrompts(`${DIRECTORY}/expected.safetensors`);
  await body(programs, taskRows(yearTask(prompts), ROWS));
}

function assertNear(actual: ArrayLike<number>, expected: ArrayLike<number>, limit: number): void {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++) {
    const [a, b] = [actual[i]!, expected[i]!];
    assert.ok(Object.is(a, b) || Math.abs(a - b) <= limit, `element ${i}: ${a}, expected ${b}`);
  }
}

/** An array of the experiment, float32. */
function values({ arrays }: NeuronExperiment, name: string): Float32Array {
  const { data, shape } = arrays[name]!;
  assert.equal(data.length, elementCount(shape));
  return data as Float32Array;
}

const mean = (of: Float64Array) => of.reduce((sum, value) => sum + value, 0) / of.length;

Deno.test("neuronExperiment() ranks neurons by scores that patching each one bears out", () =>
  withTask(async (programs, task) => {
    const { order, scores, bounds, single, joint, mlp, activations } = await neuronExperiment(
      programs,
      task,
      { layer: LAYER, top: 20 },
    );
    assert.deepEqual(order.toSorted(), Int32Array.from({ length: F }, (_, f) => f));
    assert.ok(
      order.every((f, i) => i === 0 || Math.abs(scores[order[i - 1]!]!) >= Math.abs(scores[f]!)),
    );
    assert.equal(single.length, 20);
    single.forEach((own, i) => {
      const f = order[i]!;
      assert.ok(Math.abs(mean(own) - scores[f]!) <= bounds[f]! + 1e-7, `rank ${i + 1}`);
    });
    // The MLP has fewer than 200 neurons, so the first 200 are the whole of it.
    assertNear(joint.get("top200")!, mlp, 1e-6);
    assert.ok(mlp.some((change) => Math.abs(change) > 1e-4));
    assert.deepEqual([activations.good.length, activations.bad.length], [F, F]);
  }));

Deno.test("neuronExperiment() gives lenses, activations and effects averaged by start year", () =>
  withTask(async (programs, task) => {
    const experiment = await neuronExperiment(programs, task, { layer: LAYER });
    const { order, arrays } = experiment;
    const request = { positions: task.positions, attentionLayers: [], neuronLayers: [LAYER] };
    const good = await cacheRun(programs.model, task.goodTokens, request);
    const bad = await cacheRun(programs.model, task.badTokens, request);
    const [base, patch] = [good.neurons(LAYER), bad.neurons(LAYER)];
    const { labelIds } = task;
    const runs = { layer: LAYER, base, patch, residual: good.final, labelIds };
    const effects = await NeuronEffects.of(programs.model, runs);
    const top10 = [...order.subarray(0, 10)];
    const byYear = (rows: Float64Array) => collate(rows, task.YY!).data;
    const stacked = (of: (neuron: number) => Float64Array) =>
      [...order.subarray(0, 11)].flatMap((neuron) => [...byYear(of(neuron))]);
    const direct = (neurons: number[]) => effects.directEffect(neurons, { against: 0 });
    const column = (all: typeof base) => (f: number) =>
      Float64Array.from({ length: N }, (_, n) => all[n * F + f]!);
    const expected: Record<string, [ArrayLike<number>, number[]]> = {
      "neuron_activation_good": [stacked(column(base)), [11, 97]],
      "neuron_activation_bad": [stacked(column(patch)), [11, 97]],
      "neuron_lens": [stacked((f) => effects.lens([f])), [11, 97, 100]],
      "neuron_direct_effects": [stacked((f) => direct([f])), [11, 97, 100]],
      "neuron_lens_sum_top10": [byYear(effects.lens(top10)), [97, 100]],
      "neuron_lens_sum_top100": [byYear(effects.lens([...order.subarray(0, 100)])), [97, 100]],
      "neuron_lens_sum_top200": [byYear(effects.lens([...order])), [97, 100]],
      "neuron_joint_top10": [byYear(direct(top10)), [97, 100]],
    };
    for (const [name, [wanted, shape]] of Object.entries(expected)) {
      assert.deepEqual([name, arrays[name]!.shape], [name, shape]);
      assertNear(values(experiment, name), wanted, 1e-5);
    }
    const singles = values(experiment, "neuron_direct_effects");
    const sum = Float64Array.from(
      { length: 9700 },
      (_, i) => top10.reduce((total, _f, k) => total + singles[k * 9700 + i]!, 0),
    );
    assertNear(values(experiment, "neuron_direct_sum_top10"), sum, 1e-5);
    assert.ok(singles.every((effect, i) => i % 100 !== 0 || effect === 0 || Number.isNaN(effect)));
    assert.ok(Math.abs(singles[1]!) > 0 && Number.isNaN(singles[20 * 100]!));
  }));

Deno.test("neuronExperiment() gives the same in rounds as at once", () =>
  withTask(async (programs, task) => {
    const told: string[] = [];
    const once = await neuronExperiment(programs, task, { layer: LAYER });
    const rounds = await neuronExperiment(programs, task, { layer: LAYER }, {
      promptsARound: 4,
      onPart: (done, total) => told.push(`${done}/${total}`),
    });
    assert.deepEqual(told, ["1/6", "2/6", "3/6", "4/6", "5/6", "6/6"]);
    assert.deepEqual(rounds.order, once.order);
    assertNear(rounds.scores, once.scores, 1e-9);
    assertNear(rounds.mlp, once.mlp, 1e-6);
    rounds.single.forEach((own, i) => assertNear(own, once.single[i]!, 1e-6));
    for (const name of Object.keys(once.arrays)) {
      assert.deepEqual(rounds.arrays[name]!.shape, once.arrays[name]!.shape);
      assertNear(values(rounds, name), values(once, name), 1e-5);
    }
  }));

Deno.test("neuronExperiment() does not depend on how many prompts are held at a time", () =>
  withTask(async (programs, task) => {
    const whole = await neuronExperiment(programs, task, { layer: LAYER });
    using limited = new NodePrograms(holdingPrompts(programs.model, 3));
    const parts = await neuronExperiment(limited, task, { layer: LAYER });
    assert.deepEqual(parts.order.slice(0, 9), whole.order.slice(0, 9));
    for (const [name, own] of whole.joint) assertNear(parts.joint.get(name)!, own, 2e-6);
    parts.single.slice(0, 9).forEach((own, i) => assertNear(own, whole.single[i]!, 2e-6));
  }));

Deno.test("neuronExperiment() averages over all prompts when labels are no years", () =>
  withTask(async (programs, years) => {
    const task = labelTask({
      goodTokens: years.goodTokens,
      badTokens: years.badTokens,
      labelTokenIds: { data: years.labelIds.slice(40, 43), shape: [3] },
      labelSigns: {
        data: Int32Array.from({ length: 3 * N }, (_, i) => [1, 0, -1][i % 3]!),
        shape: [N, 3],
      },
    });
    const experiment = await neuronExperiment(programs, task, { layer: LAYER, top: 12 });
    const { arrays, order, activations } = experiment;
    const shapes = Object.entries(arrays).map(([name, { shape }]) => [name, shape.join()]);
    assert.deepEqual(Object.fromEntries(shapes), {
      "neuron_order": "192",
      "neuron_scores": "192",
      "neuron_score_bounds": "192",
      "label_neuron_activation_good": "12",
      "label_neuron_activation_bad": "12",
      "label_neuron_lens": "12,3",
      "label_neuron_direct_effects": "12,3",
      "label_neuron_direct_sum_top10": "3",
      "label_neuron_joint_top10": "3",
      "label_neuron_lens_sum_top10": "3",
      "label_neuron_lens_sum_top100": "3",
      "label_neuron_lens_sum_top200": "3",
    });
    const top = [...order.subarray(0, 12)];
    const own = values(experiment, "label_neuron_activation_bad");
    assertNear(own, top.map((f) => activations.bad[f]!), 1e-6);
    // No label stands for the year 00, so none is subtracted.
    assert.ok(values(experiment, "label_neuron_joint_top10").every((effect) => effect !== 0));
  }));

Deno.test("neuronExperiment() refuses fewer neurons than the figures need", () =>
  withTask(async (programs, task) => {
    await assert.rejects(
      neuronExperiment(programs, task, { layer: LAYER, top: 10 }),
      /RangeError: Cannot look at "neurons": top 10, expected at least 11/,
    );
  }));
