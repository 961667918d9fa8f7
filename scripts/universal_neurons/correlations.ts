#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write --allow-ffi --allow-env=HF_*,HUGGINGFACE_HUB_CACHE,XDG_CACHE_HOME,TRANSFORMERS_OFFLINE,HOME,USERPROFILE,SLURM_ARRAY_TASK_*,JOB_COMPLETION_INDEX
/**
 * Which neurons of a model fire where some neuron of another model fires?
 *
 * Paper:    Gurnee et al. 2024, section 4; the correlations that figures 2 and 3 are made of.
 * Shapes:   tokens int32 [rows, ctx]; max_corr and the like [n], max_tail_corr [n, 50].
 * Command:  deno task un:correlations --model-1 tiny-gpt2-a --model-2 tiny-gpt2-b \
 *             --tokens rows/tokens.safetensors --baseline rotation
 * Time:     see docs/correlations.md.
 * Expected: 4.16 % of the neurons of stanford-gpt2-small-a are universal (100 M tokens of the Pile).
 */
import { commonOptions, sumsMemory } from "../../lib/cli/common_options.ts";
import { defineOptions } from "../../lib/cli/options.ts";
import { startProgress } from "../../lib/cli/progress.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import { chooseShard, type Shard, SHARD_OPTIONS } from "../../lib/cli/shard_options.ts";
import { checkpointMinutes, TOKEN_OPTIONS } from "../../lib/cli/token_options.ts";
import { correlationFigures } from "../../lib/figure/universal_neurons/correlation_figures.ts";
import { writeReport } from "../../lib/figure/write_report.ts";
import { describeRun } from "../../lib/model/describe_run.ts";
import {
  type ModelRun,
  modelRun,
  modelRunIdentity,
  reportFrame,
} from "../../lib/model/model_run.ts";
import { modelFiles } from "../../lib/model/model_files.ts";
import { openSession, type Session } from "../../lib/model/session.ts";
import { correlateNeurons, planRun } from "../../lib/neuron/correlation/correlate.ts";
import { float16ReportNumbers } from "../../lib/neuron/correlation/float16_result.ts";
import { CORRELATION_OPTIONS } from "../../lib/neuron/correlation/options.ts";
import { neuronColumns, universalShares } from "../../lib/neuron/correlation/outputs.ts";
import { describePlan } from "../../lib/neuron/correlation/plan.ts";
import { modelsOf, type RunSetup, setUpRun } from "../../lib/neuron/correlation/setup.ts";
import { runShard } from "../../lib/neuron/correlation/shards/run_shard.ts";
import { UNIVERSAL_EXCESS } from "../../lib/neuron/correlation/universal.ts";
import { writeResults } from "../../lib/neuron/correlation/write_results.ts";
import type { RunFolder } from "../../lib/store/run/run_folder.ts";

export const meta = {
  id: "universal_neurons/correlations",
  task: "un:correlations",
  paper: "Gurnee et al. 2024",
  figure: "the correlations behind figures 2 and 3",
  title: "Correlations between the neurons of models",
  question: "Which neurons of a model fire where some neuron of another model fires?",
  minutes: "a minute or two for the embedded models; --dry-run prints the work of others",
  outputs: [
    "arrays.safetensors: summaries of the matrix asked for, by neuron; columns over all partners",
    "real.safetensors: the same of the models themselves, beside a baseline",
    "pair_<partner>.safetensors, pair_<partner>_real.safetensors: where there are several partners",
    "summary.json: means, share of universal neurons with its spread over draws, dead neurons",
    "figures/ (.vl.json, .svg, .png) and report.html: all of it on one page",
    "with --float16-moments: float16.safetensors, tables/float16_moments.parquet: its columns, and " +
    "the neurons that change",
    "with --shard: shards/shard-<i>-of-<n>.safetensors and .json alone, for un:merge",
  ],
  example: "deno task un:correlations --model-1 tiny-gpt2-a --model-2 tiny-gpt2-b " +
    "--tokens rows/tokens.safetensors --baseline rotation",
};

