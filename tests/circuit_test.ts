import assert from "node:assert/strict";
import { logitLens } from "../lib/circuit/rounds/logit_lens.ts";
import { NodePrograms } from "../lib/circuit/patch/node_programs.ts";
import { patchedProbabilities } from "../lib/circuit/patch/patched_answers.ts";
import { circuitPlans } from "../lib/circuit/graph/circuit.ts";
import { parseNode } from "../lib/circuit/graph/nodes.ts";
import { attentionPatterns } from "../lib/circuit/task/attention_patterns.ts";
import { yearTask } from "../lib/circuit/task/contrast_task.ts";
import { PAPER_CIRCUIT, PAPER_NODES, upperRoutes } from "../lib/circuit/paper/paper_circuit.ts";
import { PatchPlan } from "../lib/circuit/graph/patch_plan.ts";
import type { HeadNode } from "../lib/circuit/graph/routes.ts";
import { scoreMatrix } from "../lib/circuit/rounds/score_matrix.ts";
import { cacheRun } from "../lib/circuit/patch/run_cache.ts";
import {
  channelSweep,
  directSweep,
  lowMlpSweep,
  type SenderEffects,
  type SweepContext,
} from "../lib/circuit/rounds/sweeps.ts";
import { taskBehaviour } from "../lib/circuit/task/behaviour.ts";
import { measure, summarize, summarizeBeside } from "../lib/circuit/task/measures.ts";
import { collate } from "../lib/circuit/task/year_metrics.ts";
import { loadModel } from "../lib/model/model.ts";
import { readSafetensors } from "../lib/store/format/safetensors.ts";
import { readYearPrompts } from "../lib/text/prompt_file.ts";
import type { HostArray } from "../lib/array.ts";
import { deviation } from "./compare.ts";
import { TEST_DEVICES, type TestDevice } from "./devices.ts";
import { CIRCUIT_TOLERANCES, type Tolerance } from "./tolerances.ts";

const DIRECTORY = "tests/fixtures/gpt2-mini";
const EXPECTED = `${DIRECTORY}/expected.safetensors`;
const REQUEST = { positions: { END: 12, YY: 8 }, attentionLayers: [5, 6, 7, 8, 9] };

const EDGES = PAPER_CIRCUIT.edges;

/** Every matrix of the fixture, with the number of senders that cannot reach its receiver. */
const SWEEPS: Record<string, [number, (context: SweepContext) => Promise<SenderEffects>]> = {
  "ipp_logits": [0, (context) => directSweep(context, EDGES)],
  "ipp_m11": [1, (context) => directSweep(context, EDGES, 11)],
  "ipp_m10": [14, (context) => directSweep(context, EDGES, 10)],
  "ipp_m9": [27, (context) => directSweep(context, EDGES, 9)],
  "ipp_m8": [40, (context) => directSweep(context, EDGES, 8)],
  "attn_q": [39, (context) => channelSweep(context, EDGES, "q")],
  "attn_k": [39, (context) => channelSweep(context, EDGES, "k")],
  "attn_v": [39, (context) => channelSweep(context, EDGES, "v")],
  "mlp0": [144, (context) => lowMlpSweep(context, EDGES, 0)],
  "mlp1": [131, (context) => lowMlpSweep(context, EDGES, 1)],
  "mlp2": [118, (context) => lowMlpSweep(context, EDGES, 2)],
  "mlp3": [105, (context) => lowMlpSweep(context, EDGES, 3)],
};

/**
 * The matrices that float64 TypeScript and a software GPU do in seconds; with
 * `NEURITE_ALL_MATRICES=1` they do all of them.
 */
const SLOW_DEVICES = Deno.env.get("NEURITE_ALL_MATRICES") === "1" ? [] : ["reference", "webgpu"];
const SLOW_DEVICE_SWEEPS = ["ipp_logits", "attn_q", "mlp1"];

/** The nodes whose logit lens the fixture has, and the heads whose attention it has. */
const LENSES = ["a7.h10", "a8.h11", "a9.h1", "m8", "m9", "m10", "m11"];
const PATTERNS = ["a7.h10", "a8.h11"];

/** Numbers of expected.json by their name in a summary. */
type Numbers = Readonly<Record<string, number>>;

function within(actual: HostArray, wanted: HostArray | undefined, { limit }: Tolerance): void {
  const { worst, detail } = deviation(actual, wanted!);
  assert.ok(worst <= limit, `${worst}: ${detail}`);
}

