import type { GeluForm } from "../../device/graph.ts";
import { openReference } from "../../device/reference/mod.ts";
import { runWithHooks } from "../../model/forward/forward.ts";
import { loadModel } from "../../model/model.ts";
import type { Tokens } from "../../model/tokens.ts";
import type { Testimony } from "../../model/witness.ts";
import { RandomStream } from "../../random.ts";

/** What is tested: the examples `[L·F, k]` of a run. */
export interface WitnessedExamples {
  readonly values: Float32Array;
  /** Offsets in `tokens`, −1 where there is none. */
  readonly offsets: Int32Array;
  readonly tokens: Tokens;
}

/**
 * Computes `count` random examples again in float64, from their token rows on.
 *
 * @throws what `runWithHooks` throws.
 */
export async function witnessExamples(
  directory: string,
  { values, offsets, tokens: { data, shape } }: WitnessedExamples,
  { count, seed, gelu }: { count: number; seed: number; gelu?: GeluForm | undefined },
): Promise<Testimony> {
  const T = shape[1]!;
  const stream = new RandomStream(seed, "witness");
  const entries = [...offsets.keys()].filter((i) => offsets[i]! >= 0);
  const picks = Array.from(
    { length: entries.length > 0 ? count : 0 },
    (_, i) => entries[stream.integer(i, entries.length)]!,
  );
  await using device = openReference();
  await using model = await loadModel(directory, device, { gelu });
  const { nLayer, dMlp: F } = model.config;
  const perNeuron = offsets.length / (nLayer * F);
  let largest = 0;
  let worst: Testimony["worst"] = null;
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
      const apart = Math.abs(value - reference);
      if (worst && !(apart > largest) && !Number.isNaN(apart)) continue;
      largest = apart;
      worst = { name: "max_activating_value", index: i, value, reference };
    }
  }
  return { count: picks.length, largest, worst };
}
