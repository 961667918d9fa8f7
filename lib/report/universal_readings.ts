/**
 * What runs over universal neurons say of single claims.
 *
 * @module
 */
import { judgeScore, publishedScore } from "../neuron/attention/published.ts";
import { judgeExplanations } from "../neuron/explain/published.ts";
import { namedBests } from "../neuron/explain/report.ts";
import { checkMeans, paperMeans } from "../neuron/intervene/paper_means.ts";
import { judgeNeurons, type NeuronNumbers } from "../neuron/weights/published.ts";
import type { SummaryNumbers } from "../store/run/summary.ts";
import { type ClaimNumber, numberAt, type RunFacts, unjudged } from "./claim.ts";
import { whyOtherCorpus } from "./universal_counts.ts";

/** Tokens that the release's explanations and interventions are over. */
const PAPER_TOKENS = 10e6;

/** Largest correlations with other models, and after a rotation. */
export function rotation({ summary }: RunFacts): ClaimNumber[] {
  const note = "the paper draws distributions and prints no mean";
  const sd = numberAt(summary, "baseline_max_corr_sd");
  return [
    ...unjudged(
      "largest correlation with another model, mean",
      numberAt(summary, "max_corr_mean"),
      {
        note,
      },
    ),
    ...unjudged(
      "the same after a random rotation, mean",
      numberAt(summary, "baseline_max_corr_mean"),
      { ...(sd !== undefined && { sd }), note: `${note}; sd over rotations` },
    ),
  ];
}

/** Statistics of weights, those that were printed judged. */
export function weights({ model, summary }: RunFacts): ClaimNumber[] {
  const own = (summary["published"] ?? {}) as Readonly<Record<string, NeuronNumbers>>;
  const judged = judgeNeurons(model, own).map((one) => ({
    name: `neuron ${one.neuron}: ${one.column}`,
    value: one.value,
    paper: one.paper,
    verdict: one.verdict,
    note: `within ±${one.allowed.toPrecision(2)}`,
  }));
  if (judged.length > 0) return judged;
  const note = `the release prints no statistics of ${model}`;
  return ["w_in_norm", "w_out_norm", "in_out_sim", "vocab_kurt"].flatMap((column) =>
    unjudged(`${column}, mean over neurons`, numberAt(summary, column, "mean"), {
      ...(numberAt(summary, column, "sd") !== undefined &&
        { sd: numberAt(summary, column, "sd")! }),
      note,
    })
  );
}

/** The neurons that the paper's figures show, by model. */
const SHOWN = { "stanford-gpt2-small-a": "11.3030", "stanford-gpt2-medium-a": "23.945" } as const;

/** The entropy of the unchanged model and with the neuron held at 6, as the paper's figures have it. */
function shownEntropies(): string {
  return Object.entries(SHOWN).map(([model, neuron]) => {
    const paper = paperMeans(model, {
      nominal: { entropy: 0 },
      "at_6": { [`${neuron}_entropy`]: 0 },
    });
    const [nominal, held] = [
      numberAt(paper!, "nominal", "entropy"),
      numberAt(paper!, "at_6", `${neuron}_entropy`),
    ];
    return `${model.replace("stanford-gpt2-", "")} ${nominal} to ${held}`;
  }).join(", ");
}

/** Entropy neurons held at 6 beside the unchanged model. */
export function entropy({ model, summary }: RunFacts): ClaimNumber[] {
  const isShown = Object.hasOwn(SHOWN, model);
  const words = shownEntropies();
  // What the folder says of the paper is not trusted.
  const printed = paperMeans(model, summary as SummaryNumbers) ?? {};
  const otherCorpus = whyOtherCorpus(numberAt(summary, "tokens"), PAPER_TOKENS);
  const row = (group: string, key: string, name: string): ClaimNumber[] => {
    const value = numberAt(summary, group, key);
    const paper = numberAt(printed, group, key);
    if (value === undefined) return [];
    if (paper === undefined) {
      return unjudged(name, value, {
        note: isShown ? "no figure shows it" : `the paper's figures do not show ${model}`,
      });
    }
    if (otherCorpus !== undefined) return unjudged(name, value, { paper, note: otherCorpus });
    // The judge of --check, one number at a time.
    const failure = checkMeans({
      model,
      [group]: { [key]: value },
      paper: { [group]: { [key]: paper } },
    });
    const verdict = failure ? "fail" : "pass";
    return [{ name, value, paper, verdict, note: "read off a figure, so within 5 %" }];
  };
  const held = Object.keys((summary["at_6"] ?? {}) as Record<string, unknown>);
  const nominal = numberAt(summary, "nominal", "entropy");
  const gains = held.filter((key) => key.endsWith("_entropy")).flatMap((key) => {
    const at6 = numberAt(summary, "at_6", key);
    return unjudged(
      `entropy gained with neuron ${key.replace("_entropy", "")} held at 6, nats`,
      at6 === undefined || nominal === undefined ? undefined : at6 - nominal,
      { ...(!isShown && { paperWords: words }), note: "the difference of rows below" },
    );
  });
  return [
    ...gains,
    ...row("nominal", "entropy", "entropy of the unchanged model, nats"),
    ...row("nominal", "loss", "loss of the unchanged model, nats"),
    ...row("nominal", "scale", "final layer norm's scale, unchanged"),
    ...held.flatMap((key) => {
      const [, neuron, measure] = /^(\d+\.\d+)_(\w+)$/.exec(key) ?? [];
      if (neuron === undefined) return [];
      const unit = measure === "entropy" ? "entropy, nats" : "final layer norm's scale";
      return row("at_6", key, `neuron ${neuron} held at 6: ${unit}`);
    }),
  ];
}

