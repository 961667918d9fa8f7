/**
 * The neurons that the original release intervenes on (spec/universal_neurons.md sections 1.12, 1.16
 * and 1.17).
 *
 * @module
 */

/** Entropy neurons of a model and the random ones they are compared with. */
export interface EntropyNeurons {
  readonly chosen: readonly string[];
  readonly controls: readonly string[];
}

const ENTROPY: Readonly<Record<string, EntropyNeurons>> = {
  "stanford-gpt2-small-a": {
    chosen: ["11.3030", "11.2859"],
    // deno-fmt-ignore
    controls: [
      "11.2652", "11.1602", "10.2129", "10.906", "10.2944", "10.2783", "11.779", "10.2314",
      "11.1821", "10.1220", "10.2166", "11.1974", "11.2443", "11.2028", "11.127", "10.1971",
      "11.148", "11.682", "10.2121", "10.684",
    ],
  },
  "stanford-gpt2-medium-a": {
    chosen: ["23.945", "22.2882"],
    // deno-fmt-ignore
    controls: [
      "22.3440", "22.2781", "23.3788", "23.3475", "22.1464", "22.2228", "22.987", "23.3974",
      "23.529", "22.669", "23.1075", "23.3938", "23.1404", "23.53", "22.125", "22.253",
      "22.2078", "23.188", "22.2548", "22.401",
    ],
  },
  "pythia-160m": {
    chosen: ["11.1070", "10.1205", "10.2385"],
    // deno-fmt-ignore
    controls: [
      "11.1406", "10.316", "10.2884", "11.2874", "10.1714", "10.351", "11.592", "11.541",
      "10.2471", "11.1052", "11.1667", "10.2684", "10.97", "10.2004", "10.1371", "11.2835",
      "11.2470", "11.1351", "10.1137", "10.742",
    ],
  },
};

/** The release's entropy neurons of a model by its alias, or undefined. */
export function entropyNeurons(model: string): EntropyNeurons | undefined {
  return Object.hasOwn(ENTROPY, model) ? ENTROPY[model] : undefined;
}

/**
 * The prediction neurons of stanford-gpt2-medium-a that the release ablates (`zero_ablation`,
 * `threshold_ablation` and `relu_ablation` of each, at `mlp.hook_pre`), by the vocabulary feature that
 * they predict.
 */
export const ABLATED_NEURONS: Readonly<Record<string, readonly string[]>> = {
  // deno-fmt-ignore
  "all_caps": [
    "20.13", "23.3440", "21.2148", "15.591", "19.1121", "18.2336", "15.84", "17.2559",
  ],
  // deno-fmt-ignore
  "end_w_ing": [
    "22.1585", "22.3534", "19.2871", "20.1867", "19.1647", "22.904", "19.3984", "15.1699",
    "23.3844", "16.3122", "18.1984", "21.118", "16.3346", "14.2046", "14.4048",
  ],
  // deno-fmt-ignore
  "is_second_person_pronoun": [
    "23.2205", "20.2583", "17.774", "18.638", "14.2719", "18.1932", "18.1532", "18.1631",
    "18.3930",
  ],
  // deno-fmt-ignore
  "is_neutral_pronoun": [
    "22.73", "22.1732", "21.1274", "17.797", "20.603", "16.4092", "16.2529", "19.2820",
    "18.3690", "15.1552",
  ],
};
