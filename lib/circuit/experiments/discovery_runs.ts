/**
 * Finished runs of circuit_discovery and of big_ds_experiments, whose answers on many prompts take the
 * place of the former's where both are of one model and its prompts.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import { note } from "../../cli/log.ts";
import { cannot, NeuriteError } from "../../errors.ts";
import type { FinishedRun } from "../../store/run/read_run.ts";
import { haveSameInputs, readSourceRun } from "../../store/run/source_run.ts";
import {
  type JudgedNumber,
  type MeasuredOn,
  type Summaries,
  yearNumbers,
} from "../paper/paper_numbers.ts";

type Summary = Summaries & MeasuredOn & { readonly model: string; readonly count: number };

/** Arrays of answers by their name in circuit_discovery's runs, and what big_ds_experiments calls them. */
const ANSWERS = {
  probs: "probs",
  "probs_ms": "patched_probs",
  "probs_lms": "full_patched_probs",
} as const;

/** The command that makes a run of the same model and, where they are one's own, prompts. */
export function commandFor(task: string, { record: { options } }: FinishedRun): string {
  const given = (["gelu", "prompts"] as const).map((name) => ({ name, of: options[name]?.value }));
  return `deno task ${task} --model ${options.model?.value ?? "gpt2"}` +
    given.map(({ name, of }) => of ? ` --${name} ${of}` : "").join("");
}

/** What a run is of that circuit_discovery's is not: a model or prompts; undefined where both agree. */
function otherThan(discovery: FinishedRun, run: FinishedRun): string | undefined {
  const gelu = ({ record }: FinishedRun) => record.options.gelu?.value ?? null;
  if (!haveSameInputs(run, discovery, "model/") || gelu(run) !== gelu(discovery)) {
    return "another model";
  }
  return haveSameInputs(run, discovery, "prompts") ? undefined : "other prompts";
}

/**
 * The run of many prompts in a folder, or undefined, with a note, where nobody asked for that folder
 * and it has none that fits.
 *
 * @throws {NeuriteError} E-USAGE where one was asked for and is of another model or prompts; otherwise
 * as `readSourceRun`.
 */
export async function largeSample(
  discovery: FinishedRun,
  { directory, isAsked }: { readonly directory: string; readonly isAsked: boolean },
): Promise<FinishedRun | undefined> {
  const command = commandFor("gt:big-ds-experiments", discovery);
  const own = (why: string) => {
    note(
      `probability heatmaps are of circuit_discovery's own prompts: ${why}; ${command} makes it`,
    );
    return undefined;
  };
  let other: string | undefined;
  try {
    const run = await readSourceRun(directory, {
      script: "greater_than/big_ds_experiments",
      command,
    });
    other = otherThan(discovery, run);
    if (!other) return run;
  } catch (error) {
    const isMissing = error instanceof NeuriteError && error.code === "E-FILE-MISSING";
    if (isAsked || !isMissing) throw error;
    return own(`no finished run of big_ds_experiments in ${directory}`);
  }
  if (!isAsked) return own(`the run in ${directory} is of ${other}`);
  throw cannot("E-USAGE", {
    do: "draw beside circuit_discovery",
    thing: directory,
    is: `a run of ${other}`,
    expected: `one of the model and prompts in ${discovery.directory}`,
    hint: `${command} makes it; --out says where`,
  });
}

/** The names of a run's edges in one order, as text; undefined where it has no circuit. */
async function edgesOf(run: FinishedRun): Promise<string | undefined> {
  if (!run.record.outputs.some(({ path }) => path === "circuit.json")) return undefined;
  const { edges } = JSON.parse(await run.text("circuit.json")) as { edges: { edge: string }[] };
  return [...new Set(edges.map(({ edge }) => edge))].sort().join();
}

/** Whether the large sample tests the circuit whose matrices are drawn; a note where it does not. */
async function testsSameCircuit(discovery: FinishedRun, sample: FinishedRun): Promise<boolean> {
  const [drawn, tested] = [await edgesOf(discovery), await edgesOf(sample)];
  if (drawn === tested) return drawn !== undefined;
  const why = tested === undefined
    ? "it has no circuit"
    : drawn === undefined
    ? `${discovery.directory} has no circuit`
    : `its circuit is not that of ${discovery.directory}`;
  note(`took the model's own answers alone from ${sample.directory}: ${why}`);
  return false;
}

/** The results of both runs under circuit_discovery's names. */
export interface JoinedRuns {
  readonly model: string;
  readonly arrays: Readonly<Record<string, HostArray>>;
  /** How many prompts each array of answers is of. */
  readonly counts: Readonly<Record<string, number>>;
  readonly numbers: readonly JudgedNumber[];
}

/** Joins them. Of a sample that tests another circuit only the model's own answers are taken. */
export async function joinRuns(
  discovery: FinishedRun,
  sample: FinishedRun | undefined,
): Promise<JoinedRuns> {
  const own = await discovery.summary() as unknown as Summary;
  const large = await sample?.summary() as unknown as Summary | undefined;
  const isSame = sample !== undefined && await testsSameCircuit(discovery, sample);
  const arrays: Record<string, HostArray> = await discovery.arrays();
  const largeArrays = await sample?.arrays() ?? {};
  const counts: Record<string, number> = {};
  for (const [name, largeName] of Object.entries(ANSWERS)) {
    const found = name === "probs" || isSame ? largeArrays[largeName] : undefined;
    if (found) arrays[name] = found;
    if (arrays[name]) counts[name] = found ? large!.count : own.count;
  }
  const answered = large ?? own;
  const tested = isSame ? answered : own;
  const { model } = own;
  // The model's own rows come first in either; they are the same in number.
  const { baseline } = answered;
  const ofModel = yearNumbers(model, answered.count, { baseline }, answered);
  const ofCircuit = yearNumbers(model, tested.count, tested, tested).slice(ofModel.length);
  return { model, arrays, counts, numbers: [...ofModel, ...ofCircuit] };
}
