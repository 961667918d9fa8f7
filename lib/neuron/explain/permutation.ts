/**
 * What the best of many features reaches by chance.
 *
 * A neuron follows tokens even where no feature of ours does, and features are sets of tokens: among
 * hundreds of arbitrary sets the best one explains something too. The baseline keeps the neuron's sums
 * and the features' shapes and gives each group the sums of another group that occurs about as often.
 *
 * @module
 */
import { RandomStream } from "../../random.ts";
import { type GroupedFeatures, heldBy } from "../labels/group_features.ts";

/** Groups trade places among so many neighbours in order of their counts. */
const NEIGHBOURS = 32;

/** One shuffle of the groups. */
export interface Draw {
  /** `[P]`: the place in `present` whose sums each group is given. */
  readonly order: Int32Array;
  /** `[F]`: positions that each feature then holds of. */
  readonly held: Float64Array;
}

/**
 * Shuffles of groups among neighbours in the order of their counts: the most frequent 32 among
 * themselves, and so on. The same seed gives the same shuffles, for all neurons the same.
 */
export function permutationDraws(
  grouped: GroupedFeatures,
  { seed, draws }: { readonly seed: number; readonly draws: number },
): Draw[] {
  const { name, present, counts } = grouped;
  const ranked = Int32Array.from(present.keys()).sort((a, b) => counts[b]! - counts[a]! || a - b);
  return Array.from({ length: draws }, (_, draw) => {
    const random = new RandomStream(seed, `explain/${name}/${draw}`);
    const shuffled = ranked.slice();
    for (let start = 0; start < shuffled.length; start += NEIGHBOURS) {
      const end = Math.min(start + NEIGHBOURS, shuffled.length);
      for (let i = end - 1; i > start; i--) {
        const j = start + random.integer(i, i - start + 1);
        [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
      }
    }
    const order = new Int32Array(present.length);
    ranked.forEach((p, i) => order[p] = shuffled[i]!);
    const held = heldBy(grouped, Float64Array.from(order, (from) => counts[from]!));
    return { order, held };
  });
}
