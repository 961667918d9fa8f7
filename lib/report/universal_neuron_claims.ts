/**
 * "Universal neurons in GPT2 language models" (Gurnee and others 2024), claim by claim.
 *
 * @module
 */
import type { Claim, PaperClaims } from "./claim.ts";
import { byLayer, properties, universalShare } from "./universal_counts.ts";
import {
  attention,
  entropy,
  explanations,
  predictions,
  rotation,
  weights,
} from "./universal_readings.ts";

const script = (name: string) => `universal_neurons/${name}`;
const SMALL = "--model stanford-gpt2-small-a";
const MEDIUM = "--model stanford-gpt2-medium-a";
const TOKENS = "--tokens cache/results/universal_neurons/make_dataset/tokens.safetensors";
const NEURON_DF =
  "deno task un:neuron-df --correlations cache/results/universal_neurons/correlations " +
  "--weights cache/results/universal_neurons/weights --summary cache/results/universal_neurons/summary";

const claim = (
  id: string,
  words: string,
  source: string,
  rest: Pick<Claim, "scripts" | "command" | "figures" | "drawnBy" | "read">,
): Claim => ({ id, words, source, ...rest });

/** The paper's claims in its order. */
export const UNIVERSAL_NEURONS: PaperClaims = {
  id: "universal-neurons",
  title: "Universal neurons in GPT2 language models",
  authors: "Gurnee, Horsley, Guo, Kheirkhah, Sun, Hathaway, Nanda, Bertsimas 2024",
  claims: [
    claim("un-weights", "Weights folded and centred have these statistics.", "the release", {
      scripts: [script("weights")],
      command: `deno task un:weights ${SMALL}`,
      figures: ["in-out-similarity"],
      read: weights,
    }),
    claim(
      "un-share",
      "Only 1 to 5 % of neurons are universal: more alike across seeds than any chance makes them.",
      "section 4; notebook family_count",
      {
        scripts: [script("neuron_df")],
        command: NEURON_DF,
        figures: ["universal-share"],
        drawnBy: script("family_count"),
        read: universalShare,
      },
    ),
    claim(
      "un-by-layer",
      "Universal neurons lie in the first and the last layers above all.",
      "notebook family_count",
      {
        scripts: [script("neuron_df")],
        command: NEURON_DF,
        figures: ["universal-by-layer"],
        drawnBy: script("family_count"),
        read: byLayer,
      },
    ),
    claim(
      "un-rotation",
      "A random rotation of the neurons leaves correlations far smaller.",
      "section 4, the densities of correlations",
      {
        scripts: [script("correlations")],
        command: "deno task un:correlations --model-1 stanford-gpt2-small-a --model-2 " +
          `stanford-gpt2-small-b,stanford-gpt2-small-c,stanford-gpt2-small-d,` +
          `stanford-gpt2-small-e ${TOKENS} --baseline rotation`,
        figures: ["max-correlation"],
        read: rotation,
      },
    ),
    claim(
      "un-properties",
      "Universal neurons fire rarely, with high skew and kurtosis and a negative input bias.",
      "section 4, properties of universal neurons",
      {
        scripts: [script("neuron_df")],
        command: NEURON_DF,
        figures: ["universal_neurons_prop"],
        drawnBy: script("properties"),
        read: properties,
      },
    ),
    claim(
      "un-explanations",
      "Many universal neurons are explained by a feature of the token or of the one before.",
      "section 4.1 and its families",
      {
        scripts: [script("explain")],
        command: "deno task un:explain --activations cache/results/universal_neurons/activations",
        figures: ["explained-share"],
        read: explanations,
      },
    ),
    claim(
      "un-prediction",
      "Late layers hold prediction neurons: high kurtosis of their effects on the vocabulary.",
      "section 5, kurtosis by layer",
      {
        scripts: [script("weights")],
        command: `deno task un:weights ${MEDIUM}`,
        figures: ["vocab-kurtosis"],
        read: predictions,
      },
    ),
    claim(
      "un-entropy",
      "Entropy neurons raise the entropy of predictions by way of the final layer norm's scale.",
      "section 5.3, figure 5",
      {
        scripts: [script("entropy_intervention")],
        command: `deno task un:entropy-intervention ${SMALL} ${TOKENS}`,
        figures: ["entropy-intervention", "final-scale"],
        read: entropy,
      },
    ),
    claim(
      "un-attention",
      "Some neurons turn an attention head off by sending its queries to BOS.",
      "section 5.3; notebook bos_signal",
      {
        scripts: [script("attention_deactivation")],
        command: `deno task un:attention-deactivation ${MEDIUM} ${TOKENS}`,
        figures: ["bos-signal"],
        read: attention,
      },
    ),
  ],
};
