/**
 * A correlation run as a command asks for it: models found, tokens read, everything checked.
 *
 * @module
 */
import type { Device } from "../../device/device.ts";
import { cannot } from "../../errors.ts";
import type { Model } from "../../model/model.ts";
import { type AskedRows, readCorpusRows } from "../../model/corpus_rows.ts";
import { checkRowTokenizer } from "../../model/tokenizer_probe.ts";
import type { Tokens } from "../../model/tokens.ts";
import type { CorrelateOptions, CorrelationModels } from "./correlate.ts";
import { findModel, type FoundModel } from "../../model/find_model.ts";
import { type Drop, droppedIds, modelSource } from "./open_models.ts";
import { randomRotation, type RotationForm } from "./rotation.ts";
import type { Similarity } from "./similarity.ts";
import type { Baseline } from "./streams.ts";

/** What a command asks. */
export interface AskedRun extends AskedRows {
  readonly model1: string;
  readonly model2: readonly string[];
  readonly drop: Drop;
  readonly similarity: Similarity;
  readonly jaccardThreshold: number;
  readonly baseline: Baseline;
  readonly rotation: RotationForm;
  readonly draws: number;
  readonly seed: number;
  readonly blockTokens: number | undefined;
  readonly memory: number;
  readonly float16Moments: boolean;
}

/** A run that can begin. */
export interface RunSetup {
  readonly base: FoundModel;
  readonly partners: readonly FoundModel[];
  readonly tokens: Tokens;
  readonly request: CorrelateOptions;
}

/** Results are kept by label, so no two partners may have the same. */
function withOwnLabels(models: readonly FoundModel[]): FoundModel[] {
  const seen = new Map<string, number>();
  return models.map((model) => {
    const count = (seen.get(model.label) ?? 0) + 1;
    seen.set(model.label, count);
    return count === 1 ? model : { ...model, label: `${model.label} (${count})` };
  });
}

/**
 * Finds the models and reads the tokens of a run.
 *
 * @throws {NeuriteError} E-USAGE for a rotation of what is not linear or float16 sums of what is not
 * Pearson, E-TOKENS for rows that a model cannot read, E-TOKENIZER for rows or models of other
 * tokenizers, and the errors of files.
 */
export async function setUpRun(asked: AskedRun): Promise<RunSetup> {
  const { similarity, baseline, rotation: form, draws, seed } = asked;
  if (similarity === "jaccard" && baseline === "rotation") throw notLinear();
  if (asked.float16Moments && similarity !== "pearson") throw notPearson(similarity);
  const found = await Promise.all([asked.model1, ...asked.model2].map((name) => findModel(name)));
  const { tokens } = await readCorpusRows(asked, found.map(({ config }) => config));
  // The first model is compared where its run is identified, as in every script.
  await checkRowTokenizer(asked.tokens, found.slice(1).map(({ directory }) => directory));
  return {
    base: found[0]!,
    partners: withOwnLabels(found.slice(1)),
    tokens,
    request: {
      similarity,
      baseline,
      seed,
      above: asked.jaccardThreshold,
      float16Moments: asked.float16Moments,
      blockTokens: asked.blockTokens,
      memory: asked.memory,
      dropped: await droppedIds(asked.drop, found),
      rotation: baseline === "rotation" ? randomRotation({ form, seed, draws }) : undefined,
    },
  };
}

/** The models of a run on a device; the first is opened by `model`. */
export function modelsOf(
  { base, partners }: RunSetup,
  device: Device,
  model: () => Promise<Model>,
): CorrelationModels {
  return {
    base: modelSource(base, device, model),
    partners: partners.map((partner) => modelSource(partner, device)),
  };
}

function notPearson(similarity: Similarity) {
  return cannot("E-USAGE", {
    do: "sum in float16 for",
    thing: `--similarity ${similarity}`,
    is: "a similarity that the original does not sum so",
    expected: "pearson with --float16-moments",
    hint: "leave out --float16-moments",
  });
}

function notLinear() {
  return cannot("E-USAGE", {
    do: "rotate under",
    thing: "--similarity jaccard",
    is: "a similarity of sets, which has no rotation",
    expected: "pearson or cosine with --baseline rotation",
    hint: "--baseline permutation",
  });
}