function meets(summary: object, wanted: Numbers): void {
  const found = summary as Numbers;
  for (const [name, value] of Object.entries(wanted)) {
    const apart = Math.abs(found[name]! - value);
    assert.ok(apart <= CIRCUIT_TOLERANCES.score.limit, `${name}: ${found[name]} against ${value}`);
  }
}

async function checkCircuit(t: Deno.TestContext, { name, open }: TestDevice): Promise<void> {
  await using device = await open();
  await using model = await loadModel(DIRECTORY, device);
  const expected = await readSafetensors(EXPECTED);
  const numbers: Record<string, Numbers> = JSON.parse(
    await Deno.readTextFile(`${DIRECTORY}/expected.json`),
  );
  const prompts = await readYearPrompts(EXPECTED);
  const good = await cacheRun(model, prompts.goodTokens, REQUEST);
  const bad = await cacheRun(model, prompts.badTokens, REQUEST);
  const task = yearTask(prompts);
  const behaviour = await taskBehaviour(model, task);
  using programs = new NodePrograms(model);
  const context: SweepContext = {
    programs,
    pair: { base: good, patch: bad },
    task,
    baseline: behaviour.probDiff,
  };

  for (const [matrix, [unreachable, sweep]] of Object.entries(SWEEPS)) {
    if (SLOW_DEVICES.includes(name) && !SLOW_DEVICE_SWEEPS.includes(matrix)) continue;
    await t.step(matrix, async () => {
      const actual = scoreMatrix(model.config, await sweep(context), 0);
      assert.equal(actual.unreachable, unreachable);
      within(actual.scores, expected[matrix], CIRCUIT_TOLERANCES.score);
      const zeros = expected[matrix]!.data as Float32Array;
      zeros.forEach((score, i) => {
        if (score === 0) assert.equal(actual.scores.data[i], 0, `cell ${i}`);
      });
    });
  }

  const nodeOf = (name: string) => parseNode(name, model.config);
  await t.step("logit lenses", async () => {
    for (const name of LENSES) {
      const lens = collate(await logitLens(context, nodeOf(name)), prompts.YY.data);
      within(lens, expected[`logit_lens_${name}`], CIRCUIT_TOLERANCES.lens);
    }
  });

  await t.step("attention patterns", async () => {
    const heads = PATTERNS.map((name) => nodeOf(name) as HeadNode);
    const patterns = await attentionPatterns(model, task, { heads });
    for (const name of PATTERNS) {
      const pattern = patterns[`attn_patterns_${name}`]!;
      within(pattern, expected[`attn_pattern_${name}`], CIRCUIT_TOLERANCES.probability);
    }
  });

  await t.step("baseline and bad run", async () => {
    meets(summarize(behaviour, 0), numbers.baseline!);
    const onBad = await taskBehaviour(model, { ...task, goodTokens: task.badTokens });
    meets(summarize(onBad, 0), numbers.bad_run!);
  });

  const { ms: upper, lms: whole } = circuitPlans(PAPER_CIRCUIT);
  const evaluations = [
    ["ms", upper, { base: bad, patch: good }],
    ["ms_reverse", upper, { base: good, patch: bad }],
    ["lms", whole, { base: bad, patch: good }],
    [
      "random_ablation_original_m10",
      new PatchPlan(upperRoutes({ ...PAPER_NODES, mlps: [10] })),
      { base: bad, patch: good },
    ],
    [
      "random_ablation_alternative_m10",
      new PatchPlan(upperRoutes({
        mlps: [10],
        heads: [[9, 2], [8, 0], [7, 11], [6, 10], [5, 6], [8, 9], [5, 2]],
      })),
      { base: bad, patch: good },
    ],
  ] as const;
  for (const [evaluation, plan, pair] of evaluations) {
    await t.step(evaluation, async () => {
      const probabilities = await patchedProbabilities(programs, { pair, plan, task });
      const array = { data: probabilities, shape: [97, 100] };
      within(array, expected[`probs_${evaluation}`], CIRCUIT_TOLERANCES.probability);
      const summary = summarizeBeside(measure(task, probabilities), behaviour, 0);
      meets(summary, numbers[evaluation]!);
    });
  }
}

for (const device of TEST_DEVICES) {
  Deno.test({
    name: `every greater-than number of gpt2-mini is met on ${device.name}`,
    ignore: device.absent,
    fn: (t) => checkCircuit(t, device),
  });
}
