/**
 * The families' neurons that the release prints (spec/universal_neurons.md sections 1.17, 2 and 3.1), all
 * of stanford-gpt2-medium-a.
 *
 * @module
 */

/** The model that the lists are of. */
export const LISTED_MODEL = "stanford-gpt2-medium-a";

/** Letters of the alphabet figure, each with a neuron of a reduction above 0.37. */
export const PAPER_LETTERS: readonly string[] = [..."abcdfghijklmnprtvw"];

/** The neurons of the figure in the main text, by letter. */
export const MAIN_LETTERS: Readonly<Record<string, string>> = {
  a: "0.3825",
  b: "1.3970",
  c: "0.1761",
};

/** Neurons of the figure of duplicates, by unigram. */
export const UNIGRAM_FAMILIES: Readonly<Record<string, readonly string[]>> = {
  the: ["0.1001", "0.1581", "1.545", "23.78"],
  of: ["0.135", "0.197", "0.891", "1.3522"],
  at: ["0.1802", "0.2496", "1.3586", "1.487"],
  that: ["0.1618", "0.1908", "0.2394", "1.1281"],
  by: ["0.1138", "0.2936", "0.898", "1.933"],
  as: ["0.3223", "0.3423", "1.2165", "12.3716"],
  on: ["0.2088", "0.818", "1.2009", "10.590"],
  for: ["0.3954", "0.3963", "1.67"],
  with: ["0.413", "0.771", "1.181"],
  in: ["0.4027", "1.2246", "1.3772"],
  or: ["0.37", "0.446", "1.182"],
  l: ["0.2517", "0.773", "2.841"],
  n: ["0.1882", "0.3238", "1.2803"],
  we: ["0.185", "1.3145", "12.1160"],
  it: ["0.509", "0.671", "1.3727"],
};

/** The 25 neurons that the token before explains best, best first. */
export const PREVIOUS_TOKEN_NEURONS: readonly string[] =
  ("5.551 6.443 4.3859 5.1174 4.2642 3.155 4.1705 4.1055 4.3578 4.2386 10.3883 3.3914 4.3456 3.1069 " +
    "4.3623 4.670 6.4023 3.2838 4.1446 3.2817 14.316 4.1144 5.1351 4.3364 7.1968").split(" ");

/** Mutual information of position neurons in nats, four digits, over pile.test.all-10m.512. */
export const POSITION_INFORMATION: Readonly<Record<string, number>> = {
  "5.386": 0.091,
  "2.3126": 0.1777,
  "1.3075": 0.2316,
  "2.3550": 0.3059,
  "2.3171": 0.3474,
  "2.583": 0.3684,
  "1.838": 0.4842,
  "1.3816": 0.4873,
  "2.217": 0.5375,
};

/** Place neurons, and the count that a token must exceed to be shown. */
export const PLACE_NEURONS: Readonly<Record<string, number>> = {
  "17.2896": 75,
  "17.944": 50,
  "14.3820": 90,
};

/** How many of some found neurons are in a printed list, for a report; nothing for other models. */
export function listedShare(
  model: string,
  found: readonly string[],
  listed: readonly string[],
) {
  if (model !== LISTED_MODEL) return [];
  return [{
    name: "of the release's list found here",
    value: listed.filter((one) => found.includes(one)).length,
    paper: listed.length,
    verdict: "not applicable" as const,
    note: "the same corpus and explanations as the release's are needed to find all",
  }];
}
