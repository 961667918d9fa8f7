/**
 * Neurons of syntax: those that a feature of the sequence explains better than any of the token, of
 * finished runs of `explain`, `activations` and `tag_corpus`.
 *
 * @module
 */
import type { GeluForm } from "../../device/graph.ts";
import { cannot } from "../../errors.ts";
import type { ReadTable } from "../../store/format/read_table.ts";
import type { Activations } from "../cached/open_activations.ts";
import { nameOf } from "../neurons.ts";
import { explainNeurons } from "../explain/explain_neurons.ts";
import { groupFeatures } from "../labels/group_features.ts";
import type { GroupFeature, Labelling } from "../labels/labelling.ts";
import { PositionBits } from "../labels/position_bits.ts";

/** A neuron and the feature of sequences that explains it best. */
export interface SyntaxChoice {
  /** `layer.index`. */
  readonly neuron: string;
  readonly feature: string;
  readonly family: string;
  readonly reduction: number;
  /** Its best feature of the token, and the reduction by it; empty and NaN where none was judged. */
  readonly tokenFeature: string;
  readonly tokenReduction: number;
}

/** A chosen neuron with its values. */
export interface SyntaxNeuron extends SyntaxChoice {
  /** `[N]`, as cached. */
  readonly values: Float32Array;
  /** `[N]`, 1 where the feature holds. */
  readonly holds: Uint8Array;
  /** Reduction by the feature as its token alone would have it; see {@linkcode byToken}. */
  readonly tokenAlone: number;
}

/**
 * Neurons in order of their reduction by a feature of sequences: of all those for which it is the best
 * of their features, the first `count`; or those named, whatever explains them best.
 */
export function chooseSyntax(
  { columns, rows }: ReadTable,
  { count, names = [] }: { readonly count: number; readonly names?: readonly string[] },
): SyntaxChoice[] {
  const text = (name: string, row: number) => String(columns[name]?.[row] ?? "");
  const all = Array.from({ length: rows }, (_, row) => ({
    neuron: `${text("layer", row)}.${text("neuron", row)}`,
    kind: text("best_kind", row),
    feature: text("sequence_feature", row),
    family: text("sequence_family", row),
    reduction: Number(columns["sequence_variance_reduction"]?.[row] ?? NaN),
    tokenFeature: text("token_feature", row),
    tokenReduction: Number(columns["token_variance_reduction"]?.[row] ?? NaN),
  }));
  const isWanted = (one: typeof all[number]) =>
    names.length > 0
      ? names.includes(one.neuron) && one.feature !== ""
      : one.kind === "sequence" && one.family !== "context";
  return all.filter(isWanted).sort((a, b) => b.reduction - a.reduction)
    .slice(0, names.length || count)
    .map(({ kind: _, ...choice }) => choice);
}

/**
 * A feature as far as the token tells it: `[N]`, 1 at all positions of those tokens of which it holds
 * at more than half of their positions. What it explains less than the feature itself is context.
 */
export function byToken(tokens: Int32Array, holds: Uint8Array): Uint8Array {
  const counts = new Map<number, number>();
  tokens.forEach((id, i) => counts.set(id, (counts.get(id) ?? 0) + (holds[i] === 1 ? 1 : -1)));
  return Uint8Array.from(tokens, (id) => counts.get(id)! > 0 ? 1 : 0);
}

function featureOf({ features }: Labelling, { neuron, feature }: SyntaxChoice): GroupFeature {
  const found = features.find(({ name }) => name === feature);
  if (found) return found;
  throw cannot("E-FILE-MISSING", {
    do: `find the best feature of ${neuron} among tags,`,
    thing: feature,
    is: "none of theirs",
    expected: "the tags that the explanations were made with",
    hint: "run un:explain again with these tags",
  });
}

/**
 * Reads the values of chosen neurons, one after the other; those of one are held, 5 bytes a position.
 *
 * @param labels of the activations' positions.
 * @throws {NeuriteError} E-FILE-MISSING for a neuron or feature that the runs have not; those of the
 * activations.
 */
export async function* readSyntax(
  activations: Activations,
  labels: Labelling,
  { choices, gelu }: { readonly choices: readonly SyntaxChoice[]; readonly gelu: GeluForm },
): AsyncGenerator<SyntaxNeuron> {
  const tokens = activations.tokens.data;
  const placeOf = new Map(activations.neurons.map((neuron, place) => [nameOf(neuron), place]));
  for (const choice of choices) {
    const { holds } = featureOf(labels, choice);
    const place = placeOf.get(choice.neuron);
    if (place === undefined) {
      throw cannot("E-FILE-MISSING", {
        do: "read neuron",
        thing: choice.neuron,
        is: `none of the activations in ${activations.run.directory}`,
        expected: "the activations that the explanations were made of",
        hint: "give them with --activations",
      });
    }
    const held = Uint8Array.from(labels.codes, (code) => holds[code] ?? 0);
    const bits = new PositionBits(tokens.length, [{ name: choice.feature, family: "token alone" }]);
    byToken(tokens, held).forEach((is, i) => is === 1 && bits.set(i, 0));
    const grouped = [groupFeatures(bits.labelling("token alone"))];
    const values = await activations.read(place);
    const columns = { ...pick(activations), read: () => Promise.resolve(values) };
    for await (
      const { labellings } of explainNeurons(columns, grouped, { places: [place], gelu })
    ) {
      const tokenAlone = labellings[0]!.reductions[0]!;
      yield { ...choice, values, holds: held, tokenAlone };
    }
  }
}

function pick({ neurons, location, tokens }: Activations) {
  return { neurons, location, tokens };
}
