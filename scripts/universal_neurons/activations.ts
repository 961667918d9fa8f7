#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write --allow-ffi --allow-env=HF_*,HUGGINGFACE_HUB_CACHE,XDG_CACHE_HOME,TRANSFORMERS_OFFLINE,HOME,USERPROFILE
/**
 * How active are chosen neurons on every token of a corpus, and how well are the tokens predicted?
 *
 * Paper:    Gurnee et al. 2024, sections 4 and 5; spec/universal_neurons.md section 1.8.
 * Shapes:   activations [n, B·T] or [n, B]; loss, entropy, rank [B, T].
 * Command:  deno task un:activations --model tiny-gpt2-a --neurons 3.415,0.7 \
 *             --tokens rows/tokens.safetensors
 * Time:     see docs/activations.md.
 * Expected: medium-a, "[50256, 20377, …]": pre-activations of 21.1131 from -0.614258 on (docs).
 */
import { commonOptions } from "../../lib/cli/common_options.ts";
import { GELU_OPTION, MODEL_OPTION } from "../../lib/cli/model_options.ts";
import { defineOptions } from "../../lib/cli/options.ts";
import { startProgress } from "../../lib/cli/progress.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import { checkpointMinutes, TOKEN_OPTIONS } from "../../lib/cli/token_options.ts";
import { describeRun } from "../../lib/model/describe_run.ts";
import { modelRun } from "../../lib/model/model_run.ts";
import type { Session } from "../../lib/model/session.ts";
import { cacheActivations } from "../../lib/neuron/cached/cache_activations.ts";
import { clearWork } from "../../lib/neuron/cached/finish.ts";
import { AGGREGATIONS, PRECISIONS } from "../../lib/neuron/cached/layout.ts";
import { LOCATIONS } from "../../lib/neuron/location.ts";
import { NEURON_OPTIONS } from "../../lib/neuron/cached/neuron_options.ts";
import {
  DEFAULT_BLOCK_TOKENS,
  describePlan,
  planActivations,
} from "../../lib/neuron/cached/plan.ts";
import { type ActivationSetup, setUpActivations } from "../../lib/neuron/cached/setup.ts";
import type { FinishedRun } from "../../lib/store/run/read_run.ts";
import type { RunFolder } from "../../lib/store/run/run_folder.ts";

export const meta = {
  id: "universal_neurons/activations",
  task: "un:activations",
  paper: "Gurnee et al. 2024",
  figure: "the activations behind section 4's families and section 5",
  title: "Activations of neurons over a corpus",
  question: "How active are chosen neurons on every token of a corpus?",
  minutes: "seconds for the embedded models; --dry-run prints memory and disk of others",
  outputs: [
    "arrays.safetensors: activations [n, B·T], one row a neuron; layer, neuron [n]; loss, entropy, " +
    "rank [B, T]",
    "tokens.safetensors: the rows that were read, with their subsets",
    "summary.json: means, and what float16 or 8 bits could not hold",
  ],
  example: "deno task un:activations --model tiny-gpt2-a --neurons 3.415,0.7 " +
    "--tokens rows/tokens.safetensors",
};

const { check: _check, witness: _witness, ...common } = commonOptions(
  "cache/results/universal_neurons/activations",
);

export const options = defineOptions({
  model: { ...MODEL_OPTION, default: "stanford-gpt2-small-a", paper: "stanford-gpt2-medium-a" },
  gelu: GELU_OPTION,
  ...TOKEN_OPTIONS,
  ...NEURON_OPTIONS,
  location: {
    type: "choice",
    choices: LOCATIONS,
    default: "mlp.hook_pre",
    paper: "mlp.hook_pre",
    description: "Before or after the nonlinearity.",
  },
  aggregation: {
    type: "choice",
    choices: AGGREGATIONS,
    default: "none",
    paper: "none",
    description: "One value a row of tokens: its mean, maximum or last position.",
  },
  indexMask: {
    type: "string",
    placeholder: "NAME",
    description: "Array of the tokens file, 0 where a position does not count in the aggregation.",
  },
  maskedMax: {
    type: "choice",
    choices: ["none", "minus-one"],
    default: "none",
    description: "Masked positions never are the maximum, or count as -1 as in the original.",
  },
  precision: {
    type: "choice",
    choices: PRECISIONS,
    default: "16",
    unit: "bits",
    paper: "16",
    description: "Bits of an activation: float32, float16, or 256 steps a neuron.",
  },
  loss: { type: "boolean", default: true, description: "Cross-entropy of each next token." },
  entropy: { type: "boolean", default: true, description: "Entropy of each prediction." },
  rank: { type: "boolean", default: true, description: "Rank of each next token." },
  blockTokens: {
    type: "integer",
    default: DEFAULT_BLOCK_TOKENS,
    min: 1,
    max: 1 << 20,
    unit: "tokens",
    description: "Tokens computed as one; more is faster on a GPU.",
  },
  checkpointMinutes: checkpointMinutes("columns are written before they fill the memory"),
  ...common,
});

type Context = ScriptContext<typeof options>;

async function write(
  run: RunFolder,
  session: Session,
  { setup, context: { options: given, signal } }: { setup: ActivationSetup; context: Context },
): Promise<void> {
  const [rows] = setup.corpus.tokens.shape as [number, number];
  let progress: ReturnType<typeof startProgress> | undefined;
  try {
    await cacheActivations(run, setup, {
      ...given,
      signal,
      model: () => session.model(),
      onProgress: (done) => {
        progress ??= startProgress({
          label: "activations",
          total: rows,
          unit: "rows",
          start: done,
        });
        progress.set(done);
      },
    });
  } finally {
    progress?.[Symbol.dispose]();
  }
}

/** Runs the experiment, or finds it done, and reports it. */
export async function main(context: Context): Promise<ScriptResult> {
  const { options: given } = context;
  const setup = await setUpActivations(given);
  return await modelRun(context, {
    plan: () => describePlan(setup, planActivations(setup, given)),
    files: () => ({ tokens: given.tokens, neurons: given.neuronsFile }),
    write: (run, session) => write(run, session, { setup, context }),
    describe,
  });
}

async function describe(run: FinishedRun): Promise<ScriptResult> {
  await clearWork(run);
  return await describeRun(run, "arrays.safetensors");
}

if (import.meta.main) await runScript(meta, options, main);
