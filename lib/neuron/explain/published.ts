/**
 * Explanations that the release printed, for checks: stanford-gpt2-medium-a on 10 M tokens of the
 * Pile's test split (spec/universal_neurons.md section 3.1).
 *
 * @module
 */
import { cannot, type NeuriteError } from "../../errors.ts";
import type { NamedBest } from "./explain_tables.ts";

interface Printed {
  readonly feature: string;
  readonly reduction: number;
}

const PUBLISHED: Readonly<Record<string, Readonly<Record<string, Printed>>>> = {
  "stanford-gpt2-medium-a": {
    "0.3270": { feature: "to_unigram", reduction: 0.986861 },
    "0.4027": { feature: "in_unigram", reduction: 0.9761 },
    "0.3954": { feature: "for_unigram", reduction: 0.969911 },
    "0.3953": { feature: "contains_comma", reduction: 0.967139 },
    "1.116": { feature: "to_unigram", reduction: 0.96292 },
    "0.3825": { feature: "a_unigram", reduction: 0.957958 },
    "1.2504": { feature: "is_one_digit", reduction: 0.955042 },
    "0.2962": { feature: "contains_period", reduction: 0.949867 },
    "1.1729": { feature: "is_possessive_pronoun", reduction: 0.936604 },
  },
};

/** Another corpus of the same kind moves a reduction by a few hundredths; how far was not published. */
const ALLOWED = 0.05;

/** A printed explanation beside the run's. */
export interface JudgedExplanation {
  readonly neuron: string;
  /** What the release names. */
  readonly feature: string;
  readonly paper: number;
  /** The best feature here, and its reduction. */
  readonly found: string;
  readonly value: number;
  readonly verdict: "pass" | "fail";
}

/** The printed explanations of those neurons of a model that were explained. */
export function judgeExplanations(
  model: string,
  bests: readonly NamedBest[],
): JudgedExplanation[] {
  const printed = Object.hasOwn(PUBLISHED, model) ? PUBLISHED[model]! : {};
  return bests.flatMap(({ neuron, feature: found, reduction: value }) => {
    if (!Object.hasOwn(printed, neuron)) return [];
    const { feature, reduction: paper } = printed[neuron]!;
    const verdict = found === feature && Math.abs(value - paper) <= ALLOWED ? "pass" : "fail";
    return [{ neuron, feature, paper, found, value, verdict }];
  });
}

/**
 * The failure of `--check`, or undefined when the run agrees with what was printed.
 *
 * @returns E-CHECK naming the neuron, or E-USAGE where nothing was printed of any.
 */
export function checkExplanations(
  model: string,
  bests: readonly NamedBest[],
): NeuriteError | undefined {
  const judged = judgeExplanations(model, bests);
  if (judged.length === 0) {
    return cannot("E-USAGE", {
      do: "check",
      thing: model,
      is: "without a neuron whose explanation was published",
      expected: `neurons such as 0.3270 of ${Object.keys(PUBLISHED).join(", ")}`,
      hint: "leave out --check",
    });
  }
  const wrong = judged.find(({ verdict }) => verdict === "fail");
  return wrong && cannot("E-CHECK", {
    do: "confirm",
    thing: `neuron ${wrong.neuron}`,
    is: `best explained by ${wrong.found}, ${wrong.value.toPrecision(4)}`,
    expected: `${wrong.feature}, ${wrong.paper} within ${ALLOWED}`,
    hint: "the paper's tokens are 10 M of the Pile's test split",
  });
}
