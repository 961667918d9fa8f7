/**
 * Labels of positions as kinds of features: of the position itself, and of the one before.
 *
 * @module
 */
import type { CorpusRows, Subsets } from "../../model/corpus_rows.ts";
import { previousCodes } from "../labels/group_features.ts";
import type { Labelling } from "../labels/labelling.ts";
import { type Tags, tagsOfRows } from "./open_tags.ts";

/** Labels of no feature, one group for all positions. */
export function noLabels(positions: number): Labelling {
  return { name: "sequence", codes: new Int32Array(positions), groups: 1, features: [] };
}

/**
 * Labels with `is_subset_{name}` added, which hold of all positions of a subset's rows, the first too;
 * spaces in a name stay. The release has the same columns; what made them was not released.
 */
export function withSubsets(labels: Labelling, { names, ofRow }: Subsets): Labelling {
  const { codes, groups, features } = labels;
  const [S, T] = [names.length, codes.length / ofRow.length];
  // A subset's groups lie side by side, so that a group's subset is its number modulo S.
  const groupOf = (code: number, position: number) => code * S + ofRow[Math.floor(position / T)]!;
  const spread = (holds: Uint8Array) =>
    Uint8Array.from({ length: groups * S }, (_, group) => holds[Math.floor(group / S)]!);
  return {
    ...labels,
    codes: codes.map(groupOf),
    groups: groups * S,
    features: [
      ...features.map((feature) => ({ ...feature, holds: spread(feature.holds) })),
      ...names.map((name, s) => ({
        name: `is_subset_${name}`,
        family: "context",
        holds: Uint8Array.from({ length: groups * S }, (_, group) => Number(group % S === s)),
      })),
    ],
  };
}

/**
 * Labels of all positions of some rows: their tags, where there are some, and their subsets.
 *
 * @throws {NeuriteError} as `tagsOfRows`.
 */
export function positionLabels(tags: Tags | undefined, { tokens, subsets }: CorpusRows): Labelling {
  const labels = tags ? tagsOfRows(tags, tokens) : noLabels(tokens.data.length);
  return subsets ? withSubsets(labels, subsets) : labels;
}

/**
 * The labels of the position before. A row's first position has none before it and no feature.
 *
 * @param T positions a row.
 * @param originalShift shift over the flattened corpus and around its end, as the release does: a
 * row's first position then has the labels of the last of the row before.
 */
export function previousLabels(
  labels: Labelling,
  T: number,
  { originalShift = false }: { readonly originalShift?: boolean } = {},
): Labelling {
  const name = `prev_${labels.name}`;
  const { codes, groups } = labels;
  if (!originalShift) {
    return { ...labels, name, codes: previousCodes(codes, T, groups), groups: groups + 1 };
  }
  const shifted = previousCodes(codes, codes.length, codes.at(-1) ?? 0);
  return { ...labels, name, codes: shifted };
}
