/**
 * Explanations as a command asks for them: model found and checked against the activations, features
 * made.
 *
 * @module
 */
import { resolve } from "node:path";
import type { GeluForm } from "../../device/graph.ts";
import { cannot } from "../../errors.ts";
import { openCheckpoint } from "../../model/checkpoint/checkpoint.ts";
import { openWeights } from "../../model/checkpoint/weights.ts";
import { foldWeights } from "../../model/folding.ts";
import { checkTokens } from "../../model/tokens.ts";
import { openTokenizer } from "../../model/tokenizer.ts";
import { type InputFile, inputFile } from "../../store/run/run_record.ts";
import { sourceFiles } from "../../store/run/source_run.ts";
import { checkPerToken, compareModel } from "../cached/of_model.ts";
import type { Activations } from "../cached/open_activations.ts";
import { findModel, type FoundModel } from "../../model/find_model.ts";
import { openTags, type Tags, TAGS_RUN } from "../sequence/open_tags.ts";
import { noLabels, positionLabels, previousLabels } from "../sequence/sequence_labelling.ts";
import { vocabularyHash } from "../sequence/tag_corpus.ts";
import { tokenCounts, type TokenFeature } from "../vocabulary/features.ts";
import { tokenNorms } from "../vocabulary/norms.ts";
import { tokenStrings } from "../vocabulary/token_strings.ts";
import { readTopics } from "../vocabulary/topics.ts";
import { unigramCount } from "../vocabulary/unigrams.ts";
import { type Vocabulary, vocabularyFeatures } from "../vocabulary/vocabulary_features.ts";
import { type GroupedFeatures, groupFeatures, previousCodes } from "../labels/group_features.ts";
import type { Labelling } from "../labels/labelling.ts";

/** The kinds of features, one labelling each. */
export const FEATURE_KINDS = ["token", "prev_token", "sequence", "prev_sequence"] as const;
/** A member of {@linkcode FEATURE_KINDS}. */
export type FeatureKind = typeof FEATURE_KINDS[number];

/** What a command asks. */
export interface AskedExplanations {
  /** The model; that of the activations when absent. */
  readonly model?: string | undefined;
  /** Layers to explain; all when empty. */
  readonly layers: readonly number[];
  /** Kinds of features; when empty those of tokens, and those of sequences where there are tags. */
  readonly features: readonly string[];
  /** Folder of a run of `tag_corpus`, for the kinds of sequences. */
  readonly tags?: string | undefined;
  /** Shift sequence features over row ends, as the release. */
  readonly originalShift: boolean;
  readonly originalGelu: boolean;
  readonly unigramCount?: number | undefined;
  readonly smallNorm: number;
  readonly cleanUp: boolean;
  readonly keepEmpty: boolean;
  readonly topics?: string | undefined;
}

/** What is decided before features are made, and the files it was read from. */
export interface ExplainSetup {
  readonly activations: Activations;
  readonly model: FoundModel;
  /** Places of the neurons to explain. */
  readonly places: readonly number[];
  readonly kinds: readonly FeatureKind[];
  /** Tags of sequences, where they were given and asked for. */
  readonly tags?: Tags | undefined;
  readonly gelu: GeluForm;
  readonly unigramCount: number;
  readonly inputs: readonly InputFile[];
}

/** The features, and the vocabulary that they were made of. */
export interface ExplainFeatures {
  readonly vocabulary: Vocabulary;
  readonly features: readonly TokenFeature[];
  readonly labellings: readonly GroupedFeatures[];
}

/**
 * Finds the model and checks that the activations are its own.
 *
 * @throws {NeuriteError} E-USAGE for layers that the activations have not, and aggregated activations;
 * E-CHECKPOINT for another model than theirs; E-USAGE for features of sequences where there are neither
 * tags nor subsets; E-TOKENS; the errors of files.
 */
export async function setUpExplanations(
  activations: Activations,
  asked: AskedExplanations,
): Promise<ExplainSetup> {
  const { run, tokens } = activations;
  checkPerToken(activations, "explain");
  const model = await findModel(asked.model ?? String(run.record.options["model"]?.value));
  checkTokens(model.config, tokens);
  const files = await checkedModel(activations, model);
  const topics = asked.topics === undefined
    ? []
    : [await inputFile("topics", resolve(asked.topics))];
  const kinds = kindsOf(asked);
  const tags = await tagsFor(activations, kinds, asked.tags);
  const { gelu } = run.record.notes;
  const own = gelu === "erf" || gelu === "tanh" ? gelu : model.config.gelu;
  return {
    activations,
    model,
    places: placesOf(activations, asked.layers),
    kinds,
    tags,
    gelu: asked.originalGelu ? "erf" : own,
    unigramCount: asked.unigramCount ?? unigramCount(tokens.data.length),
    inputs: [
      ...sourceFiles("activations", run),
      ...files,
      ...topics,
      ...(tags ? sourceFiles("tags", tags.run) : []),
    ],
  };
}

