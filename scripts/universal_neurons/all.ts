#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write --allow-ffi --allow-env=HF_*,HUGGINGFACE_HUB_CACHE,XDG_CACHE_HOME,TRANSFORMERS_OFFLINE,HOME,USERPROFILE,DEBUG_TAGS,DEBUG_MATCH,DEBUG_CHUNKS
/**
 * Everything about universal neurons on the embedded models: rows, runs, figures, report.
 *
 * Paper:    Gurnee et al. 2024; every section that the scripts beside this one are about.
 * Shapes:   those of each script.
 * Command:  deno task un:all
 * Time:     see docs/all.md.
 * Expected: every step done, and a page of claims beside the paper's.
 */
import { basename, join } from "node:path";
import { callable } from "../../lib/cli/call_script.ts";
import { commonOptions } from "../../lib/cli/common_options.ts";
import { note } from "../../lib/cli/log.ts";
import { commandLine } from "../../lib/cli/meta.ts";
import { defineOptions } from "../../lib/cli/options.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import {
  type LateWord,
  runSteps,
  type Step,
  stepCommand,
  stepsFailure,
} from "../../lib/cli/steps.ts";
import { cannot } from "../../lib/errors.ts";
import { readRun } from "../../lib/store/run/read_run.ts";
import { readRecord } from "../../lib/store/run/run_record.ts";
import * as report from "../report.ts";
import * as activations from "./activations.ts";
import * as alphabet from "./alphabet.ts";
import * as attention from "./attention_deactivation.ts";
import * as bos from "./bos.ts";
import * as correlationError from "./correlation_error.ts";
import * as correlations from "./correlations.ts";
import * as entropyNeurons from "./entropy.ts";
import * as entropy from "./entropy_intervention.ts";
import * as explain from "./explain.ts";
import * as familyCount from "./family_count.ts";
import * as intervention from "./intervention.ts";
import * as makeDataset from "./make_dataset.ts";
import * as mysteries from "./mysteries.ts";
import * as neuronDf from "./neuron_df.ts";
import * as place from "./place.ts";
import * as position from "./position.ts";
import * as prediction from "./prediction.ts";
import * as previousToken from "./previous_token.ts";
import * as properties from "./properties.ts";
import * as summary from "./summary.ts";
import * as syntax from "./syntax.ts";
import * as tagCorpus from "./tag_corpus.ts";
import * as topic from "./topic.ts";
import * as unigram from "./unigram.ts";
import * as viewer from "./viewer.ts";
import * as weights from "./weights.ts";

export const meta = {
  id: "universal_neurons/all",
  task: "un:all",
  paper: "Gurnee et al. 2024",
  title: "Universal neurons from one command",
  question: "What do all the scripts of universal neurons find in the embedded models?",
  minutes: "three for the embedded models on 2 cores; see docs/all.md",
  outputs: ["a folder of each step below --out, and report/report.html over all of them"],
  example: "deno task un:all --dry-run",
};

const { out, device, seed, dryRun, json, quiet } = commonOptions("cache/results/universal_neurons");

export const options = defineOptions({
  models: {
    type: "list",
    default: ["tiny-gpt2-a", "tiny-gpt2-b", "tiny-gpt2-c", "tiny-gpt2-d", "tiny-gpt2-e"],
    description: "The model that is looked at, then its partners: two or more, of one tokenizer.",
  },
  text: {
    type: "path",
    default: "cache/text/sample.txt",
    description: "Text of the corpus.",
  },
  rows: {
    type: "integer",
    default: 256,
    min: 4,
    unit: "rows",
    description: "Rows of the corpus.",
  },
  ctx: { type: "integer", default: 128, min: 16, unit: "tokens", description: "Tokens a row." },
  interventionRows: {
    type: "integer",
    default: 32,
    min: 1,
    unit: "rows",
    description: "Rows that the entropy intervention reads, 330 passes through the last layers.",
  },
  ...{ out, device, seed, dryRun, json, quiet },
});

type Context = ScriptContext<typeof options>;

/** Refuses models that cannot have a folder each, or nothing to be held against. */
function checkModels(models: readonly string[]): void {
  const names = models.map((model) => basename(model));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (models.length > 1 && twice === undefined) return;
  throw cannot("E-USAGE", {
    do: "read option",
    thing: "--models",
    is: twice === undefined ? `${models.length} of them` : `two that are called ${twice}`,
    expected: "a model and one partner or more, of different names",
    hint: "--models tiny-gpt2-a,tiny-gpt2-b",
  });
}

/** Parts of the rows whose correlations are held against those of all. */
const SHARES = [16, 4];

/** The neuron that writes most like a prediction, from a run of un:weights. */
function sharpestNeuron(directory: string): LateWord {
  return {
    words: "<largest vocab_kurt>",
    async read() {
      const { columns, rows } = await (await readRun(directory)).table("neurons");
      let best = 0;
      for (let row = 1; row < rows; row++) {
        if (Number(columns["vocab_kurt"]![row]) > Number(columns["vocab_kurt"]![best])) best = row;
      }
      return `${columns["layer"]![best]}.${columns["neuron"]![best]}`;
    },
  };
}

