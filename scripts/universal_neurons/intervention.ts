#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write --allow-ffi --allow-env=HF_*,HUGGINGFACE_HUB_CACHE,XDG_CACHE_HOME,TRANSFORMERS_OFFLINE,HOME,USERPROFILE
/**
 * What does the model lose with one neuron: loss, entropy and rank of every token without it.
 *
 * Paper:    Gurnee et al. 2024, section 5.2; spec/universal_neurons.md section 1.13.
 * Shapes:   loss, rank [B, T − 1]; entropy [B, T]; the same with nominal_.
 * Command:  deno task un:intervention --model tiny-gpt2-a --neuron 3.415 --tokens TOKENS
 * Time:     seconds for the embedded models.
 * Expected: no number is published; the script reports its own with their errors.
 */
import { basename, join } from "node:path";
import { commonOptions } from "../../lib/cli/common_options.ts";
import { note } from "../../lib/cli/log.ts";
import { MODEL_OPTION } from "../../lib/cli/model_options.ts";
import { defineOptions } from "../../lib/cli/options.ts";
import { startProgress } from "../../lib/cli/progress.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import { terminalTable } from "../../lib/cli/terminal_table.ts";
import { TOKEN_OPTIONS } from "../../lib/cli/token_options.ts";
import { activationFigure } from "../../lib/figure/universal_neurons/intervention_figures.ts";
import { writeReport } from "../../lib/figure/write_report.ts";
import { modelRun, reportFrame } from "../../lib/model/model_run.ts";
import type { Session } from "../../lib/model/session.ts";
import { reportWitness } from "../../lib/model/witness.ts";
import {
  ActivationBins,
  binArrays,
  binSeries,
} from "../../lib/neuron/intervene/activation_bins.ts";
import { CHANGES } from "../../lib/neuron/intervene/change.ts";
import { setUpSingle } from "../../lib/neuron/intervene/setup.ts";
import {
  changeRows,
  reportChanges,
  type SingleSummary,
  singleSummary,
} from "../../lib/neuron/intervene/single_outputs.ts";
import type { InterventionRequest } from "../../lib/neuron/intervene/request.ts";
import { runInterventions } from "../../lib/neuron/intervene/run_interventions.ts";
import { appendSingle, changeName } from "../../lib/neuron/intervene/token_arrays.ts";
import { InterventionWitness } from "../../lib/neuron/intervene/witness.ts";
import { openRowArrays } from "../../lib/neuron/row_arrays.ts";
import { streamSafetensors } from "../../lib/store/format/safetensors_stream.ts";
import type { FinishedRun } from "../../lib/store/run/read_run.ts";
import type { RunFolder } from "../../lib/store/run/run_folder.ts";

export const meta = {
  id: "universal_neurons/intervention",
  task: "un:intervention",
  paper: "Gurnee et al. 2024",
  figure: "ablations of prediction neurons, section 5.2",
  title: "A neuron taken out",
  question: "What does the model lose with one neuron?",
  minutes: "seconds for the embedded models",
  outputs: [
    "arrays.safetensors: loss and rank [B, T − 1], entropy [B, T], the same with nominal_ of the " +
    "unchanged model, tokens and activation [B, T]",
    "by_activation.safetensors: mean changes by the neuron's activation before",
    "summary.json: mean of every measure before and after, its change and the change's error",
    "figures/ (.vl.json, .svg, .png) and report.html: all of it on one page",
  ],
  example:
    "deno task un:intervention --model tiny-gpt2-a --neuron 3.415 --tokens tokens.safetensors",
};

export const options = defineOptions({
  model: { ...MODEL_OPTION, default: "stanford-gpt2-medium-a", paper: "stanford-gpt2-medium-a" },
  ...TOKEN_OPTIONS,
  neuron: {
    type: "string",
    required: true,
    placeholder: "layer.index",
    description: "The neuron; docs/intervention.md has the paper's.",
  },
  type: {
    type: "choice",
    choices: CHANGES.filter((kind) => kind !== "multiply_activation"),
    default: "zero_ablation",
    paper: "zero_ablation",
    description: "What is done to its activation, at every position.",
  },
  value: {
    type: "number",
    default: 0,
    paper: 0,
    description: "Upper bound of threshold_ablation, value of fixed_activation.",
  },
  location: {
    type: "choice",
    choices: ["mlp.hook_post", "mlp.hook_pre"],
    default: "mlp.hook_pre",
    paper: "mlp.hook_pre",
    description: "Where: before the GELU or after it.",
  },
  positions: {
    type: "choice",
    choices: ["valid", "all"],
    default: "valid",
    description: "Tokens that means are over; valid leaves out special tokens and each row's last.",
  },
  ...commonOptions("cache/results/universal_neurons/intervention"),
});

type Context = ScriptContext<typeof options>;

async function writeResults(run: RunFolder, session: Session, context: Context) {
  const { options: given, signal } = context;
  const { location, memory, positions, witness: count, seed, type: kind, value } = given;
  const { tokens, sets } = await setUpSingle(session, given);
  using progress = startProgress({ label: "intervention", unit: "rows" });
  const request: InterventionRequest = {
    ...{ sets, location, frozen: false, memory, signal },
    changes: [{ kind, value }],
    onProgress: (done, total) => progress.set(done, total),
  };
  const witness = new InterventionWitness(request, tokens, { count, seed });
  const bins = new ActivationBins(given.neuron);
  await using arrays = await openRowArrays(run.directory);
  const means = await runInterventions(await session.model(), tokens, request, {
    positions,
    onBlock: async (block, counts) => {
      witness.see(block);
      bins.add(block, counts);
      await appendSingle(arrays, given.neuron, block);
    },
  });
  if (count > 0) note(reportWitness(await witness.testify(session.directory, session.gelu)));
  const metadata = { suite: "neurite", script: meta.id };
  await run.writeFile("arrays.safetensors", streamSafetensors(arrays.streams(), metadata));
  const found = bins.finish();
  await run.writeArrays(binArrays(found), "by_activation");
  const { label: model } = session;
  const change = changeName({ kind, value });
  const { neuron } = given;
  const numbers = singleSummary(means);
  const [rows] = tokens.shape as [number];
  await run.writeSummary({
    ...{ model, neuron, change, location, positions, rows, tokens: means.tokens },
    ...numbers,
  });
  const figure = activationFigure({
    ...{ model: basename(model), neuron, change, location },
    ...binSeries(found),
  });
  await writeReport(run, found.length > 1 ? [figure] : [], {
    ...reportFrame(context, session, { rows }),
    numbers: reportChanges(numbers),
  });
}

/** Runs the experiment, or finds it done, and reports it. */
export function main(context: Context): Promise<ScriptResult> {
  const { options: given } = context;
  return modelRun(context, {
    files: () => ({ tokens: given.tokens }),
    plan: async (session) => {
      const { tokens: { shape: [rows, length] } } = await setUpSingle(session, given);
      return `${session.label}: ${given.type} of ${given.neuron} on ${rows} rows of ${length} tokens`;
    },
    write: (run, session) => writeResults(run, session, context),
    describe,
  });
}

/** The finished run as a table and as JSON. */
async function describe(run: FinishedRun): Promise<ScriptResult> {
  const summary = await run.summary();
  const rows = changeRows(summary as unknown as SingleSummary);
  const heads = [String(summary["neuron"]), "unchanged", String(summary["change"]), "change", "se"];
  return {
    text: `${terminalTable(heads, rows)}${join(run.directory, "report.html")}\n`,
    data: { directory: run.directory, summary },
  };
}

if (import.meta.main) await runScript(meta, options, main);
