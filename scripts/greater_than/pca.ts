#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write --allow-ffi --allow-env=HF_*,HUGGINGFACE_HUB_CACHE,XDG_CACHE_HOME,TRANSFORMERS_OFFLINE,HOME,USERPROFILE
/**
 * Do a head's output and an MLP's input put the start years on a curve, in order?
 *
 * Paper:    Hanna, Liu, Variengien 2023; the figure of principal components.
 * Shapes:   good_tokens int32 [97, 12]; raw_* [97, D]; pca_* [97, 2]; pca_explained_* [2].
 * Command:  deno task gt:pca --model gpt2
 * Time:     seconds; half a minute where the nodes have to be found.
 * Expected: gpt2 a7.h10 output and MLP 8 input in order of the years, a7.h8 output not.
 */
import { allToFloat32 } from "../../lib/array.ts";
import { askedCircuit, CIRCUIT_OPTIONS } from "../../lib/circuit/search/asked_circuit.ts";
import { promptArrays } from "../../lib/circuit/task/behaviour_arrays.ts";
import { circuitChoice, circuitFile } from "../../lib/circuit/search/choose_circuit.ts";
import { yearTask } from "../../lib/circuit/task/contrast_task.ts";
import { NodePrograms } from "../../lib/circuit/patch/node_programs.ts";
import { nodeName } from "../../lib/circuit/graph/nodes.ts";
import { isPaperModel, modelTitle } from "../../lib/circuit/paper/paper_numbers.ts";
import { pcaActivations } from "../../lib/circuit/pca/pca_activations.ts";
import {
  choosePcaNodes,
  evidenceArrays,
  namedPcaNodes,
  nodeEvidence,
  type PcaNodes,
  settledPcaNames,
} from "../../lib/circuit/pca/pca_nodes.ts";
import { pcaPanels } from "../../lib/circuit/pca/pca_panel.ts";
import {
  type PcaSummaries,
  reportComponents,
  tableOfComponents,
} from "../../lib/circuit/pca/pca_report.ts";
import { nothingToCheck } from "../../lib/circuit/paper/unpublished.ts";
import { commonOptions } from "../../lib/cli/common_options.ts";
import { note } from "../../lib/cli/log.ts";
import { GELU_OPTION, MODEL_OPTION } from "../../lib/cli/model_options.ts";
import { defineOptions } from "../../lib/cli/options.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import { cannot } from "../../lib/errors.ts";
import { pcaFigures } from "../../lib/figure/greater_than/pca_figures.ts";
import { writeReport } from "../../lib/figure/write_report.ts";
import { describeTable } from "../../lib/model/describe_run.ts";
import { modelRun, reportFrame } from "../../lib/model/model_run.ts";
import type { Session } from "../../lib/model/session.ts";
import { openTokenizer } from "../../lib/model/tokenizer.ts";
import type { RunFolder } from "../../lib/store/run/run_folder.ts";
import { makeYearPrompts, orderedYearPrompts } from "../../lib/text/year_prompts.ts";

export const meta = {
  id: "greater_than/pca",
  task: "gt:pca",
  paper: "Hanna et al. 2023",
  figure: "the figure of principal components",
  title: "Greater-than: principal components by start year",
  question: "Do a head's output and an MLP's input put the start years on a curve, in order?",
  minutes: "seconds; half a minute where the nodes have to be found",
  outputs: [
    "arrays.safetensors: pca_* [97, 2], pca_explained_* [2], raw_* [97, D], prompts",
    "summary.json: explained variance, and how far in years the nearest neighbours are",
    "figures/: pca-analysis (.vl.json, .svg, .png)",
    "report.html: all of it on one page",
  ],
  example: "deno task gt:pca --model tiny-gpt2-a",
};