/** Every step in order, each with what it needs. */
function stepsOf({ models, text, rows, ctx, out, device, seed, ...given }: Context["options"]) {
  const [model, ...partners] = models as [string, ...string[]];
  const folder = (name: string) => join(out, name);
  const run = ["--device", device, "--seed", String(seed)];
  const dataset = folder("make_dataset");
  const tokens = ["--tokens", join(dataset, "tokens.safetensors")];
  const step = (
    name: string,
    script: Step["script"],
    argv: Step["argv"],
    needs: readonly string[] = [],
  ): Step => ({ name, script, argv: [...argv, "--out", folder(name)], needs });
  const correlate = (name: string, read: number) =>
    step(name, callable(correlations), [
      ...["--model-1", model, "--model-2", partners.join(","), ...tokens, "--rows", String(read)],
      ...["--baseline", "rotation", ...run],
    ], ["make_dataset"]);
  const parts = SHARES.map((share) =>
    [`correlations_1_${share}`, Math.floor(rows / share)] as const
  )
    .filter(([, part]) => part > 0);
  const of = ["--model", model];
  const table = ["--run", folder("neuron_df")];
  const cached = ["--activations", folder("activations")];
  const explained = ["activations", "explain"];
  const runs = ["correlations", ...parts.map(([name]) => name)];
  return [
    step("make_dataset", callable(makeDataset), [
      ...["--text", text, ...of, "--ctx", String(ctx), "--rows", String(rows)],
      ...["--seed", String(seed)],
    ]),
    correlate("correlations", rows),
    ...parts.map(([name, part]) => correlate(name, part)),
    step("correlation_error", callable(correlationError), [
      ...["--run", runs.map(folder).join(",")],
    ], runs),
    step("weights", callable(weights), [...of, ...run]),
    ...partners.map((partner) =>
      step(`${basename(partner)}/weights`, callable(weights), ["--model", partner, ...run])
    ),
    step("summary", callable(summary), [...of, ...tokens, ...run], ["make_dataset"]),
    step("neuron_df", callable(neuronDf), [
      ...["--correlations", folder("correlations"), "--weights", folder("weights")],
      ...["--summary", folder("summary")],
    ], ["correlations", "weights", "summary"]),
    step("properties", callable(properties), table, ["neuron_df"]),
    step("mysteries", callable(mysteries), [...table, "--weights", folder("weights")], [
      ...["neuron_df", "weights"],
    ]),
    step("activations", callable(activations), [...of, ...tokens, "--layers", "all", ...run], [
      "make_dataset",
    ]),
    step("tag_corpus", callable(tagCorpus), [...of, ...tokens], ["make_dataset"]),
    step("explain", callable(explain), [
      ...[...cached, "--tags", folder("tag_corpus"), "--seed", String(seed)],
    ], ["activations", "tag_corpus"]),
    step("family_count", callable(familyCount), [...table, "--explain", folder("explain")], [
      ...["neuron_df", "explain"],
    ]),
    ...[
      ["alphabet", callable(alphabet)] as const,
      ["unigram", callable(unigram)] as const,
      ["previous_token", callable(previousToken)] as const,
    ].map(([name, script]) =>
      step(name, script, [...cached, "--explain", folder("explain")], explained)
    ),
    step("syntax", callable(syntax), ["--run", folder("explain")], explained),
    ...[["topic", callable(topic)] as const, ["place", callable(place)] as const].map(
      ([name, script]) =>
        step(name, script, [
          ...["--summary", folder("summary"), "--explain", folder("explain")],
        ], ["summary", "explain"]),
    ),
    step("position", callable(position), [...cached, "--neuron-df", folder("neuron_df")], [
      ...["activations", "neuron_df"],
    ]),
    step("prediction", callable(prediction), ["--models", models.join(","), ...cached, ...run], [
      "activations",
    ]),
    step("entropy_intervention", callable(entropy), [
      ...[...of, ...tokens, "--rows", String(Math.min(rows, given.interventionRows))],
      ...["--weights", folder("weights"), "--summary", folder("summary"), ...run],
    ], ["make_dataset", "weights", "summary"]),
    step("entropy", callable(entropyNeurons), [
      ...["--neuron-df", folder("neuron_df"), "--run", folder("entropy_intervention")],
    ], ["neuron_df", "entropy_intervention"]),
    step("intervention", callable(intervention), [
      ...[...of, ...tokens, "--neuron", sharpestNeuron(folder("weights")), ...run],
    ], ["make_dataset", "weights"]),
    step("attention_deactivation", callable(attention), [
      ...[...of, ...tokens, "--context", String(ctx), "--after-pos", String(ctx >> 1), ...run],
    ], ["make_dataset"]),
    step("bos", callable(bos), ["--run", folder("attention_deactivation")], [
      "attention_deactivation",
    ]),
    step("viewer", callable(viewer), [
      ...[...of, ...tokens, "--summary", folder("summary"), "--weights", folder("weights")],
      ...["--correlations", folder("correlations"), "--neuron-df", folder("neuron_df")],
      ...["--explain", folder("explain")],
    ], ["correlations", "summary", "neuron_df", "explain"]),
    step("report", callable(report), ["--runs", out]),
  ];
}

/** Changes when a step's folder is written anew. */
async function stampOf({ argv }: Step): Promise<string | undefined> {
  const record = await readRecord(String(argv[argv.indexOf("--out") + 1])).catch(() => undefined);
  return record && `${record.identity} ${record.started}`;
}

/** Runs every step, or lists them. */
export async function main(context: Context): Promise<ScriptResult> {
  const { options: given, argv } = context;
  checkModels(given.models);
  const steps = stepsOf(given);
  if (given.dryRun) return { text: steps.map((one) => `${stepCommand(one)}\n`).join("") };
  const start = performance.now();
  const outcomes = await runSteps(steps, { signals: context, stamp: stampOf, onLine: note });
  const seconds = (performance.now() - start) / 1000;
  const failure = stepsFailure(outcomes, commandLine(meta, argv));
  const page = join(given.out, "report", "report.html");
  note(`${outcomes.length} steps in ${seconds.toFixed(0)} s`);
  return {
    text: `${page}\n`,
    data: { directory: given.out, seconds, steps: outcomes },
    ...(failure && { failure }),
  };
}

if (import.meta.main) await runScript(meta, options, main);
