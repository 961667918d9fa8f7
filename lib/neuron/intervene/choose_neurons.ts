/**
 * Entropy neurons of any model by the paper's filters, and neurons to compare them with.
 *
 * @module
 */
import { cannot } from "../../errors.ts";
import { RandomStream } from "../../random.ts";
import { nameOf, type Neuron } from "../neurons.ts";
import { quantile } from "../quantile.ts";
import type { NeuronTraits } from "./weight_traits.ts";

/** Above it a neuron writes to few tokens, or fires on few: the paper's filter. */
const MOST_KURTOSIS = 10;

/**
 * Neurons of large weights that hardly touch the logits: of those whose kurtosis over the vocabulary
 * (and of activations, where it is known) is at most 10, the `count` with the smallest
 * `vocabVar / l2`. The paper's filters differ from model to model by cut-offs of l2 and vocabVar set by
 * hand (spec section 1.12); the ratio ranks by both at once and needs none.
 *
 * @throws {NeuriteError} E-USAGE when no neuron passes the filter.
 */
export function chooseEntropyNeurons(
  traits: readonly NeuronTraits[],
  count: number,
): Neuron[] {
  const passing = traits.filter(({ l2, vocabKurt, kurt = 0 }) =>
    l2 > 0 && vocabKurt <= MOST_KURTOSIS && kurt <= MOST_KURTOSIS
  );
  if (passing.length === 0) {
    throw cannot("E-USAGE", {
      do: "choose",
      thing: `--chosen ${count}`,
      is: `no neuron among ${traits.length} of the last two layers passes the filter`,
      expected: `some with a kurtosis of at most ${MOST_KURTOSIS}`,
      hint: "name neurons with --neurons",
    });
  }
  return passing
    .sort((a, b) =>
      a.vocabVar / a.l2 - b.vocabVar / b.l2 || a.layer - b.layer || a.neuron - b.neuron
    )
    .slice(0, count)
    .map(({ layer, neuron }) => ({ layer, neuron }));
}

/**
 * Random neurons of the last two layers by the paper's rule: l2 at most the 90th percentile and
 * vocabVar at least the 10th, both over these layers; without the chosen ones. The draw depends on the
 * seed and the neurons alone.
 *
 * @throws {NeuriteError} E-USAGE when there are fewer.
 */
export function drawControls(
  traits: readonly NeuronTraits[],
  { count, seed, chosen }: { count: number; seed: number; chosen: readonly Neuron[] },
): Neuron[] {
  const known = traits.filter(({ vocabVar }) => Number.isFinite(vocabVar));
  const most = quantile(known.map(({ l2 }) => l2), 0.9);
  const least = quantile(known.map(({ vocabVar }) => vocabVar), 0.1);
  const taken = new Set(chosen.map(nameOf));
  const pool = known.filter((one) =>
    one.l2 <= most && one.vocabVar >= least && !taken.has(nameOf(one))
  );
  if (pool.length < count) {
    throw cannot("E-USAGE", {
      do: "draw",
      thing: `--controls ${count}`,
      is: `${pool.length} neurons in the last two layers that may be drawn`,
      expected: "at least as many as are asked for",
      hint: `--controls ${pool.length}`,
    });
  }
  const stream = new RandomStream(seed, "control neurons");
  for (let i = 0; i < count; i++) {
    const j = i + stream.integer(i, pool.length - i);
    [pool[i], pool[j]] = [pool[j]!, pool[i]!];
  }
  return pool.slice(0, count).map(({ layer, neuron }) => ({ layer, neuron }));
}
