/**
 * Unigram neurons: Gurnee et al. 2024, section 4.3 and appendix; the notebook unigram.
 *
 * @module
 */
import type { FigureEntry } from "../write_report.ts";
import { type BoxenNeuron, classBoxen, type ClassBoxenPanel } from "./class_boxen.ts";
import { classHistograms, type ClassPanel } from "./class_histograms.ts";

/** Neurons of one unigram, or of another feature of the token. */
export interface UnigramFamily {
  /** The unigram itself: `"the"`; another feature's name. */
  readonly form: string;
  readonly isUnigram: boolean;
  readonly neurons: readonly BoxenNeuron[];
}

/** What the figures are made of. */
export interface UnigramFigureInput {
  readonly model: string;
  /** The pair that comes first, a and an. */
  readonly articles: readonly UnigramFamily[];
  /** Families of several neurons. */
  readonly families: readonly UnigramFamily[];
  /** The family of the figure in the main text. */
  readonly main: UnigramFamily | undefined;
  /** Families of any feature of the token, largest first. */
  readonly groups: readonly UnigramFamily[];
  /** Neurons of other features: shares, and counts on a log axis, of the same neurons. */
  readonly others: readonly ClassPanel[];
  readonly otherCounts: readonly ClassPanel[];
  readonly classes: readonly string[];
}

const CLASSES =
  "as a word, as a word's beginning (the next token goes on without a space), as its " +
  "middle (no space before it), and on other tokens";

/** Families on a page: their boxes are a figure's marks. */
const GROUPS_OF_PAGE = 15;

function boxes(
  { model, classes }: UnigramFigureInput,
  families: readonly UnigramFamily[],
  { name, title, panelColumns }: { name: string; title: string; panelColumns: number },
): FigureEntry[] {
  if (families.length === 0) return [];
  const what = families.every((one) => one.isUnigram) ? "unigram" : "feature";
  const caption = `Pre-activations of the neurons of a ${what} on its tokens ${CLASSES}. Values ` +
    "beyond the last box are not drawn; classes of fewer than 8 tokens are drawn as points.";
  const panels = families.map(({ form, isUnigram, neurons }): ClassBoxenPanel => ({
    title: isUnigram ? `“${form}”` : form,
    neurons,
  }));
  const spec = classBoxen(panels, {
    name,
    title: `${model}: ${title}`,
    description: caption,
    yTitle: "Pre-activation",
    classes,
    panelColumns,
    size: { width: 300, height: 150 },
  });
  return [{ name, spec, caption }];
}

function nonduplicates(
  { model }: UnigramFigureInput,
  panels: readonly ClassPanel[],
  { name, counts }: { name: string; counts: boolean },
): FigureEntry[] {
  if (panels.length === 0) return [];
  const heights = counts ? "Counts, on a log axis with empty bins at half a token" : "Shares of " +
    "each class, which sums to 1";
  const caption =
    `Pre-activations of the best explained neurons of other features, on tokens with ` +
    `and without the feature; 50 bins over all tokens. ${heights}.`;
  const spec = classHistograms(panels, {
    name,
    title: `${model}: Neurons of Other Features of a Token`,
    description: caption,
    xTitle: "Pre-activation",
    counts,
    panelColumns: 5,
    size: { width: 160, height: 110 },
  });
  return [{ name, spec, caption }];
}

/** Every figure that there are neurons for. */
export function unigramFigures(input: UnigramFigureInput): FigureEntry[] {
  const { articles, families, main, groups, others, otherCounts } = input;
  const pages = Array.from(
    { length: Math.ceil(groups.length / GROUPS_OF_PAGE) },
    (_, page) => groups.slice(page * GROUPS_OF_PAGE, (page + 1) * GROUPS_OF_PAGE),
  );
  return [
    ...boxes(input, articles, {
      name: "unigram_duplicate_neurons_a_an",
      title: "Neurons of “a” and “an”",
      panelColumns: 2,
    }),
    ...boxes(input, families, {
      name: "unigram_duplicate_neurons",
      title: "Several Neurons of One Unigram",
      panelColumns: 3,
    }),
    ...boxes(input, main ? [main] : [], {
      name: "main_on_unigram",
      title: "Neurons of a Unigram",
      panelColumns: 1,
    }),
    ...nonduplicates(input, others, { name: "unigram_nonduplicate_appendix", counts: false }),
    ...nonduplicates(input, otherCounts, {
      name: "unigram_nonduplicate_log_appendix",
      counts: true,
    }),
    ...pages.flatMap((page, i) =>
      boxes(input, page, {
        name: i === 0 ? "token_families" : `token_families_${i + 1}`,
        title: "Neurons by the Feature that Explains Them",
        panelColumns: 3,
      })
    ),
  ];
}
