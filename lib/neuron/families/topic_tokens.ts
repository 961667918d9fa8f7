/**
 * Tokens on which neurons are most active in the mean, from a run of summaries.
 *
 * @module
 */
import { cannot, type NeuriteError } from "../../errors.ts";
import type { ReadTable } from "../../store/format/read_table.ts";
import type { FinishedRun } from "../../store/run/read_run.ts";
import { haveSameInputs, readSourceRun } from "../../store/run/source_run.ts";
import { parseNeuron } from "../neurons.ts";
import { EXPLAIN_RUN, type FeatureNeuron } from "./family_sources.ts";

/** The script that summarises activations, and its command. */
export const SUMMARY_RUN = {
  script: "universal_neurons/summary",
  command: "deno task un:summary",
} as const;

/** Tokens of one neuron, largest mean first. */
export interface TopicNeuron {
  readonly neuron: string;
  readonly tokens: readonly { readonly text: string; readonly mean: number }[];
}

/** What tokens are shown. */
export interface TopicRequest {
  readonly neurons: readonly string[];
  /** A subset of the rows, or all. */
  readonly subset?: string | undefined;
  /** Occurrences that a token must exceed, by neuron. */
  readonly minCount: (neuron: string) => number;
  /** Only a space and letters. */
  readonly words: boolean;
  /** How many tokens a neuron. */
  readonly rows: number;
}

/** A summary and explanations of the same model, the latter for the tokens' texts. */
export async function openTopics(
  directories: { readonly summary: string; readonly explain: string },
): Promise<{ readonly summary: FinishedRun; readonly explain: FinishedRun }> {
  const summary = await readSourceRun(directories.summary, SUMMARY_RUN);
  const explain = await readSourceRun(directories.explain, EXPLAIN_RUN);
  if (haveSameInputs(summary, explain, "model/")) return { summary, explain };
  throw cannot("E-USAGE", {
    do: "name the tokens of",
    thing: summary.directory,
    is: `a summary of another model than ${explain.directory} explains`,
    expected: "both of one model",
    hint: `${EXPLAIN_RUN.command} over activations of the summary's model`,
  });
}

/** Neurons whose best feature is asked for, largest reduction first. */
export function neuronsOfFeatures(
  { columns, rows }: ReadTable,
  isAsked: (feature: string, family: string) => boolean,
  least: number,
): FeatureNeuron[] {
  const text = (name: string, row: number) => String(columns[name]![row] ?? "");
  return Array.from({ length: rows }, (_, row) => ({
    neuron: `${Number(columns.layer![row])}.${Number(columns.neuron![row])}`,
    feature: text("best_feature", row),
    family: text("best_family", row),
    reduction: Number(columns.best_variance_reduction![row]),
  }))
    .filter(({ feature, family, reduction }) => isAsked(feature, family) && reduction > least)
    .sort((a, b) => b.reduction - a.reduction || (a.neuron < b.neuron ? -1 : 1))
    .map(({ neuron, feature, reduction }) => ({ neuron, feature, reduction }));
}

/** Neurons of which a topic is the best feature, largest reduction first. */
export function topicNeurons(best: ReadTable, least: number): FeatureNeuron[] {
  return neuronsOfFeatures(best, (_, family) => family === "topic", least);
}

async function arraysName(run: FinishedRun, subset: string | undefined): Promise<string> {
  if (subset === undefined) return "arrays";
  const { subsets = {} } = await run.summary() as unknown as {
    subsets?: Record<string, { file: string }>;
  };
  if (Object.hasOwn(subsets, subset)) return subsets[subset]!.file;
  throw cannot("E-USAGE", {
    do: "read the subset",
    thing: subset,
    is: `none of the summary in ${run.directory}`,
    expected: Object.keys(subsets).join(", ") || "none: its rows have no labels",
    hint: "leave --subset out for all rows",
  });
}

function textsOf({ columns, rows }: ReadTable): Map<number, string> {
  return new Map(Array.from(
    { length: rows },
    (_, row) => [Number(columns.token![row]), String(columns.token_string![row])],
  ));
}

/** Neurons of a figure at most: their columns stand beside each other. */
const MOST_NEURONS = 12;

/**
 * Tokens of the largest means, of those that occur often enough among the ones that the summary kept;
 * of no more neurons than a figure shows.
 *
 * @throws {NeuriteError} E-USAGE for a subset or a neuron that is not there, and for one named twice;
 * E-FILE-MISSING for a summary without ranked tokens.
 */
export async function topicTokens(
  { summary, explain }: { readonly summary: FinishedRun; readonly explain: FinishedRun },
  { neurons, subset, minCount, words, rows }: TopicRequest,
): Promise<TopicNeuron[]> {
  const { layers, neurons: count } = await summary.summary() as unknown as Record<string, number>;
  const width = count! / layers!;
  await using arrays = await summary.openArrays(await arraysName(summary, subset));
  if (!arrays.names().includes("vocab_mean_ix")) {
    throw cannot("E-FILE-MISSING", {
      do: "rank the tokens of",
      thing: arrays.path,
      is: "without vocab_mean_ix",
      expected: "the tokens of the largest means",
      hint: `${SUMMARY_RUN.command} --vocab-top 100 keeps them`,
    });
  }
  const [means, places, counts] = await Promise.all(
    ["vocab_mean", "vocab_mean_ix", "vocab_counts"].map((name) => arrays.read(name)),
  );
  const texts = textsOf(await explain.table("vocabulary"));
  const k = places!.shape[1]!;
  const twice = neurons.find((name, i) => neurons.indexOf(name) !== i);
  if (twice !== undefined) throw refused(twice, "named twice", "each neuron once");
  return neurons.slice(0, MOST_NEURONS).map((name) => {
    const { layer, neuron } = parsed(name, { layers: layers!, width });
    const start = (layer * width + neuron) * k;
    const tokens = Array.from({ length: k }, (_, i) => ({
      id: Number(places!.data[start + i]),
      mean: Number(means!.data[start + i]),
    })).filter(({ id, mean }) => {
      const text = texts.get(id) ?? "";
      return id >= 0 && mean > 0 && Number(counts!.data[id]) > minCount(name) &&
        (!words || /^ \p{L}+$/u.test(text));
    }).slice(0, rows);
    return {
      neuron: name,
      tokens: tokens.map(({ id, mean }) => ({ text: texts.get(id) ?? `#${id}`, mean })),
    };
  });
}

function parsed(name: string, { layers, width }: { layers: number; width: number }) {
  const neuron = parseNeuron(name);
  if (neuron && neuron.layer < layers && neuron.neuron < width) return neuron;
  const expected = `layer.index, layers 0 to ${layers - 1} with neurons 0 to ${width - 1}`;
  throw refused(name, "none of the summary's", expected);
}

function refused(name: string, is: string, expected: string): NeuriteError {
  const hint = "--neurons 3.415,0.7";
  return cannot("E-USAGE", { do: "read neuron", thing: name, is, expected, hint });
}
