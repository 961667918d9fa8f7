#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write
/**
 * Do several neurons answer to the same word, and how do they differ? Drawn from finished runs.
 *
 * Paper:    Gurnee et al. 2024, section 4.3 and appendix; the notebook unigram.
 * Shapes:   reads activations [n, B·T] and reductions in variance [n, F].
 * Command:  deno task un:unigram --activations ACTIVATIONS --explain EXPLAIN
 * Time:     seconds on the embedded models.
 * Expected: medium-a: a, an, and 15 unigrams of three or more neurons: the of at that by as on ...
 */
import { FAMILY_OPTIONS } from "../../lib/cli/family_options.ts";
import { defineOptions } from "../../lib/cli/options.ts";
import { plotFrame } from "../../lib/cli/plot_frame.ts";
import { plotOptions } from "../../lib/cli/plot_options.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import { thinned } from "../../lib/figure/universal_neurons/class_boxen.ts";
import {
  type ClassPanel,
  classPanel,
  featureTitle,
} from "../../lib/figure/universal_neurons/class_histograms.ts";
import { plotFamily } from "../../lib/figure/universal_neurons/family_plot.ts";
import {
  type UnigramFamily,
  unigramFigures,
} from "../../lib/figure/universal_neurons/unigram_figures.ts";
import { bestFeatures, groupByFeature, nearestText } from "../../lib/neuron/families/choose.ts";
import {
  type FamilySource,
  type FeatureNeuron,
  openFamilies,
} from "../../lib/neuron/families/family_sources.ts";
import { listedShare, UNIGRAM_FAMILIES } from "../../lib/neuron/families/paper_lists.ts";
import { splitNeurons } from "../../lib/neuron/families/split.ts";
import {
  FEATURE_CLASSES,
  featureClasses,
  UNIGRAM_CLASSES,
  unigramClasses,
} from "../../lib/neuron/families/token_classes.ts";

export const meta = {
  id: "universal_neurons/unigram",
  task: "un:unigram",
  paper: "Gurnee et al. 2024",
  figure: "unigram neurons, section 4.3 and appendix",
  title: "Unigram neurons",
  question: "Do several neurons answer to the same word, and how do they differ?",
  minutes: "seconds on the embedded models",
  outputs: [
    "figures/: unigram_duplicate_neurons_a_an, unigram_duplicate_neurons, main_on_unigram, " +
    "unigram_nonduplicate_appendix, unigram_nonduplicate_log_appendix, token_families (_2); those " +
    "that have neurons",
    "tables/neurons.parquet, .csv: the neurons with their features",
    "report.html: the figures, and the neurons with their features",
  ],
  example: "deno task un:unigram --activations acts --explain explained",
};

export const options = defineOptions({
  ...FAMILY_OPTIONS,
  least: {
    type: "number",
    default: 0.5,
    min: -1,
    max: 1,
    paper: 0.5,
    description: "Reduction in variance by its best feature that a neuron must exceed.",
  },
  familySize: {
    type: "integer",
    default: 3,
    min: 1,
    unit: "neurons",
    paper: 3,
    description: "Neurons that a unigram needs for the figure of duplicates.",
  },
  ...plotOptions("cache/results/universal_neurons/unigram"),
});

/** Most that the paper's figures hold: families, neurons beside each other, neurons of other features. */
const [MOST_FAMILIES, MOST_NEURONS, MOST_OTHERS] = [15, 4, 30];
/** Families of any feature, which the notebook shows one by one. */
const MOST_GROUPS = 30;
const ARTICLES = ["a", "an"];
const formOf = (feature: string) => feature.replace(/_unigram$/, "");
const isUnigram = ({ feature }: { feature: string }) => feature.endsWith("_unigram");

