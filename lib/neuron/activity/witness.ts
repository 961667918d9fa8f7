import type { GeluForm } from "../../device/graph.ts";
import { openReference } from "../../device/reference/mod.ts";
import { runWithHooks } from "../../model/forward/forward.ts";
import { loadModel } from "../../model/model.ts";
import type { Tokens } from "../../model/tokens.ts";
import type { Testimony } from "../../model/witness.ts";
import { RandomStream } from "../../random.ts";
import { WitnessTally } from "../witness_tally.ts";

/** What is tested: the examples `[L·F, k]` of a run. */
export interface WitnessedExamples {
  readonly values: Float32Array;
  /** Offsets in `tokens`, −1 where there is none. */
  readonly offsets: Int32Array;
  readonly tokens: Tokens;
}

/** Whether a place has an example: none at −1, and none where a list that began at 0 is as it began. */
function isExample({ values, offsets }: WitnessedExamples, i: number): boolean {
  return offsets[i]! > 0 || offsets[i] === 0 && values[i] !== 0;
}

/** `count` examples in the order in which they were drawn, found in one walk: there may be millions. */
function drawExamples(examples: WitnessedExamples, count: number, seed: number): number[] {
  const { length } = examples.offsets;
  let entries = 0;
  for (let i = 0; i < length; i++) if (isExample(examples, i)) entries++;
  if (entries === 0) return [];
  const stream = new RandomStream(seed, "witness");
  const ranks = Array.from({ length: count }, (_, i) => stream.integer(i, entries));
  const wanted = new Map(ranks.map((rank) => [rank, -1]));
  for (let i = 0, rank = 0; i < length; i++) {
    if (!isExample(examples, i)) continue;
    if (wanted.has(rank)) wanted.set(rank, i);
    rank++;
  }
  return ranks.map((rank) => wanted.get(rank)!);
}

/**
 * Computes `count` random examples again in float64, from their token rows on.
 *
 * @throws what `runWithHooks` throws.
 */
export async function witnessExamples(
  directory: string,
  examples: WitnessedExamples,
  { count, seed, gelu }: { count: number; seed: number; gelu?: GeluForm | undefined },
): Promise<Testimony> {
  const { values, offsets, tokens: { data, shape } } = examples;
  const T = shape[1]!;
  const picks = drawExamples(examples, count, seed);
  await using device = openReference();
  await using model = await loadModel(directory, device, { gelu });
  const { nLayer, dMlp: F } = model.config;
  const perNeuron = offsets.length / (nLayer * F);
  const tally = new WitnessTally();
  for (const [row, ofRow] of Map.groupBy(picks, (i) => Math.floor(offsets[i]! / T))) {
    const tokens = { data: data.slice(row * T, (row + 1) * T), shape: [1, T] };
    const hookOf = (i: number) => {
      return `blocks.${Math.floor(i / (perNeuron * F))}.mlp.hook_post`;
    };
    const read = [...new Set(ofRow.map(hookOf))];
    const expected = await runWithHooks(model, tokens, { read });
    for (const i of ofRow) {
      const neuron = Math.floor(i / perNeuron) % F;
      const value = values[i]!;
      const reference = Number(expected[hookOf(i)]!.data[(offsets[i]! % T) * F + neuron]);
      tally.add({ name: "max_activating_value", index: i, value, reference });
    }
  }
  return tally.testimony();
}
