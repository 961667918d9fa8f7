/**
 * Prediction neurons as a command asks for them: models found and compared, features made.
 *
 * @module
 */
import { basename, resolve } from "node:path";
import { formatCount } from "../../cli/sizes.ts";
import { cannot } from "../../errors.ts";
import type { ModelConfig } from "../../model/config/config.ts";
import { openTokenizer } from "../../model/tokenizer.ts";
import { checkPerToken, compareModel } from "../cached/of_model.ts";
import type { Activations } from "../cached/open_activations.ts";
import { findModel, type FoundModel } from "../../model/find_model.ts";
import { ruleFeatures, type TokenFeature, withoutEmpty } from "../vocabulary/features.ts";
import { smallNorm, type TokenNorms } from "../vocabulary/norms.ts";
import { tokenStrings } from "../vocabulary/token_strings.ts";
import { readTopics } from "../vocabulary/topics.ts";
import { checkTopics } from "../vocabulary/vocabulary_features.ts";

/** How several models are drawn: as seeds of one, or beside each other. */
export const LAYOUTS = ["seeds", "sizes"] as const;
/** A member of {@linkcode LAYOUTS}. */
export type Layout = typeof LAYOUTS[number];

/** The models, the first of which is scored. */
export interface PredictionModels {
  readonly models: readonly FoundModel[];
  /** Names in tables and titles, all different. */
  readonly labels: readonly string[];
  readonly layout: Layout;
}

function isSameSize(a: ModelConfig, b: ModelConfig): boolean {
  return a.nLayer === b.nLayer && a.dMlp === b.dMlp && a.dModel === b.dModel &&
    a.vocabSize === b.vocabSize;
}

/**
 * Finds the models.
 *
 * @param layout `seeds` when absent and all are of one size.
 * @throws {NeuriteError} as `findModel`; E-USAGE for no model, and seeds of other sizes.
 */
export async function findModels(
  sources: readonly string[],
  layout: Layout | undefined,
): Promise<PredictionModels> {
  if (sources.length === 0) {
    throw cannot("E-USAGE", {
      do: "read",
      thing: "--models",
      is: "no model",
      expected: "one or more",
      hint: "--models tiny-gpt2-a",
    });
  }
  const models = await Promise.all(sources.map(findModel));
  const first = models[0]!;
  const other = models.find(({ config }) => !isSameSize(config, first.config));
  if (other !== undefined && layout === "seeds") {
    throw cannot("E-USAGE", {
      do: "draw as a seed",
      thing: resolve(other.directory),
      is: `${other.config.nLayer} layers of ${other.config.dMlp} neurons`,
      expected: `${first.config.nLayer} of ${first.config.dMlp}, as ${first.label}`,
      hint: "--layout sizes draws models of several sizes",
    });
  }
  const seen = new Map<string, number>();
  const labels = models.map(({ label }) => {
    const count = (seen.get(basename(label)) ?? 0) + 1;
    seen.set(basename(label), count);
    return count === 1 ? basename(label) : `${basename(label)} (${count})`;
  });
  return { models, labels, layout: layout ?? (other === undefined ? "seeds" : "sizes") };
}

/** Layers whose neurons' skews have a density: the last sixth, as the paper's four of 24. */
export function lastLayers({ nLayer }: ModelConfig, asked: number | undefined): number[] {
  const count = Math.min(nLayer, asked ?? Math.max(1, Math.round(nLayer / 6)));
  return Array.from({ length: count }, (_, i) => nLayer - count + i);
}

/**
 * A model's tokens and their features: the rules, `small_norm`, and topics of a file.
 *
 * @throws {NeuriteError} as `readTopics` and `checkTopics`.
 */
export async function readFeatures(
  { directory, config }: FoundModel,
  norms: TokenNorms,
  { topics, smallBelow }: { readonly topics?: string | undefined; readonly smallBelow: number },
): Promise<{ readonly strings: readonly string[]; readonly features: readonly TokenFeature[] }> {
  const strings = tokenStrings(await openTokenizer(directory), config.vocabSize);
  const own = [...ruleFeatures(strings), smallNorm(norms, strings, smallBelow)];
  const found = topics === undefined ? [] : await readTopics(topics, strings);
  checkTopics(found, own);
  return { strings, features: withoutEmpty([...own, ...found]) };
}

/**
 * Checks that activations are of a model, by the hashes of its files.
 *
 * @throws {NeuriteError} E-CHECKPOINT naming the file that differs; E-USAGE for aggregated ones.
 */
export async function checkActivations(
  activations: Activations,
  { directory, label }: FoundModel,
): Promise<void> {
  checkPerToken(activations, "draw");
  const { differing } = await compareModel(activations, directory);
  if (differing === undefined) return;
  throw cannot("E-CHECKPOINT", {
    do: "draw the activations of",
    thing: activations.run.directory,
    is: `those of another model: ${differing} differs`,
    expected: `those of ${label}`,
    hint: "make them with deno task un:activations, or leave --activations out",
  });
}

/** What would be done, with its sizes. */
export function describePlan(
  { models, layout }: PredictionModels,
  { neurons, kurt }: { readonly neurons: readonly string[]; readonly kurt: number },
): string {
  const parts = models.map(({ label, config: { nLayer, dMlp, dModel, vocabSize } }) => {
    const operations = 2 * nLayer * dMlp * vocabSize * dModel;
    return `${label}: ${formatCount(nLayer * dMlp)} neurons against ${formatCount(vocabSize)} ` +
      `tokens, ${(operations / 1e12).toPrecision(3)} TFLOP`;
  });
  const scored = neurons.length > 0
    ? `${neurons.length} neurons`
    : `neurons of vocabulary kurtosis above ${kurt}`;
  return `${parts.join("; ")}; drawn as ${layout}; features scored of ${scored} of the first`;
}
