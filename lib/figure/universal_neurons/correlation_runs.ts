/**
 * Finished runs of `un:correlations`, as figures that compare several of them need them.
 *
 * @module
 */
import { basename } from "node:path";
import type { HostArray } from "../../array.ts";
import { cannot } from "../../errors.ts";
import type { FinishedRun } from "../../store/run/read_run.ts";

/** One partner's numbers of each of the first model's neurons, `[n]`. */
export interface PairMaxima {
  readonly maximum: Float32Array;
  /** The partner's neuron that has it. */
  readonly at: Int32Array;
}

/** A run of correlations of one model with its partners. */
export interface CorrelationRun {
  readonly directory: string;
  readonly model: string;
  /** Labels of the partners, sorted. */
  readonly partners: readonly string[];
  /** Tokens that counted. */
  readonly tokens: number;
  /** The subset it read, or undefined for all rows. */
  readonly subset: string | undefined;
  /** Options that two runs need to have in common, as one text. */
  readonly settings: string;
  /** By partner, in the order of their files. */
  readonly pairs: readonly PairMaxima[];
  /** Largest correlation, mean over partners, `[n]`. */
  readonly mean: Float32Array;
  /** The same of the baseline, where there is one. */
  readonly baseline: Float32Array | undefined;
  readonly excess: Float32Array | undefined;
  /** Share of universal neurons and its deviation over draws, where there is a baseline. */
  readonly share: { readonly mean: number; readonly sd: number } | undefined;
}

const COMPARED = [
  "drop",
  "similarity",
  "jaccardThreshold",
  "baseline",
  "rotation",
  "float16Moments",
];

function optionOf({ record }: FinishedRun, name: string) {
  return record.options[name]?.value ?? null;
}

/** The files with the correlations of the models themselves, one a partner. */
function pairFiles({ record }: FinishedRun, hasBaseline: boolean): string[] {
  const files = record.outputs.flatMap(({ path }) =>
    /^[^/]+\.safetensors$/.test(path) ? [basename(path, ".safetensors")] : []
  ).sort();
  const known = new Set(files);
  const pairs = files.filter((file) => file.startsWith("pair_"));
  if (pairs.length === 0) return [hasBaseline ? "real" : "arrays"];
  if (!hasBaseline) return pairs;
  return pairs.filter((file) => known.has(`${file}_real`)).map((file) => `${file}_real`);
}

function unlike(run: FinishedRun, is: string) {
  return cannot("E-FILE-CORRUPT", {
    do: "read correlations",
    thing: run.directory,
    is,
    expected: "arrays and summary of a run of un:correlations",
    hint: "deno task un:correlations with --force makes them again",
  });
}

function typed<T>(array: HostArray, type: new (...args: never[]) => T, run: FinishedRun): T {
  if (array.data instanceof type && array.shape.length === 1) return array.data;
  throw unlike(run, `an array of shape ${array.shape.join(" x ")} and another type`);
}

/**
 * Reads what figures need of a run; the tails and histograms stay on disk.
 *
 * @throws {NeuriteError} E-FILE-CORRUPT for arrays or numbers that no such run has.
 */
export async function readCorrelationRun(run: FinishedRun): Promise<CorrelationRun> {
  const hasBaseline = optionOf(run, "baseline") !== "none";
  const pairs: PairMaxima[] = [];
  for (const file of pairFiles(run, hasBaseline)) {
    await using arrays = await run.openArrays(file);
    pairs.push({
      maximum: typed(await arrays.read("max_corr"), Float32Array, run),
      at: typed(await arrays.read("max_corr_ix"), Int32Array, run),
    });
  }
  await using arrays = await run.openArrays();
  const column = async (name: string) =>
    arrays.names().includes(name) ? typed(await arrays.read(name), Float32Array, run) : undefined;
  const mean = await column("pairs_mean_corr");
  const summary = await run.summary();
  const { model_1: model, kept_tokens: tokens, pairs: partners } = summary;
  const { universal_share: share, universal_share_sd: sd = 0 } = summary;
  if (typeof model !== "string" || typeof tokens !== "number" || mean === undefined) {
    throw unlike(run, "a summary without model_1 and kept_tokens, or no pairs_mean_corr");
  }
  const subset = optionOf(run, "subset");
  return {
    directory: run.directory,
    model,
    partners: Object.keys(partners ?? {}).sort(),
    tokens,
    subset: typeof subset === "string" ? subset : undefined,
    settings: COMPARED.map((name) => `${name} ${JSON.stringify(optionOf(run, name))}`).join(", "),
    pairs,
    mean,
    baseline: await column("pairs_mean_baseline"),
    excess: await column("excess_corr"),
    share: typeof share === "number" ? { mean: share, sd: Number(sd) } : undefined,
  };
}

/**
 * Checks that runs are of one model, the same partners and the same settings.
 *
 * @throws {NeuriteError} E-USAGE naming the first that is not.
 */
export function checkComparable(runs: readonly CorrelationRun[]): void {
  const [first] = runs;
  for (const run of runs) {
    const is = run.model !== first!.model || run.mean.length !== first!.mean.length
      ? `of ${run.model}`
      : run.partners.join() !== first!.partners.join()
      ? `against ${run.partners.join(", ")}`
      : run.settings !== first!.settings
      ? `with ${run.settings}`
      : undefined;
    if (is === undefined) continue;
    throw cannot("E-USAGE", {
      do: "compare correlations",
      thing: run.directory,
      is: `a run ${is}`,
      expected: `one of ${first!.model} against ${first!.partners.join(", ")} with ` +
        `${first!.settings}, as ${first!.directory}`,
      hint: "make the runs with the same models and options, but for --rows or --subset",
    });
  }
}