async function familyOf(
  source: FamilySource,
  { feature, neurons }: { feature: string; neurons: readonly FeatureNeuron[] },
): Promise<UnigramFamily> {
  const { tokens, activations } = source;
  const codes = unigramClasses(tokens.strings, activations.tokens, tokens.holds(feature));
  const asked = { names: UNIGRAM_CLASSES, classesOf: () => codes };
  const boxes = [];
  for await (const one of splitNeurons(source, neurons.slice(0, MOST_NEURONS), asked)) {
    boxes.push({ name: one.neuron, classes: one.classes.map(thinned) });
  }
  return {
    form: formOf(featureTitle(feature)),
    isUnigram: isUnigram({ feature }),
    neurons: boxes,
  };
}

/** The best explained neurons whose feature is none of those that have families. */
async function otherPanels(source: FamilySource, neurons: readonly FeatureNeuron[]) {
  const [others, otherCounts] = [[] as ClassPanel[], [] as ClassPanel[]];
  const { activations, tokens } = source;
  const classesOf = (feature: string) => featureClasses(activations.tokens, tokens.holds(feature));
  const asked = { names: FEATURE_CLASSES, classesOf };
  for await (
    const { neuron, feature, reduction, classes } of splitNeurons(source, neurons, asked)
  ) {
    const look = {
      title: `${neuron} ${featureTitle(feature)}`,
      subtitle: `VR ${reduction.toFixed(3)}`,
    };
    others.push(classPanel(classes, look));
    otherCounts.push(classPanel(classes, { ...look, counts: true, yScale: "log" }));
  }
  return { others, otherCounts };
}

async function figures(source: FamilySource, found: readonly FeatureNeuron[], familySize: number) {
  const groups = groupByFeature(found.filter(isUnigram));
  const isArticle = ({ feature }: { feature: string }) => ARTICLES.includes(formOf(feature));
  const large = groups.filter((group) => !isArticle(group) && group.neurons.length >= familySize)
    .slice(0, MOST_FAMILIES);
  const drawn = new Set([...large, ...groups.filter(isArticle)].map(({ feature }) => feature));
  const rest = found.filter(({ feature }) => !drawn.has(feature)).slice(0, MOST_OTHERS);
  const made = new Map<string, UnigramFamily>();
  const familiesOf = async (part: typeof groups) => {
    for (const group of part) {
      if (!made.has(group.feature)) made.set(group.feature, await familyOf(source, group));
    }
    return part.map(({ feature }) => made.get(feature)!);
  };
  const articles = await familiesOf(groups.filter(isArticle));
  const families = await familiesOf(large);
  return unigramFigures({
    model: source.model,
    articles,
    families,
    main: families.find(({ form }) => form === "on") ?? families[0],
    groups: await familiesOf(groupByFeature(found).slice(0, MOST_GROUPS)),
    ...await otherPanels(source, rest),
    classes: UNIGRAM_CLASSES,
  });
}

/** Draws the figures, or finds them drawn from the same runs. */
export async function main(context: ScriptContext<typeof options>): Promise<ScriptResult> {
  const { options: given, argv } = context;
  await using source = await openFamilies(given);
  const all = bestFeatures(await source.reductions("token"));
  const found = all.filter(({ reduction }) => reduction > given.least);
  const unigrams = found.filter(isUnigram);
  return await plotFamily(context, {
    sources: { activations: source.activations.run, explain: source.explain },
    figures: await figures(source, found, given.familySize),
    numbers: [
      { name: "of these, of a unigram", value: unigrams.length, verdict: "not applicable" },
      {
        name: `unigrams of ${given.familySize} or more neurons`,
        value: groupByFeature(unigrams)
          .filter(({ neurons }) => neurons.length >= given.familySize).length,
        verdict: "not applicable",
      },
      ...listedShare(
        source.model,
        unigrams.map(({ neuron }) => neuron),
        Object.values(UNIGRAM_FAMILIES).flat(),
      ),
    ],
    found: {
      caption: "Neurons explained by one feature of the token",
      columns: ["neuron", "feature", "reduction"],
      rows: found.map(({ neuron, feature, reduction }) => [neuron, feature, reduction]),
    },
    nearest: nearestText("a feature of its token", all, given.least),
    ...plotFrame(meta, argv),
  });
}

if (import.meta.main) await runScript(meta, options, main);
