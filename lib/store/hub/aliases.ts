/**
 * The names the papers use for their models, and where each one stands on the Hub.
 *
 * @module
 */
import { nearest } from "../../nearest.ts";

/**
 * Short name to Hub id. The `gpt2` names are themselves ids: the Hub redirects them to
 * `openai-community/...`, and Python files them under the short name.
 */
export const HUB_ALIASES: Readonly<Record<string, string>> = {
  "gpt2": "gpt2",
  "gpt2-medium": "gpt2-medium",
  "gpt2-large": "gpt2-large",
  "gpt2-xl": "gpt2-xl",
  "stanford-gpt2-small-a": "stanford-crfm/alias-gpt2-small-x21",
  "stanford-gpt2-small-b": "stanford-crfm/battlestar-gpt2-small-x49",
  "stanford-gpt2-small-c": "stanford-crfm/caprica-gpt2-small-x81",
  "stanford-gpt2-small-d": "stanford-crfm/darkmatter-gpt2-small-x343",
  "stanford-gpt2-small-e": "stanford-crfm/expanse-gpt2-small-x777",
  "stanford-gpt2-medium-a": "stanford-crfm/arwen-gpt2-medium-x21",
  "stanford-gpt2-medium-b": "stanford-crfm/beren-gpt2-medium-x49",
  "stanford-gpt2-medium-c": "stanford-crfm/celebrimbor-gpt2-medium-x81",
  "stanford-gpt2-medium-d": "stanford-crfm/durin-gpt2-medium-x343",
  "stanford-gpt2-medium-e": "stanford-crfm/eowyn-gpt2-medium-x777",
  "pythia-70m": "EleutherAI/pythia-70m",
  "pythia-160m": "EleutherAI/pythia-160m",
  "pythia-160m-seed1": "EleutherAI/pythia-160m-seed1",
  "pythia-160m-seed2": "EleutherAI/pythia-160m-seed2",
  "pythia-160m-seed3": "EleutherAI/pythia-160m-seed3",
  "pythia-410m": "EleutherAI/pythia-410m",
  "pythia-1b": "EleutherAI/pythia-1b",
  "pythia-1.4b": "EleutherAI/pythia-1.4b",
  "pythia-2.8b": "EleutherAI/pythia-2.8b",
  "pythia-6.9b": "EleutherAI/pythia-6.9b",
};

/** Today's full ids of the legacy names: a cache filled under one name serves the other. */
export const CANONICAL_IDS: Readonly<Record<string, string>> = {
  "gpt2": "openai-community/gpt2",
  "gpt2-medium": "openai-community/gpt2-medium",
  "gpt2-large": "openai-community/gpt2-large",
  "gpt2-xl": "openai-community/gpt2-xl",
};

/** The models that stand in the project itself, under `cache/models`. */
export const EMBEDDED_MODELS: readonly string[] = [
  "tiny-gpt2-a",
  "tiny-gpt2-b",
  "tiny-gpt2-c",
  "tiny-gpt2-d",
  "tiny-gpt2-e",
];

/** `"; nearest is ..."` for a misspelt name of ours, else the empty string. */
export function nearestModel(name: string): string {
  const names = [...Object.keys(HUB_ALIASES), ...EMBEDDED_MODELS];
  const close = names.includes(name) ? undefined : nearest(name, names);
  return close === undefined ? "" : `; the nearest name known here is ${close}`;
}