export const options = defineOptions({
  model: MODEL_OPTION,
  head: {
    type: "string",
    paper: "a7.h10",
    placeholder: "a7.h10",
    description: "Head that carries the start year; the circuit's strongest such head when absent.",
  },
  control: {
    type: "string",
    paper: "a7.h8",
    placeholder: "a7.h8",
    description: "Head that does not; the one of least effect in that layer when absent.",
  },
  mlp: {
    type: "string",
    paper: "m8",
    placeholder: "m8",
    description: "MLP whose input is looked at; the circuit's lowest at END when absent.",
  },
  century: {
    type: "integer",
    default: 17,
    min: 10,
    max: 99,
    paper: 17,
    description: "Start years are 02 to 98 of it; all must be two tokens.",
  },
  ...CIRCUIT_OPTIONS,
  gelu: GELU_OPTION,
  ...commonOptions("cache/results/greater_than/pca"),
});

type Context = ScriptContext<typeof options>;

/** Whose nodes are looked at without a search; the model's name has a say, so the record keeps them. */
function settledNames({ label }: Session, { options: { head, control, mlp } }: Context) {
  return settledPcaNames({ head, control, mlp }, { isPaperModel: isPaperModel(label) });
}

/** The nodes and, where they had to be found, what they were chosen by. */
async function findNodes(session: Session, context: Context) {
  const { memory, seed } = context.options;
  const { signal } = context;
  const model = await session.model();
  const given = namedPcaNodes(settledNames(session, context), model.config);
  if (given.head && given.control && given.mlp !== undefined) {
    return { nodes: given as PcaNodes, arrays: {} };
  }
  const task = yearTask(makeYearPrompts(await openTokenizer(session.directory), { seed }));
  using programs = new NodePrograms(model);
  const circuit = await askedCircuit(session.label, { programs, task }, {
    ...context.options,
    signal,
  });
  if (!circuit) {
    throw cannot("E-CIRCUIT", {
      do: "choose nodes of",
      thing: session.label,
      is: "a model without a circuit",
      expected: "a circuit, or nodes by name",
      hint: "name them with --head, --control and --mlp, or lower --threshold",
    });
  }
  const evidence = await nodeEvidence(programs, task, circuit, { memory, signal, seed });
  return { nodes: choosePcaNodes(given, evidence), arrays: evidenceArrays(evidence) };
}

async function writeResults(run: RunFolder, session: Session, context: Context) {
  const { century, memory, witness: count, seed } = context.options;
  const { signal } = context;
  const tokenizer = await openTokenizer(session.directory);
  const task = yearTask(orderedYearPrompts(tokenizer, { century, seed, endOfText: false }));
  const { nodes, arrays: evidence } = await findNodes(session, context);
  const names = {
    head: nodeName(nodes.head),
    control: nodeName(nodes.control),
    mlp: `m${nodes.mlp}`,
  };
  note(`nodes  head ${names.head}, control ${names.control}, input of MLP ${nodes.mlp}`);
  const { rows, forward } = await pcaActivations(await session.model(), task, {
    nodes,
    memory,
    signal,
  });
  await session.witness(forward, { count, seed });
  const { arrays: components, summaries } = pcaPanels(rows, task.YY!, seed);
  await run.writeArrays({
    ...promptArrays(task),
    ...Object.fromEntries([...rows].map(([name, raw]) => [`raw_${name}`, raw])),
    ...components,
    ...allToFloat32(evidence),
  });
  const { label: model } = session;
  await run.writeSummary({ model, century, ...names, panels: summaries });
  await writeReport(run, pcaFigures(components, { model: modelTitle(model) }), {
    ...reportFrame(context, session, { century, ...names }),
    numbers: reportComponents(summaries),
  });
}

/** Runs the experiment, or finds it done, and reports it. */
export function main(context: Context): Promise<ScriptResult> {
  const { century, circuit, check } = context.options;
  if (check) throw nothingToCheck(meta.id);
  const choice = ({ label }: Session) => circuitChoice(circuit, label);
  return modelRun(context, {
    plan: () => `97 prompts, years ${century}02 to ${century}98`,
    files: (session) => ({ circuit: circuitFile(circuit, session.label) }),
    decided: (session) => ({ circuit: choice(session), ...settledNames(session, context) }),
    write: (run, session) => writeResults(run, session, context),
    describe: (run) =>
      describeTable(run, ({ panels }) => tableOfComponents(panels as unknown as PcaSummaries)),
  });
}

if (import.meta.main) await runScript(meta, options, main);