const { check: _check, witness: _witness, ...common } = commonOptions(
  "cache/results/universal_neurons/correlations",
);

export const options = defineOptions({
  model1: {
    type: "string",
    required: true,
    paper: "stanford-gpt2-small-a",
    affects: "run",
    description: "Directory, embedded name (tiny-gpt2-a), alias or Hub id.",
  },
  model2: {
    type: "list",
    required: true,
    paper: "stanford-gpt2-small-b .. e",
    affects: "run",
    description: "Its partners, one or several; model 1 runs once for all.",
  },
  ...TOKEN_OPTIONS,
  ...CORRELATION_OPTIONS,
  ...SHARD_OPTIONS,
  checkpointMinutes: checkpointMinutes("a shard saves its sums"),
  ...common,
  memory: sumsMemory("tokens"),
});

type Context = ScriptContext<typeof options>;

/** The frame of the scripts names the first model `model`. */
function frameContext(context: Context) {
  return { ...context, options: { ...context.options, model: context.options.model1 } };
}

function plan(session: Session, setup: RunSetup) {
  const models = modelsOf(setup, session.device, () => session.model());
  return { models, ...planRun(models, setup.tokens, setup.request) };
}

async function correlate(session: Session, setup: RunSetup, { signal }: Context) {
  const { models, passes, blocks } = plan(session, setup);
  const total = passes.length * blocks.count;
  using progress = startProgress({ label: "correlations", total, unit: "blocks" });
  const onProgress = (done: number) => progress.set(done);
  const request = { ...setup.request, signal, onProgress };
  return await correlateNeurons(session.device, models, setup.tokens, request);
}

async function writeRun(
  run: RunFolder,
  session: Session,
  { setup, context }: { setup: RunSetup; context: Context },
): Promise<void> {
  const result = await correlate(session, setup, context);
  const model = setup.base.label;
  await writeResults(run, result, { tokens: setup.tokens.data.length, model });
  const titles = { model, baseline: context.options.baseline, universal: UNIVERSAL_EXCESS };
  const figures = correlationFigures(neuronColumns(result), universalShares(result), titles);
  const facts = { kept: result.kept, dropped: [...setup.request.dropped] };
  const frame = reportFrame(frameContext(context), session, facts);
  await writeReport(run, figures, { ...frame, numbers: float16ReportNumbers(result) });
}

/** Sums one shard into the run's folder. */
async function sumPart(
  context: Context,
  shard: Shard,
  { setup, work }: { setup: RunSetup; work: ModelRun },
): Promise<ScriptResult> {
  const { options, recorded } = context;
  await using session = await openSession(frameContext(context).options);
  const identity = await modelRunIdentity(frameContext(context), session, work);
  const planned = plan(session, setup);
  const { signal } = context;
  return await runShard(session.device, {
    shard,
    setup,
    planned,
    identity,
    recorded,
    options,
    signal,
  });
}

/** Runs the experiment, or finds it done, and reports it. */
export async function main(context: Context): Promise<ScriptResult> {
  const setup = await setUpRun(context.options);
  const files = await Promise.all(setup.partners.map(({ directory }) => modelFiles(directory)));
  const named = files.flatMap((paths, partner) =>
    paths.map((path, i) => [`model-2/${partner}/${i}`, path] as const)
  );
  const work: ModelRun = {
    plan: (session) => describePlan(plan(session, setup)),
    files: () => ({ tokens: context.options.tokens, ...Object.fromEntries(named) }),
    // Seeds are drawn by label.
    decided: () => ({ partners: setup.partners.map(({ label }) => label) }),
    write: (run, session) => writeRun(run, session, { setup, context }),
    describe: (run) => describeRun(run),
  };
  const shard = chooseShard(context.options);
  if (shard) return await sumPart(context, shard, { setup, work });
  return await modelRun(frameContext(context), work);
}

if (import.meta.main) await runScript(meta, options, main);
