/**
 * The models of a run: checked to read the same tokens, opened when a pass needs them.
 *
 * @module
 */
import type { Device } from "../../device/device.ts";
import { cannot } from "../../errors.ts";
import type { FoundModel } from "../../model/find_model.ts";
import { loadModel, type Model } from "../../model/model.ts";
import { openTokenizer } from "../../model/tokenizer.ts";
import { tokenizerProbe } from "../../model/tokenizer_probe.ts";
import { type NeuronSource, readNeurons } from "./sources.ts";

/** A found model as a source; `loaded` is one that is open already and stays so. */
export function modelSource(
  { label, directory, config, weightBytes }: FoundModel,
  device: Device,
  loaded?: () => Promise<Model>,
): NeuronSource {
  return {
    label,
    layers: config.nLayer,
    width: config.dMlp,
    weightBytes,
    open: async () =>
      loaded
        ? readNeurons(await loaded(), "nothing")
        : readNeurons(await loadModel(directory, device), "model"),
  };
}

/** Which positions do not count. */
export const DROPS = ["newline", "special", "none"] as const;

/** A member of {@linkcode DROPS}. */
export type Drop = typeof DROPS[number];

/**
 * The token ids to drop: BOS, EOS and, with `newline`, the token of a single line break, as the
 * original's `correlations_fast` (spec/universal_neurons section 0.5); `special` drops BOS and EOS
 * alone, as its older `correlations`.
 *
 * @throws {NeuriteError} E-TOKENIZER when the models do not cut text alike, or a line break is more
 * than one token.
 */
export async function droppedIds(
  drop: Drop,
  models: readonly FoundModel[],
): Promise<ReadonlySet<number>> {
  if (drop === "none") return new Set();
  const [first] = models;
  const { bosTokenId, eosTokenId } = first!.config;
  const special = [bosTokenId, eosTokenId].filter((id) => id !== null);
  if (drop === "special") return new Set(special);
  const tokenizers = await Promise.all(models.map(({ directory }) => openTokenizer(directory)));
  const probes = tokenizers.map(tokenizerProbe);
  const other = probes.findIndex((probe) => probe !== probes[0]);
  if (other >= 0) throw otherTokenizer(models[other]!, first!);
  const newline = tokenizers[0]!.encode("\n");
  if (newline.length === 1) return new Set([...special, newline[0]!]);
  throw cannot("E-TOKENIZER", {
    do: "drop the line breaks of",
    thing: tokenizers[0]!.files[0]!,
    is: `a line break in ${newline.length} tokens`,
    expected: "one token",
    hint: "drop special tokens alone: --drop special",
  });
}

function otherTokenizer(model: FoundModel, first: FoundModel) {
  return cannot("E-TOKENIZER", {
    do: "read the same tokens with",
    thing: model.directory,
    is: `a tokenizer that cuts text otherwise than that of ${first.directory}`,
    expected: "models of one tokenizer, because all read the same token ids",
    hint: "correlate models of one family",
  });
}