function kindsOf({ features, tags }: AskedExplanations): FeatureKind[] {
  const wanted = features.length > 0
    ? features
    : FEATURE_KINDS.slice(0, tags === undefined ? 2 : FEATURE_KINDS.length);
  return FEATURE_KINDS.filter((kind) => wanted.includes(kind));
}

/** The tags that kinds of sequences need; none where the rows' subsets are their only labels. */
async function tagsFor(
  { subsets, run }: Activations,
  kinds: readonly FeatureKind[],
  folder: string | undefined,
): Promise<Tags | undefined> {
  if (!kinds.some((kind) => kind.endsWith("sequence"))) return undefined;
  if (folder !== undefined) return await openTags(folder);
  if (subsets) return undefined;
  throw cannot("E-USAGE", {
    do: "explain by features of sequences",
    thing: run.directory,
    is: "activations of rows without subsets, and no --tags",
    expected: "the folder of a run of un:tag-corpus with --tags",
    hint: `${TAGS_RUN.command} --tokens FILE --model MODEL, then --tags with its --out`,
  });
}

/** The model's files, which the activations must have been made with. */
async function checkedModel(
  activations: Activations,
  { directory }: FoundModel,
): Promise<readonly InputFile[]> {
  const { inputs, differing } = await compareModel(activations, directory);
  if (differing === undefined) return inputs;
  throw cannot("E-CHECKPOINT", {
    do: "explain with model",
    thing: resolve(directory),
    is: `not the model of the activations: ${differing} differs`,
    expected: `${activations.model}, as when they were made`,
    hint: "give their model with --model, or make them again with deno task un:activations",
  });
}

function placesOf({ neurons, run }: Activations, layers: readonly number[]): number[] {
  const places = [...neurons.keys()];
  if (layers.length === 0) return places;
  const there = new Set(neurons.map(({ layer }) => layer));
  const missing = layers.find((layer) => !there.has(layer));
  if (missing === undefined) return places.filter((i) => layers.includes(neurons[i]!.layer));
  throw cannot("E-USAGE", {
    do: "explain layer",
    thing: String(missing),
    is: `none of the activations' in ${run.directory}`,
    expected: `some of ${[...there].join(", ")}`,
    hint: "leave --layers out for all of them",
  });
}

/** Reads the vocabulary and makes every feature of every kind that was asked for. */
export async function makeFeatures(
  setup: ExplainSetup,
  { smallNorm, cleanUp, keepEmpty, topics, originalShift }: AskedExplanations,
): Promise<ExplainFeatures> {
  const { activations: { tokens }, model: { config, directory }, kinds, unigramCount } = setup;
  const { vocabSize: V } = config;
  const tokenizer = await openTokenizer(directory);
  const strings = tokenStrings(tokenizer, V, { cleanUp });
  await using checkpoint = await openCheckpoint(directory);
  const norms = await tokenNorms(foldWeights(openWeights(checkpoint, config)));
  const vocabulary = { strings, counts: tokenCounts(tokens.data, V), norms };
  const features = vocabularyFeatures(vocabulary, {
    unigramCount,
    smallNorm,
    keepEmpty,
    topics: topics === undefined ? [] : await readTopics(topics, strings),
  });
  const [, T] = tokens.shape as [number, number];
  const sequence = kinds.some((kind) => kind.endsWith("sequence"))
    ? sequenceLabels(setup, cleanUp ? tokenStrings(tokenizer, V) : strings)
    : noLabels(0);
  const labellings = kinds.map((name) => {
    if (name === "token") return groupFeatures({ name, codes: tokens.data, groups: V, features });
    if (name === "sequence") return groupFeatures(sequence);
    if (name === "prev_sequence") {
      return groupFeatures(previousLabels(sequence, T, { originalShift }));
    }
    const codes = previousCodes(tokens.data, T, V);
    return groupFeatures({ name, codes, groups: V + 1, features });
  });
  return { vocabulary, features, labellings };
}

/** Labels of the activations' positions, once they are known to be of the same texts. */
function sequenceLabels(
  { activations, model: { label }, tags }: ExplainSetup,
  strings: readonly string[],
): Labelling {
  if (tags && tags.vocabularySha256 !== vocabularyHash(strings)) {
    throw cannot("E-TOKENIZER", {
      do: "explain by the tags of",
      thing: tags.run.directory,
      is: `tags of another vocabulary than ${label}'s`,
      expected: "tags of the same rows by the model's own tokenizer",
      hint: `${TAGS_RUN.command} --model ${label}`,
    });
  }
  return positionLabels(tags, activations);
}
