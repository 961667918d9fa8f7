/**
 * The arrays of finished runs, opened to be read by blocks of neurons.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import type { FinishedRun } from "../../store/run/read_run.ts";
import { subsetFiles } from "../../store/run/subset_files.ts";
import { type ActivityLimits, activityReader, ranksTokens } from "./activity.ts";
import { hasActivations } from "./example_activations.ts";
import { partnerFiles, partnerReader } from "./partners.ts";
import type { ShownModel, ViewerRuns } from "./sources.ts";
import { weightReader } from "./weight_panels.ts";
import type { NeuronReaders } from "./write_data.ts";

/** Tokens of each ranking: all that the line panel shows, and what the heatmap shows of a part. */
const POOLED_VOCAB = 100;
const SUBSET_VOCAB = 25;

/** How much is shown of each neuron. */
export interface ShownAmounts {
  /** Examples of all rows, and of each part of the corpus. */
  readonly examples: number;
  readonly subsetExamples: number;
  /** Tokens before and after an example's maximum. */
  readonly before: number;
  readonly after: number;
}

/** What is opened. */
export interface OpenedReaders {
  readonly readers: NeuronReaders;
  /** The 256 edges of histograms; none without a summary. */
  readonly edges: readonly number[];
  /** Whether the summary ranks tokens. */
  readonly isRanked: boolean;
  /** Whether it has the activations around its examples. */
  readonly isColoured: boolean;
  readonly subsets: readonly string[];
  readonly partners: readonly string[];
}

/** What the arrays are read for. */
export interface ReaderInput {
  readonly model: ShownModel;
  /** The rows that the summary read, i32 `[B, T]`. */
  readonly corpus: HostArray<Int32Array> | undefined;
  readonly amounts: ShownAmounts;
}

async function openActivity(
  run: FinishedRun,
  { model, corpus, amounts }: ReaderInput,
  opened: AsyncDisposableStack,
) {
  const neurons = model.layers * model.width;
  const meaning = { neurons, vocabSize: model.vocabSize, corpus };
  const open = async (name: string, limits: Omit<ActivityLimits, "window">) => {
    const file = opened.use(await run.openArrays(name));
    return { file, reader: activityReader(file, meaning, { ...limits, window: amounts }) };
  };
  const all = { vocab: POOLED_VOCAB, examples: amounts.examples };
  const ofSubset = { vocab: SUBSET_VOCAB, examples: amounts.subsetExamples };
  const { file, reader } = await open("arrays", all);
  const subsets = await subsetFiles(run);
  const readers = [];
  for (const subset of subsets) readers.push((await open(subset.file, ofSubset)).reader);
  const { data } = await file.read("neuron_bin_edges");
  return {
    reader,
    readers: readers.length > 0 ? readers : undefined,
    subsets: subsets.map(({ name }) => name),
    // Seven digits name a float32 edge; more would be its rounding.
    edges: Array.from(data as Float32Array, (edge) => Number(edge.toPrecision(7))),
    isRanked: ranksTokens(file),
    isColoured: hasActivations(file),
  };
}

/**
 * Opens what there is. The files stay open until `opened` is disposed.
 *
 * @throws {NeuriteError} E-TENSOR-SHAPE for arrays of other sizes; the errors of files.
 */
export async function openReaders(
  runs: ViewerRuns,
  input: ReaderInput,
  opened: AsyncDisposableStack,
): Promise<OpenedReaders> {
  const { layers, width, heads, vocabSize } = input.model;
  const neurons = layers * width;
  const activity = runs.summary && await openActivity(runs.summary, input, opened);
  const weights = runs.weights && opened.use(await runs.weights.openArrays());
  const partners = runs.correlations ? await partnerFiles(runs.correlations) : [];
  return {
    readers: {
      pooled: activity?.reader,
      subsets: activity?.readers,
      weights: weights && weightReader(weights, { neurons, vocabSize, heads: layers * heads }),
      partners: runs.correlations &&
        await partnerReader(runs.correlations, partners, { neurons, opened }),
    },
    edges: activity?.edges ?? [],
    isRanked: activity?.isRanked ?? false,
    isColoured: activity?.isColoured ?? false,
    subsets: activity?.subsets ?? [],
    partners: partners.map(({ name }) => name),
  };
}
