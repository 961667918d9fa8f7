/**
 * Effects and activations of shown neurons, split by a feature, as figures draw them.
 *
 * @module
 */
import type { Tokens } from "../../model/tokens.ts";
import { nameOf } from "../neurons.ts";
import type { Activations } from "../cached/open_activations.ts";
import { splitClasses } from "../families/split.ts";
import type { TokenFeature } from "../vocabulary/features.ts";
import type { NamedNeuron } from "./named.ts";
import type { ScoredVocabulary } from "./score_neuron.ts";
import type { Shown, ShownNeurons } from "./shown.ts";

/** Values of two classes. */
export type Split = readonly [inside: Float32Array, outside: Float32Array];

/** What panels are made of. */
export interface PanelSource {
  readonly vocabulary: ScoredVocabulary;
  /** `[V]` by name. */
  readonly effects: ReadonlyMap<string, Float32Array>;
  readonly named: readonly NamedNeuron[];
  readonly activations?: Activations | undefined;
}

/** @param codes 1 where the feature holds, 0 where not; anything else is left out. */
function splitBy(values: ArrayLike<number>, codes: ArrayLike<number>): Split {
  const [outside, inside] = splitClasses(values, codes, ["others", "feature holds"]);
  return [inside!.values, outside!.values];
}

/**
 * Pre-activations by whether the feature holds of the next token: f32, rows' last positions left out,
 * as they have no next token in the row.
 */
export function splitByNext(
  values: ArrayLike<number>,
  { data, shape }: Tokens,
  holdsOf: (id: number) => boolean,
): Split {
  const T = shape[1]!;
  const codes = Uint8Array.from(
    data,
    (_, i) => i % T === T - 1 ? 2 : Number(holdsOf(data[i + 1]!)),
  );
  return splitBy(values, codes);
}

function featureOf({ vocabulary }: PanelSource, name: string): TokenFeature | undefined {
  return vocabulary.features.find((feature) => feature.name === name);
}

/** Effects of shown neurons on the tokens with and without their features. */
export function effectPanels(source: PanelSource, shown: readonly Shown[]) {
  const { vocabulary: { ids }, effects, named } = source;
  return shown.flatMap(([neuron, featureName]) => {
    const feature = featureOf(source, featureName);
    const effect = effects.get(neuron);
    if (feature === undefined || effect === undefined) return [];
    const [inside, outside] = splitBy(Float32Array.from(ids, (id) => effect[id]!), feature.holds);
    const own = named.find((one) => one.neuron === neuron && one.feature === featureName);
    const subtitle = own && `VR ${own.varianceReduction.toFixed(3)}`;
    return [{ neuron, feature: featureName, subtitle, inside, outside }];
  });
}

/** Effects, and pre-activations where they were cached, of several neurons of a feature. */
export async function duplicatePanels(
  source: PanelSource,
  shown: ShownNeurons["duplicates"],
) {
  const { vocabulary: { ids }, effects, activations } = source;
  const panels = [];
  for (const [featureName, names] of shown) {
    const feature = featureOf(source, featureName);
    if (feature === undefined) continue;
    const held = new Set(ids.filter((_, i) => feature.holds[i] === 1));
    const neurons = [];
    for (const name of names) {
      const effect = effects.get(name)!;
      const place = activations?.neurons.findIndex((one) => nameOf(one) === name) ?? -1;
      const own = place < 0 ? undefined : await activations!.read(place);
      neurons.push({
        name,
        effects: splitBy(Float32Array.from(ids, (id) => effect[id]!), feature.holds),
        ...(own && {
          activations: splitByNext(own, activations!.tokens, (id) => held.has(id)),
        }),
      });
    }
    panels.push({ feature: featureName, neurons });
  }
  return panels;
}
