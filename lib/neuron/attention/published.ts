/**
 * What the original printed of the BOS heuristic (spec/universal_neurons.md section 3.1).
 *
 * @module
 */
import { cannot, type NeuriteError } from "../../errors.ts";

/** The smallest score of a unit w_out, by model; of float32, so within 1e-4 and half its last digit. */
const SMALLEST_UNIT_SCORE: Readonly<Record<string, number>> = {
  "stanford-gpt2-medium-a": -11.6672,
};
const ALLOWED = 1.5e-4;

/** The smallest score of a unit w_out that was printed for a model, or undefined. */
export function publishedScore(model: string): number | undefined {
  return Object.hasOwn(SMALLEST_UNIT_SCORE, model) ? SMALLEST_UNIT_SCORE[model] : undefined;
}

/** Whether a model's own smallest score is the printed one. */
export function judgeScore(model: string, value: number): "pass" | "fail" | "not applicable" {
  const printed = publishedScore(model);
  if (printed === undefined) return "not applicable";
  return Math.abs(value - printed) <= ALLOWED ? "pass" : "fail";
}

/**
 * The failure of `--check`, or undefined when the run agrees with what was printed.
 *
 * @returns E-CHECK with both numbers, or E-USAGE for a model nothing was printed of.
 */
export function checkScore(model: string, value: number): NeuriteError | undefined {
  const verdict = judgeScore(model, value);
  if (verdict === "pass") return undefined;
  if (verdict === "not applicable") {
    return cannot("E-USAGE", {
      do: "check",
      thing: model,
      is: "a model whose BOS scores were not published",
      expected: `one of ${Object.keys(SMALLEST_UNIT_SCORE).join(", ")}`,
      hint: "leave out --check",
    });
  }
  return cannot("E-CHECK", {
    do: "confirm",
    thing: "smallest BOS score of a unit w_out",
    is: String(value),
    expected: `${publishedScore(model)} within ${ALLOWED}`,
    hint: "leave out --scaled, and compare the model's revision in run.json with the paper's",
  });
}

/**
 * Correlations that the original's scatter plots show of stanford-gpt2-medium-a, by attention head:
 * norm with activation, norm with attention to BOS, attention with activation. The first head's neuron
 * activates it, the second's deactivates it.
 */
export const SHOWN_CORRELATIONS: Readonly<Record<string, readonly [number, number, number]>> = {
  "A5H0": [-0.93, -0.92, 0.89],
  "A5H14": [0.86, -0.91, -0.8],
};

/** The correlations shown of a neuron `A5H0L3N1` of a model, or undefined. */
export function shownCorrelations(
  model: string,
  neuron: string,
): readonly [number, number, number] | undefined {
  const head = /^A\d+H\d+/.exec(neuron)?.[0] ?? "";
  if (model !== "stanford-gpt2-medium-a" || !Object.hasOwn(SHOWN_CORRELATIONS, head)) {
    return undefined;
  }
  return SHOWN_CORRELATIONS[head];
}
