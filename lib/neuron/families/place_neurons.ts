/**
 * Neurons of places: those that a feature of places explains best.
 *
 * @module
 */
import type { FinishedRun } from "../../store/run/read_run.ts";
import { bestFeatures } from "./choose.ts";
import { type FeatureNeuron, reductionsOf } from "./family_sources.ts";
import { neuronsOfFeatures } from "./topic_tokens.ts";

/**
 * Features of places: of the vocabulary's rules, and of tagged corpora (countries and cities, other
 * places, nationalities, buildings). The release's topics, of which some are places, are not public.
 */
export const PLACE_FEATURES: readonly string[] = [
  ...["is_state", "is_state_abv"],
  ...["is_GPE", "is_LOC", "is_NORP", "is_FAC"],
];

/** Neurons of places, and the one that a place explains most where it explains none best. */
export interface PlaceNeurons {
  readonly found: readonly FeatureNeuron[];
  readonly nearest: FeatureNeuron | undefined;
}

/** The kinds of explanations that are of the token at hand. */
const KINDS = ["token", "sequence"] as const;

/** Finds the neurons in a run of `un:explain`, largest reduction first. */
export async function placeNeurons(
  explain: FinishedRun,
  features: readonly string[],
  least: number,
): Promise<PlaceNeurons> {
  const asked = new Set(features);
  const isAsked = (feature: string) => asked.has(feature);
  const found = neuronsOfFeatures(await explain.table("best_features"), isAsked, least);
  if (found.length > 0) return { found, nearest: found[0] };
  const there = new Set(explain.record.outputs.map(({ path }) => path));
  const best: FeatureNeuron[] = [];
  for (const kind of KINDS) {
    const name = `${kind}_variance_reduction`;
    if (!there.has(`tables/${name}.parquet`)) continue;
    best.push(...bestFeatures(reductionsOf(await explain.table(name)), isAsked).slice(0, 1));
  }
  return { found, nearest: best.sort((a, b) => b.reduction - a.reduction)[0] };
}
