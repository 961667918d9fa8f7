/**
 * The sentences of the nine generalization tasks that are written from a template
 * (spec/greater_than section 3.6, rows 0 to 8). Oddities of the original are kept: its numbers were
 * made with them.
 *
 * @module
 */

/** What a row brings to its sentence. */
export interface RowWords {
  readonly noun: string;
  readonly item: string;
}

/** How a task writes its sentences. */
export interface Wording {
  readonly title: string;
  /** Which answers are right: years above, or below, the one that is written. */
  readonly direction: "greater" | "less";
  readonly note: string;
  /** What stands before the two digits of the good and the bad year. */
  readonly century: string;
  /** The two digits of the bad prompt's year. */
  readonly bad: "01" | "99";
  readonly sentence: (words: RowWords, year: string) => string;
  /** The bad prompt's sentence, where it is worded otherwise. */
  readonly badSentence?: (words: RowWords, year: string) => string;
  /** Whether a row whose year is one token holds the next row's sentence. */
  readonly replacesWholeYears?: boolean;
}

/** The things with a price of task 8. */
export const ITEMS: readonly string[] = [
  ..."gem necklace watch ring suitcase scarf suit shirt sweater dress".split(" "),
  ..."fridge TV bed bike lamp table chair painting sculpture plant".split(" "),
];

/**
 * The step of task 4: the least from 2 that does not divide YY, so that no earlier year is a round
 * hundred, which GPT-2 does not split.
 */
export function arithmeticStep(YY: number): number {
  let step = 2;
  while (YY % step === 0) step++;
  return step;
}

function later(words: RowWords, year: string, joint: string): string {
  return `The ${words.noun} happened in ${year}. Some years later${joint} it is now the year 17`;
}

const TO_1701 = { direction: "greater", century: "17", bad: "01" } as const;

/** Tasks 0 to 8, in order. */
export const WORDINGS: readonly Wording[] = [
  {
    ...TO_1701,
    title: "started and ended",
    note: "the paper's task in other words",
    sentence: ({ noun }, year) =>
      `The ${noun} started in the year ${year} and ended in the year 17`,
  },
  {
    ...TO_1701,
    title: "some years later",
    note: 'the bad prompt also has " and" for the comma',
    sentence: (words, year) => later(words, year, ","),
    badSentence: (words, year) => later(words, year, " and"),
  },
  {
    ...TO_1701,
    title: "rising years",
    note: "no sentence, only years",
    sentence: (_, year) => `1599, 1607, 1633, 1679, ${year}, 17`,
  },
  {
    title: "falling years",
    direction: "less",
    note: "years that fall, so earlier ones are right",
    century: "16",
    bad: "99",
    sentence: (_, year) => `1799, 1753, 1733, 1701, ${year}, 16`,
  },
  {
    ...TO_1701,
    title: "arithmetic sequence",
    note:
      "any later year counts as right, not only the next of the sequence; the bad prompt is the " +
      "sequence to 1701 in steps of 2, so most years differ",
    sentence: (_, year) => {
      const step = arithmeticStep(Number(year) % 100);
      const years = [4, 3, 2, 1, 0].map((back) => Number(year) - back * step);
      return `${years.join(", ")}, 17`;
    },
  },
  {
    ...TO_1701,
    title: "smaller than",
    note: "no noun: rows differ in the year alone",
    sentence: (_, year) => `${year} is smaller than 17`,
  },
  {
    title: "ended and started",
    direction: "less",
    note: "the start comes second, so earlier years are right",
    century: "17",
    bad: "99",
    sentence: ({ noun }, year) =>
      `The ${noun} ended in the year ${year} and started in the year 17`,
  },
  {
    title: "years BC",
    direction: "less",
    note: "a row whose year is one token holds the next row's sentence, and keeps its own label",
    century: "7",
    bad: "99",
    sentence: ({ noun }, year) => `The ${noun} lasted from the year ${year} BC to the year 7`,
    replacesWholeYears: true,
  },
  {
    ...TO_1701,
    title: "price range",
    note: "20 items in turn, those that are one token",
    sentence: ({ item }, year) => `The price of that ${item} ranges from $ ${year} to $ 17`,
  },
];
