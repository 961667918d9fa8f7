/**
 * Counts of universal neurons beside the paper's, judged only where the run is of its models on
 * about its number of tokens.
 *
 * @module
 */
import { COUNT_TOLERANCE, printedCounts } from "../neuron/table/oracle.ts";
import { type ClaimNumber, numberAt, type RunFacts, unjudged } from "./claim.ts";

/** Tokens that the paper's correlations are over. */
const PAPER_TOKENS = 100e6;

/** Why a run over so many tokens cannot be held against the paper's; undefined where it can. */
export function whyOtherCorpus(tokens: number | undefined, paper: number): string | undefined {
  if (tokens !== undefined && tokens >= paper / 2) return undefined;
  const own = tokens === undefined ? "an unknown number of" : tokens.toLocaleString("en-US");
  return `another corpus: ${own} tokens, the paper's has ${
    paper.toLocaleString("en-US")
  } of the Pile`;
}

/** A count or share of universal neurons. */
export interface CountedShare {
  readonly model: string;
  readonly summary: Readonly<Record<string, unknown>>;
  readonly value: number | undefined;
  /** What the release prints of this model, if of this model it does. */
  readonly paper: unknown;
  /** What it prints of its models. */
  readonly words: string;
  readonly format: "percent";
  /** The count in words. */
  readonly about: string;
}

/** The number with its verdict: the tolerance is that of `un:neuron-df --check`. */
export function judgedCount(name: string, counted: CountedShare): ClaimNumber[] {
  const { model, summary, value, paper, words, format, about } = counted;
  if (value === undefined) return [];
  if (typeof paper !== "number") {
    return unjudged(name, value, {
      ...{ format, paperWords: words },
      note: `${about}; another model: ${model}`,
    });
  }
  const kept = numberAt(summary, "sources", "correlations", "kept_tokens");
  const other = whyOtherCorpus(kept, PAPER_TOKENS);
  if (other !== undefined) {
    return unjudged(name, value, { format, paper, note: `${about}; ${other}` });
  }
  const allowed = COUNT_TOLERANCE * paper;
  const verdict = Math.abs(value - paper) <= allowed ? "pass" : "fail";
  const note = `${about}; within ±${(100 * allowed).toFixed(2)} points`;
  return [{ name, value, paper, format, verdict, note }];
}

/** The paper's models, as its printed counts name them, with what people call them. */
const PAPERS = [
  ["stanford-gpt2-small-a", "small"],
  ["stanford-gpt2-medium-a", "medium"],
  ["pythia-160m", "pythia"],
] as const;

const percent = (share: number) => `${(100 * share).toFixed(share < 0.1 ? 2 : 1)} %`;

/** What the paper counts in each of its models, for models that are not among them. */
function countsOfPapers(
  text: (counts: Readonly<Record<string, unknown>>) => string,
  between = ", ",
): string {
  return PAPERS.map(([model, name]) => `${name} ${text(printedCounts(model))}`).join(between);
}

/** The share of universal neurons. */
export function universalShare({ model, summary }: RunFacts): ClaimNumber[] {
  const value = numberAt(summary, "universal_share");
  const count = numberAt(summary, "universal_neurons");
  const words = countsOfPapers((counts) => percent(Number(counts["universal_share"])));
  return judgedCount("universal neurons, of all", {
    ...{ model, summary, value, words, format: "percent" as const },
    paper: printedCounts(model)["universal_share"],
    about: `${count} neurons`,
  });
}

/** Universal neurons by layer. */
export function byLayer({ model, summary }: RunFacts): ClaimNumber[] {
  const layers = summary["universal_by_layer"];
  if (!Array.isArray(layers)) return [];
  const paper = printedCounts(model)["universal_by_layer"];
  return [{
    name: "universal neurons by layer, the first layer first",
    value: layers.length,
    words: layers.map(String).join(" "),
    paperWords: Array.isArray(paper)
      ? paper.join(" ")
      : countsOfPapers((counts) => (counts["universal_by_layer"] as number[]).join(" "), "; "),
    verdict: "not applicable",
    note: Array.isArray(paper)
      ? "shown side by side; their sum is judged above"
      : `the paper has other models than ${model}`,
  }];
}

/** Counts among the universal neurons, as shares of them. */
const PROPERTIES: Readonly<Record<string, string>> = {
  "universal_vocab_kurt_above_10": "kurtosis of vocabulary effects above 10",
  "universal_kurt_above_3": "kurtosis of activations above 3",
  "universal_skew_above_0": "skew of activations above 0",
  "universal_input_bias_below_0": "input bias below 0",
};

/** What universal neurons are like, as shares of them. */
export function properties({ model, summary }: RunFacts): ClaimNumber[] {
  const universal = numberAt(summary, "universal_neurons");
  if (!universal) return [];
  const printed = printedCounts(model);
  const ofAll = (counts: Readonly<Record<string, unknown>>, key: string) =>
    Number(counts[key]) / Number(counts["universal_neurons"]);
  return Object.entries(PROPERTIES).flatMap(([key, name]) => {
    const count = numberAt(summary, key);
    const value = count === undefined ? undefined : count / universal;
    return judgedCount(`universal neurons with ${name}`, {
      ...{ model, summary, value, format: "percent" as const },
      paper: printed[key] === undefined ? undefined : ofAll(printed, key),
      words: countsOfPapers((counts) => percent(ofAll(counts, key))),
      about: `${count} of ${universal} neurons`,
    });
  });
}
