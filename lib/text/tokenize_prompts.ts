import type { HostArray } from "../array.ts";
import type { TextTokenizer } from "../model/tokenizer.ts";
import { quote } from "../store/format/quote.ts";
import {
  type LabelPrompts,
  LINES_HINT,
  MOST_LABELS,
  MOST_NUMBERS,
  promptFault,
  type Prompts,
} from "./prompt_kinds.ts";
import type { LabelLine, PromptLines, PromptPair } from "./prompt_lines.ts";
import { yearTokenIds } from "./years.ts";

/** Lines of a file and the tokenizer they are for. */
interface Source {
  readonly path: string;
  readonly tokenizer: TextTokenizer;
}

function fault({ path }: Source, line: number, is: string, expected: string, hint = LINES_HINT) {
  return promptFault(path, `line ${line}`, { is, expected, hint });
}

interface Pairs {
  readonly goodTokens: HostArray<Int32Array>;
  readonly badTokens: HostArray<Int32Array>;
}

function tokenizePairs(source: Source, pairs: readonly PromptPair[]): Pairs {
  const { tokenizer } = source;
  const first = pairs[0]!;
  const T = tokenizer.encode(first.good).length;
  if (T === 0) throw fault(source, first.line, "0 tokens", "a prompt of at least one token");
  const shape = [pairs.length, T];
  const [good, bad] = [new Int32Array(pairs.length * T), new Int32Array(pairs.length * T)];
  const hint = "pad neither: reword the prompts until all are equally many tokens";
  pairs.forEach((pair, n) => {
    const ours = tokenizer.encode(pair.good);
    const theirs = tokenizer.encode(pair.bad);
    if (ours.length !== theirs.length) {
      const is = `good of ${ours.length} tokens and bad of ${theirs.length}`;
      throw fault(source, pair.line, is, "equally many", hint);
    }
    if (ours.length !== T) {
      const expected = `${T}, as in line ${first.line}`;
      throw fault(source, pair.line, `${ours.length} tokens`, expected, hint);
    }
    if (ours.every((token, t) => token === theirs[t])) {
      throw fault(source, pair.line, "good equal to bad", "prompts that differ");
    }
    good.set(ours, n * T);
    bad.set(theirs, n * T);
  });
  return { goodTokens: { data: good, shape }, badTokens: { data: bad, shape } };
}

/** Columns of the labels in the order they are first named. */
class Labels {
  readonly #columns = new Map<number, number>();

  constructor(readonly source: Source) {}

  get ids(): Int32Array {
    return Int32Array.from(this.#columns.keys());
  }

  /** The column of a label; a new one for a new label. */
  column(label: string, line: number): number {
    const { tokenizer } = this.source;
    const [id, ...more] = tokenizer.encode(label);
    if (id === undefined || more.length > 0) {
      const tokens = tokenizer.tokens(label).map(quote).join(" ");
      throw fault(
        this.source,
        line,
        `label ${quote(label)} of ${id === undefined ? 0 : 1 + more.length} tokens ${tokens}`,
        "one token of this model's tokenizer",
        'write a word with the space before it, as in " Mary", or choose one that is one token',
      );
    }
    const column = this.#columns.get(id) ?? this.#columns.size;
    if (column >= MOST_LABELS) {
      throw fault(this.source, line, "one more label", `at most ${MOST_LABELS} different labels`);
    }
    this.#columns.set(id, column);
    return column;
  }
}

/** Signs by column for each line. */
function signsOf(source: Source, labels: Labels, line: LabelLine): Map<number, number> {
  const signs = new Map<number, number>();
  for (const [sign, texts] of [[1, line.right], [-1, line.wrong]] as const) {
    for (const text of texts) {
      const column = labels.column(text, line.line);
      if (signs.has(column)) {
        throw fault(source, line.line, `label ${quote(text)} twice`, "each label once a line");
      }
      signs.set(column, sign);
    }
  }
  return signs;
}

function tokenizeLabels(source: Source, lines: readonly LabelLine[]): LabelPrompts {
  const pairs = tokenizePairs(source, lines);
  const labels = new Labels(source);
  const signs = lines.map((line) => signsOf(source, labels, line));
  const [N, C] = [lines.length, labels.ids.length];
  if (N * C > MOST_NUMBERS) {
    throw promptFault(source.path, "lines", {
      is: `${N} lines with ${C} labels`,
      expected: `at most ${MOST_NUMBERS} pairs of a line and a label`,
      hint: "split the file",
    });
  }
  const data = new Int32Array(N * C);
  signs.forEach((row, n) => row.forEach((sign, column) => data[n * C + column] = sign));
  return {
    ...pairs,
    labelTokenIds: { data: labels.ids, shape: [C] },
    labelSigns: { data, shape: [N, C] },
  };
}

/**
 * Token rows of text prompts, by the model's own tokenizer.
 *
 * @param source the file that the lines were read from, and the tokenizer.
 * @throws {NeuriteError} E-PROMPTS naming the line: prompts of unequal length, a good prompt equal to
 * its bad one, a label that is not one token; E-TOKENIZER when years are asked of a tokenizer without
 * two-digit tokens.
 */
export function tokenizePrompts(source: Source, lines: PromptLines): Prompts {
  if (lines.kind === "label") return tokenizeLabels(source, lines.lines);
  const pairs = tokenizePairs(source, lines.lines);
  const YY = Int32Array.from(lines.lines, ({ year }) => year);
  return {
    ...pairs,
    YY: { data: YY, shape: [YY.length] },
    yearTokenIds: { data: yearTokenIds(source.tokenizer), shape: [100] },
  };
}
