import type { ReadTable } from "../../store/format/read_table.ts";
import { cannot } from "../../errors.ts";
import { type NumberColumns, type ShownColumn, shownColumn } from "./columns.ts";

/** The feature that explains each neuron best. */
export interface NeuronFeatures {
  /** Names, sorted. */
  readonly names: readonly string[];
  /** Places in `names`, null for neurons without one; absent where no neuron has any. */
  readonly column: ShownColumn | undefined;
  /** `variance_reduction`. */
  readonly numbers: NumberColumns;
}

/**
 * Takes the best features of `best_features.parquet`, which may have some neurons only, in any order.
 *
 * @throws {NeuriteError} E-USAGE for a neuron that the model has not.
 */
export function neuronFeatures(
  { rows, columns }: ReadTable,
  { layers, width, path }: { layers: number; width: number; path: string },
): NeuronFeatures {
  const text = (name: string, row: number) => String(columns[name]?.[row] ?? "");
  const named = Array.from({ length: rows }, (_, row) => {
    const [kind, feature] = [text("best_kind", row), text("best_feature", row)];
    // A feature of the token itself is what a name alone means.
    return feature === "" || kind === "token" ? feature : `${feature} (${kind})`;
  });
  const names = [...new Set(named)].filter((name) => name !== "").sort();
  const places = new Array<number | null>(layers * width).fill(null);
  const reductions = new Array<number | null>(layers * width).fill(null);
  const placeOf = new Map(names.map((name, place) => [name, place]));
  for (let row = 0; row < rows; row++) {
    const [layer, neuron] = [Number(columns["layer"]?.[row]), Number(columns["neuron"]?.[row])];
    if (!(layer >= 0 && layer < layers && neuron >= 0 && neuron < width)) {
      throw cannot("E-USAGE", {
        do: "show the features of",
        thing: path,
        is: `neuron ${layer}.${neuron}`,
        expected: `neurons of ${layers} layers of ${width}`,
        hint: "give an explanation of this model's activations",
      });
    }
    places[layer * width + neuron] = placeOf.get(named[row]!) ?? null;
    const reduction = columns["best_variance_reduction"]?.[row];
    reductions[layer * width + neuron] = typeof reduction === "number" ? reduction : null;
  }
  const column = shownColumn(places, {
    name: "feature",
    title: "feature",
    description: "The feature of a token that explains the neuron best.",
  });
  return { names, column, numbers: { "variance_reduction": reductions } };
}
