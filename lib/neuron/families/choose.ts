/**
 * Which neurons make a family, by their reductions in variance (spec/universal_neurons.md section 2).
 *
 * @module
 */
import type { FeatureNeuron, Reductions } from "./family_sources.ts";

/** Largest first; equal ones by name, so that the order does not hang on the table's. */
function byReduction(a: FeatureNeuron, b: FeatureNeuron): number {
  return b.reduction - a.reduction || (a.neuron < b.neuron ? -1 : 1);
}

function bestRow(neurons: readonly string[], column: ArrayLike<number>): number {
  let best = -1;
  for (let row = 0; row < neurons.length; row++) {
    if (Number.isNaN(column[row]!)) continue;
    if (best < 0 || column[row]! > column[best]!) best = row;
  }
  return best;
}

/** The best neuron of each of some features, in their order; features that are not there are left out. */
export function bestNeurons(
  { neurons, columns }: Reductions,
  features: readonly string[],
): FeatureNeuron[] {
  return features.flatMap((feature) => {
    const column = columns.get(feature);
    const row = column ? bestRow(neurons, column) : -1;
    return row < 0 ? [] : [{ neuron: neurons[row]!, feature, reduction: column![row]! }];
  });
}

/** The best feature of each neuron that has one, of those for which `isAsked`, largest first. */
export function bestFeatures(
  { neurons, columns }: Reductions,
  isAsked: (feature: string) => boolean = () => true,
): FeatureNeuron[] {
  const asked = [...columns].filter(([feature]) => isAsked(feature));
  return neurons.flatMap((neuron, row) => {
    let best: FeatureNeuron | undefined;
    for (const [feature, column] of asked) {
      const reduction = column[row]!;
      if (!Number.isNaN(reduction) && !(best && best.reduction >= reduction)) {
        best = { neuron, feature, reduction };
      }
    }
    return best ? [best] : [];
  }).sort(byReduction);
}

/** Neurons by their feature, those of most neurons first; within each, largest reduction first. */
export function groupByFeature(
  neurons: readonly FeatureNeuron[],
): { readonly feature: string; readonly neurons: readonly FeatureNeuron[] }[] {
  return [...Map.groupBy(neurons.toSorted(byReduction), ({ feature }) => feature)]
    .map(([feature, own]) => ({ feature, neurons: own }))
    .sort((a, b) => b.neurons.length - a.neurons.length);
}

/** Says that nothing passed a filter, and what came nearest. */
export function nearestText(
  what: string,
  candidates: readonly FeatureNeuron[],
  least: number,
): string {
  const start = `no neuron follows ${what} with a reduction above ${least}`;
  const best = candidates.toSorted(byReduction)[0];
  if (best === undefined) return `${start}: no such feature could be judged in this corpus`;
  const { neuron, feature, reduction } = best;
  return `${start}: the nearest is ${neuron}, ${feature}, ${reduction.toFixed(3)}; ` +
    "--least sets the border";
}
