/** What `circuit_discovery --prompts` cannot work with: labels of one's own, prompts as text. */
import { join } from "node:path";
import { type BadInput, discovery, YEAR_MODEL } from "./case.ts";
import { integers } from "./damage.ts";
import { type Arrays, soundPrompts, withPrompts } from "./prompt_cases.ts";

/** Two sound prompts of three tokens with three labels. */
function soundLabels(): Arrays {
  const { good_tokens: good, bad_tokens: bad } = soundPrompts();
  return {
    "good_tokens": good!,
    "bad_tokens": bad!,
    "label_token_ids": integers([20, 21, 22]),
    "label_signs": integers([1, -1, 0, 0, 1, -1], [2, 3]),
  };
}

const labelling = (arrays: Arrays) => (folder: string) =>
  withPrompts(folder, { ...soundLabels(), ...arrays });

const GOOD_LINE = { good: "When Tom met May, Tom", bad: "When Tom met May, May", year: 32 };

/** A prompt file of lines; texts stay as they are, other values are written as JSON. */
const withLines = (...lines: unknown[]) => async (folder: string) => {
  const path = join(folder, "prompts.jsonl");
  const texts = lines.map((line) => typeof line === "string" ? line : JSON.stringify(line));
  await Deno.writeTextFile(path, texts.map((text) => `${text}\n`).join(""));
  return { command: discovery(folder, YEAR_MODEL, `--prompts=${path}`) };
};

const LABELLED_LINE = {
  good: GOOD_LINE.good,
  bad: GOOD_LINE.bad,
  right: [" the"],
  wrong: [" a"],
};

/** Prompts of tasks with labels of their own, and prompts as text. */
export const CONTRAST_CASES: readonly BadInput[] = [
  {
    name: "labels beside years",
    prepare: labelling({ YY: integers([17, 32]) }),
    exit: 4,
    code: "E-PROMPTS",
    message: /use label_token_ids of ".+": beside YY, expected YY and year_token_ids, or label_/,
  },
  {
    name: "labels that are the same token",
    prepare: labelling({ "label_token_ids": integers([20, 21, 20]) }),
    exit: 4,
    code: "E-PROMPTS",
    message: /use label_token_ids of ".+": token 20 twice, expected different tokens$/,
  },
  {
    name: "prompt without a wrong label",
    prepare: labelling({ "label_signs": integers([1, -1, 0, 0, 1, 0], [2, 3]) }),
    exit: 4,
    code: "E-PROMPTS",
    message: /use label_signs of ".+": row 1 without a wrong label, expected at least one right/,
  },
  {
    name: "label signs of two rows for three labels",
    prepare: labelling({ "label_signs": integers([1, -1, 1, -1], [2, 2]) }),
    exit: 4,
    code: "E-PROMPTS",
    message: /use label_signs of ".+": \[2, 2\], expected \[2, 3\]$/,
  },
  {
    name: "line of prompts that is not JSON",
    prepare: withLines(GOOD_LINE, '{"good":'),
    exit: 4,
    code: "E-PROMPTS",
    message: /use line 2 of "DIR\/prompts\.jsonl": not JSON: .+, expected an object/,
  },
  {
    name: "line of prompts with a field misspelt",
    prepare: withLines({ ...GOOD_LINE, yaer: 32 }),
    exit: 4,
    code: "E-PROMPTS",
    message: /use line 1 of ".+": field "yaer", expected fields .+, nearest is "year"$/,
  },
  {
    name: "line of prompts without right and wrong",
    prepare: withLines({ good: GOOD_LINE.good, bad: GOOD_LINE.bad }),
    exit: 4,
    code: "E-PROMPTS",
    message: /use line 1 of ".+": no right, expected an object/,
  },
  {
    name: "good and bad text of unequal length",
    prepare: withLines(GOOD_LINE, { ...GOOD_LINE, bad: `${GOOD_LINE.bad} the` }),
    exit: 4,
    code: "E-PROMPTS",
    message: /use line 2 of ".+": good of \d+ tokens and bad of \d+, expected equally many$/,
  },
  {
    name: "lines of unequal length",
    prepare: withLines(GOOD_LINE, {
      good: `${GOOD_LINE.good} the`,
      bad: `${GOOD_LINE.bad} the`,
      year: 3,
    }),
    exit: 4,
    code: "E-PROMPTS",
    message: /use line 2 of ".+": \d+ tokens, expected \d+, as in line 1$/,
  },
  {
    name: "good text equal to the bad one",
    prepare: withLines({ ...GOOD_LINE, bad: GOOD_LINE.good }),
    exit: 4,
    code: "E-PROMPTS",
    message: /use line 1 of ".+": good equal to bad, expected prompts that differ$/,
  },
  {
    name: "label of several tokens",
    prepare: withLines({ ...LABELLED_LINE, right: [" Nebuchadnezzar"] }),
    exit: 4,
    code: "E-PROMPTS",
    message: /use line 1 of ".+": label " Nebuchadnezzar" of \d+ tokens ".+", expected one token/,
  },
  {
    name: "line of start year 99",
    prepare: withLines({ ...GOOD_LINE, year: 99 }),
    exit: 4,
    code: "E-PROMPTS",
    message: /use line 1 of ".+": year 99, expected a whole number from 1 to 98/,
  },
  {
    name: "lines of both kinds",
    prepare: withLines(GOOD_LINE, LABELLED_LINE),
    exit: 4,
    code: "E-PROMPTS",
    message: /use line 2 of ".+": a line with labels, expected year as in line 1$/,
  },
  {
    name: "prompt file without a line",
    prepare: withLines(),
    exit: 4,
    code: "E-PROMPTS",
    message: /use lines of "DIR\/prompts\.jsonl": no prompt, expected one prompt a line$/,
  },
];
