/**
 * The finished runs that a viewer shows, checked to be of one model.
 *
 * @module
 */
import { basename } from "node:path";
import { cannot } from "../../errors.ts";
import type { FinishedRun } from "../../store/run/read_run.ts";
import { readRecord } from "../../store/run/run_record.ts";
import { readSourceRun } from "../../store/run/source_run.ts";

/** What a run can be for; one that may be made from others comes after them. */
export const VIEWER_SOURCES = {
  summary: { script: "universal_neurons/summary", task: "un:summary" },
  weights: { script: "universal_neurons/weights", task: "un:weights" },
  correlations: { script: "universal_neurons/correlations", task: "un:correlations" },
  explain: { script: "universal_neurons/explain", task: "un:explain" },
  neuronDf: { script: "universal_neurons/neuron_df", task: "un:neuron-df" },
} as const;

/** A key of {@linkcode VIEWER_SOURCES}. */
export type ViewerSource = keyof typeof VIEWER_SOURCES;

/** The runs that there are. */
export type ViewerRuns = Readonly<Partial<Record<ViewerSource, FinishedRun>>>;

/** The model whose neurons are shown. */
export interface ShownModel {
  /** Its name, without a folder. */
  readonly name: string;
  /** L, F, H and V. */
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly vocabSize: number;
  /** sha256s of its files as run.json names them, `model/config.json`. */
  readonly files: ReadonlyMap<string, string>;
}

/** What a run says of its model. */
interface Claim {
  /** The run's name for it, without a folder. */
  readonly name: string | undefined;
  readonly layers: number | undefined;
  /** L·F. */
  readonly neurons: number | undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

async function claimOf(kind: ViewerSource, run: FinishedRun): Promise<Claim> {
  const summary = await run.summary();
  const label = summary["model"] ?? summary["model_1"];
  const name = typeof label === "string" ? basename(label) : undefined;
  return {
    name,
    layers: numberOf(summary["layers"]),
    neurons: await neuronsOf(kind, run),
  };
}

/** Rows of the run's arrays or table; an explanation may have some neurons only. */
async function neuronsOf(kind: ViewerSource, run: FinishedRun): Promise<number | undefined> {
  if (kind === "explain") return undefined;
  if (kind === "neuronDf") return (await run.table("neuron_df")).rows;
  const array = {
    summary: "neuron_bin_counts",
    weights: "w_in_norm",
    correlations: "pairs_mean_corr",
  };
  await using file = await run.openArrays();
  return file.info(array[kind]).shape[0];
}

/** Whether the run read the model's files; undefined where it read none of any model. */
function readModel({ record }: FinishedRun, { files }: ShownModel): boolean | undefined {
  const made = record.inputs.filter(({ name }) => files.has(name));
  if (made.length === 0) return undefined;
  return made.every(({ name, sha256 }) => files.get(name) === sha256);
}

/** Whether a run was made from a file of another one. */
function isMadeFrom({ record }: FinishedRun, others: readonly FinishedRun[]): boolean {
  const hashes = new Set(
    others.flatMap((other) => other.record.outputs.map((file) => file.sha256)),
  );
  return record.inputs.some(({ sha256 }) => hashes.has(sha256));
}

/**
 * Checks that a run is of the model: by the sha256s of the model's files that it read; where it read
 * none, because it was made from one of the `others`, which are; else by name; and always by size.
 *
 * @throws {NeuriteError} E-USAGE that names the run's model and the one that is shown.
 */
async function checkSource(
  [kind, run]: readonly [ViewerSource, FinishedRun],
  model: ShownModel,
  others: readonly FinishedRun[],
): Promise<void> {
  const n = model.layers * model.width;
  const { name, layers, neurons } = await claimOf(kind, run);
  const isSize = (neurons ?? n) === n && (layers ?? model.layers) === model.layers;
  const isNamesake = name === undefined || name === model.name;
  if (isSize && (readModel(run, model) ?? (isMadeFrom(run, others) || isNamesake))) return;
  const sizes = [
    ...(layers === undefined ? [] : [`${layers} layers`]),
    ...(neurons === undefined ? [] : [`${neurons} neurons`]),
  ];
  throw cannot("E-USAGE", {
    do: "show",
    thing: run.directory,
    is: `${VIEWER_SOURCES[kind].task} of ${name ?? "a model it does not name"}` +
      (sizes.length === 0 ? "" : ` (${sizes.join(", ")})`) +
      (isNamesake && isSize ? ", of other files" : ""),
    expected: `${model.name} (${model.layers} layers, ${n} neurons)`,
    hint: "give runs of one model, and that model with --model",
  });
}

/** Where a run may be. */
export interface AskedRun {
  readonly path: string;
  /** Whether a person named it; what only may be there is left out where it is not, or of another model. */
  readonly isGiven: boolean;
}

/** What is looked for, and what is said of what is left out. */
export interface OpenRunsOptions {
  readonly asked: Readonly<Partial<Record<ViewerSource, AskedRun>>>;
  readonly onLeftOut: (why: string) => void;
}

/**
 * Opens the runs that there are.
 *
 * @throws {NeuriteError} E-FILE-MISSING for a named one that is not there; E-USAGE for a named one of
 * another model, with both named; E-FILE-CORRUPT.
 */
export async function openRuns(
  model: ShownModel,
  { asked, onLeftOut }: OpenRunsOptions,
): Promise<ViewerRuns> {
  const runs: Partial<Record<ViewerSource, FinishedRun>> = {};
  for (const kind of Object.keys(VIEWER_SOURCES) as ViewerSource[]) {
    const { path, isGiven } = asked[kind] ?? {};
    if (path === undefined) continue;
    if (!isGiven && await readRecord(path) === undefined) continue;
    const { script, task } = VIEWER_SOURCES[kind];
    const run = await readSourceRun(path, { script, command: `deno task ${task}` });
    try {
      await checkSource([kind, run], model, Object.values(runs));
    } catch (error) {
      if (isGiven || (error as { code?: unknown }).code !== "E-USAGE") throw error;
      onLeftOut(`${run.directory} is left out: ${(error as Error).message}`);
      continue;
    }
    runs[kind] = run;
  }
  return runs;
}
