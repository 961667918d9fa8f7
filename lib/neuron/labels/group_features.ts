/**
 * Positions of a corpus in groups, and features that hold of whole groups: tokens by their id, or
 * positions by whatever labels they carry. Sums over groups, one pass over the positions, then give
 * the sums of every feature.
 *
 * @module
 */
import type { GroupFeature, Labelling } from "./labelling.ts";
import { PositionBits } from "./position_bits.ts";

/**
 * Features by group. Groups of which the same features hold share a row: of GPT-2's 50,257 tokens
 * there are 5,104 kinds.
 */
export interface GroupedFeatures {
  readonly name: string;
  readonly codes: Int32Array;
  readonly groups: number;
  readonly features: readonly GroupFeature[];
  /** Positions, N. */
  readonly positions: number;
  /** `[P]`: the groups that occur, ascending. */
  readonly present: Int32Array;
  /** `[P]`: positions of each of them. */
  readonly counts: Float64Array;
  /** `[P]`: the row of each of them, below R. */
  readonly rows: Int32Array;
  /** `[R + 1]`: where the features of each row begin in `members`. */
  readonly starts: Int32Array;
  /** Places in `features`, ascending in each row. */
  readonly members: Uint16Array;
  /** `[F]`: positions that each feature holds of. */
  readonly held: Float64Array;
}

/** Features have a place of 16 bits. */
const MOST_FEATURES = 2 ** 16;

/** Counts groups and sorts features by group. */
export function groupFeatures({ name, codes, groups, features }: Labelling): GroupedFeatures {
  if (features.length > MOST_FEATURES) {
    throw new RangeError(
      `Cannot label "${name}": ${features.length} features, expected at most ${MOST_FEATURES}`,
    );
  }
  const all = new Int32Array(groups);
  for (const code of codes) all[code]!++;
  const present = Int32Array.from(all.keys().filter((group) => all[group]! > 0));
  const counts = Float64Array.from(present, (group) => all[group]!);
  const kinds = new PositionBits(present.length, features);
  features.forEach(({ holds }, f) => {
    for (let p = 0; p < present.length; p++) if (holds[present[p]!] === 1) kinds.set(p, f);
  });
  const { codes: rows, groups: rowCount, features: byRow } = kinds.labelling(name);
  const lists = Array.from(
    { length: rowCount },
    (_, row) => [...byRow.keys()].filter((f) => byRow[f]!.holds[row] === 1),
  );
  const starts = new Int32Array(rowCount + 1);
  lists.forEach((list, row) => starts[row + 1] = starts[row]! + list.length);
  const members = Uint16Array.from(lists.flat());
  const grouped = { name, codes, groups, features, present, counts, rows, starts, members };
  return { ...grouped, positions: codes.length, held: heldBy(grouped, counts) };
}

/**
 * Positions that each feature holds of, `[F]`.
 *
 * @param counts `[P]`, positions of each present group.
 */
export function heldBy(
  { features, rows, starts, members }: Pick<
    GroupedFeatures,
    "features" | "rows" | "starts" | "members"
  >,
  counts: Float64Array,
): Float64Array {
  const held = new Float64Array(features.length);
  rows.forEach((row, p) => {
    for (let m = starts[row]!; m < starts[row + 1]!; m++) held[members[m]!]! += counts[p]!;
  });
  return held;
}

/**
 * Codes of the position before, in each row of `T` positions; the first of a row has none and gets
 * `none`. The release shifts sequence features over the flattened corpus instead, so that a row's
 * first position sees the last of the row before.
 */
export function previousCodes(codes: Int32Array, T: number, none: number): Int32Array {
  const previous = new Int32Array(codes.length);
  previous.set(codes.subarray(0, codes.length - 1), 1);
  for (let start = 0; start < codes.length; start += T) previous[start] = none;
  return previous;
}

/** Whether a feature can be judged: a variance needs two positions on either side. */
export function standingOf(
  held: number,
  positions: number,
): "judged" | "never" | "always" | "once" {
  if (held === 0) return "never";
  if (held === positions) return "always";
  return held === 1 || held === positions - 1 ? "once" : "judged";
}