/** Neurons that turn heads off. */
export function attention({ model, summary }: RunFacts): ClaimNumber[] {
  const smallest = numberAt(summary, "heuristic", "unit_min");
  const paper = publishedScore(model);
  const path = (summary["path"] as { readonly name?: unknown } | undefined)?.name;
  const of = `of ${numberAt(summary, "ranks", "measured")} neurons of ${String(path)}`;
  const note = "the paper shows single neurons of its models";
  return [
    ...(smallest === undefined ? [] : [{
      name: "smallest BOS score of a unit w_out",
      value: smallest,
      ...(paper === undefined ? { paperWords: "medium-a −11.6672" } : { paper }),
      verdict: judgeScore(model, smallest),
      note: paper === undefined ? `printed for medium-a alone, not ${model}` : "within 1.5e-4",
    }]),
    ...unjudged("smallest of random directions", numberAt(summary, "heuristic", "random_min"), {
      note: "as many, seeded",
    }),
    ...unjudged("neurons that turn the head off, r > 0.5", numberAt(summary, "deactivating"), {
      note: `${of}; ${note}`,
    }),
    ...unjudged("neurons that turn it on, r < −0.5", numberAt(summary, "activating"), {
      note: `${of}; ${note}`,
    }),
    ...unjudged(
      "score and effect of one sign, 100 largest scores",
      numberAt(summary, "sign_agreement", "first_100"),
      { format: "percent", note },
    ),
  ];
}

/** How well features of tokens explain neurons. */
export async function explanations({ model, summary, table }: RunFacts): Promise<ClaimNumber[]> {
  const otherCorpus = whyOtherCorpus(numberAt(summary, "tokens"), PAPER_TOKENS);
  const judged = judgeExplanations(model, namedBests(await table("best_features")))
    .map((one) => ({
      name: `neuron ${one.neuron}, ${one.feature}: reduction in variance`,
      value: one.value,
      paper: one.paper,
      ...(otherCorpus === undefined
        ? { verdict: one.verdict, note: one.found === one.feature ? "" : `best is ${one.found}` }
        : { verdict: "not applicable" as const, note: otherCorpus }),
    }));
  const neurons = numberAt(summary, "neurons");
  const note = `of ${neurons} neurons of ${model}; the paper explains universal ones of its models`;
  return [
    ...judged,
    ...["0.05", "0.2", "0.5"].flatMap((mark) => {
      const count = numberAt(summary, "best", `above_${mark}`);
      return unjudged(
        `neurons with a reduction in variance above ${mark}`,
        count === undefined || !neurons ? undefined : count / neurons,
        { format: "percent", note },
      );
    }),
    ...unjudged("largest reduction in variance", numberAt(summary, "best", "max"), { note }),
  ];
}

/** Kurtosis of neurons' effects on the vocabulary. */
export function predictions({ model, summary }: RunFacts): ClaimNumber[] {
  const n = numberAt(summary, "neurons");
  const count = numberAt(summary, "vocab_kurt_above_10");
  const note = `${count} of ${n} neurons of ${model}; the paper shows percentiles by layer`;
  return [
    ...unjudged(
      "neurons with kurtosis of vocabulary effects above 10",
      count === undefined || !n ? undefined : count / n,
      { format: "percent", note },
    ),
    ...unjudged("largest kurtosis of a neuron", numberAt(summary, "vocab_kurt", "max"), {
      note: "the paper's largest printed is 131.8, of medium-a's 20.2814",
    }),
  ];
}
