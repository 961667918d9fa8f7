import assert from "node:assert/strict";
import { FinalUpdates } from "../lib/model/final/final_updates.ts";
import { neuronScores } from "../lib/circuit/neurons/neuron_scores.ts";
import { NeuronEffects } from "../lib/circuit/neurons/neurons.ts";
import { NodePrograms } from "../lib/circuit/patch/node_programs.ts";
import { collate, yearSigns } from "../lib/circuit/task/year_metrics.ts";
import { loadModel } from "../lib/model/model.ts";
import { runWithHooks } from "../lib/model/forward/forward.ts";
import { readSafetensors } from "../lib/store/format/safetensors.ts";
import { readYearPrompts } from "../lib/text/prompt_file.ts";
import { deviation } from "./compare.ts";
import { TEST_DEVICES, type TestDevice } from "./devices.ts";
import { normal } from "./random.ts";
import { CIRCUIT_TOLERANCES, PARITY_TOLERANCES } from "./tolerances.ts";

const DIRECTORY = "tests/fixtures/gpt2-mini";
const LAYER = 10;
const POST = `blocks.${LAYER}.mlp.hook_post`;
const LAST = "blocks.11.hook_resid_post";

/** Rows at the last position of `[N, T, width]`. */
function atEnd({ data, shape }: { data: ArrayLike<number>; shape: readonly number[] }) {
  const [N, T, width] = shape as [number, number, number];
  return Float64Array.from(
    { length: N * width },
    (_, i) => data[(Math.floor(i / width) * T + T - 1) * width + i % width]!,
  );
}

async function checkNeurons(t: Deno.TestContext, { open }: TestDevice): Promise<void> {
  await using device = await open();
  await using model = await loadModel(DIRECTORY, device);
  const expected = await readSafetensors(`${DIRECTORY}/expected.safetensors`);
  const prompts = await readYearPrompts(`${DIRECTORY}/expected.safetensors`);
  const good = await runWithHooks(model, prompts.goodTokens, { read: [POST, LAST] });
  const bad = await runWithHooks(model, prompts.badTokens, { read: [POST] });
  const N = prompts.YY.data.length;
  const { dHead: K } = model.config;
  const runs = {
    layer: LAYER,
    base: atEnd(good[POST] as never),
    patch: atEnd(bad[POST] as never),
    residual: atEnd(good[LAST] as never),
    labelIds: prompts.yearTokenIds.data,
  };

  await t.step("activations and the score of every neuron are the fixture's", async () => {
    const activations = { data: runs.base, shape: expected.m10_act_good!.shape };
    const { worst } = deviation(activations, expected.m10_act_good!);
    assert.ok(worst <= PARITY_TOLERANCES.hook.limit, `activations: ${worst}`);
    const signs = yearSigns(prompts.YY.data);
    const { scores, order } = await neuronScores(model, { ...runs, signs });
    const array = { data: scores, shape: [scores.length] };
    const { worst: apart, detail } = deviation(array, expected.neuron_prob_diff_effect_m10!);
    assert.ok(apart <= CIRCUIT_TOLERANCES.neuronScore.limit, `scores: ${apart}: ${detail}`);
    assert.ok(
      [...order.keys()].every((i) =>
        i === 0 || Math.abs(scores[order[i - 1]!]!) >= Math.abs(scores[order[i]!]!)
      ),
    );
  });

  await t.step("a head's move is answered as the whole moved residual", async () => {
    using programs = new NodePrograms(model);
    using updates = await FinalUpdates.open(model, runs.residual, runs.labelIds);
    using space = await updates.headSpace(9, 1);
    const z = Float64Array.from(normal([N, K], 1).data);
    const change = await programs.headOutput(9, 1, z);
    const moved = runs.residual.map((x, i) => x + change[i]!);
    const whole = await programs.logProbs(moved, runs.labelIds);
    const { logProbs } = await updates.answers(space, z);
    const shape = [N, 100];
    const { worst, detail } = deviation(
      { data: logProbs.map(Math.exp), shape },
      { data: whole.map(Math.exp), shape },
    );
    assert.ok(worst <= CIRCUIT_TOLERANCES.probability.limit, `${worst}: ${detail}`);
  });

  await t.step("single direct effects and joint ones are those of exact answers", async () => {
    const effects = await NeuronEffects.of(model, runs);
    const neurons = [78, 112, 96];
    using updates = await FinalUpdates.open(model, runs.residual, runs.labelIds);
    using space = await updates.neuronSpace(LAYER, neurons);
    const F = model.config.dMlp;
    const moves = Float64Array.from({ length: N * 3 }, (_, i) => {
      const at = Math.floor(i / 3) * F + neurons[i % 3]!;
      return runs.patch[at]! - runs.base[at]!;
    });
    const still = await updates.answers(space, new Float64Array(N * 3));
    const patched = await updates.answers(space, moves);
    const actual = collate(effects.directEffect(neurons), prompts.YY.data);
    const wanted = still.logits.map((logit, i) => logit - patched.logits[i]!);
    const { worst, detail } = deviation(actual, collate(wanted, prompts.YY.data));
    assert.ok(worst <= PARITY_TOLERANCES.yearLogits.limit, `${worst}: ${detail}`);
  });
}

for (const device of TEST_DEVICES) {
  Deno.test({
    name: `neurons and heads of gpt2-mini move the answer as they should on ${device.name}`,
    ignore: device.absent,
    fn: (t) => checkNeurons(t, device),
  });
}
