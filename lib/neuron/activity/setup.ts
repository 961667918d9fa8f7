/**
 * The rows of a summary by the part of the corpus that they are from, and the tokens that are followed.
 *
 * @module
 */
import { cannot } from "../../errors.ts";
import type { CorpusRows } from "../../model/corpus_rows.ts";
import type { Tokens } from "../../model/tokens.ts";
import { type WindowOptions, windowsWritten } from "./example_windows.ts";
import type { SliceExtents } from "./slice_sums.ts";
import { countTokens, type TokenSlots, tokenSlots } from "./token_slots.ts";

/** How vocabulary statistics and examples are kept and ranked. */
export interface RankOptions extends WindowOptions {
  /** Tokens kept of each ranking; −1 keeps all tokens, 0 none. */
  readonly vocabTop: number;
  /** Tokens that occur less often have no mean; at 0 even those that never occur have one, 0. */
  readonly minCount: number;
  /** Largest activations kept of each neuron. */
  readonly examples: number;
  /** Maxima and examples begin at 0, as the original's. */
  readonly originalExtremes: boolean;
}

/** Rows that are summed together. */
export interface RowPart {
  /** Of the subset; undefined when rows have no labels. */
  readonly name: string | undefined;
  /** Rows in the tokens of the run, rising. */
  readonly rows: Int32Array;
  readonly slots: TokenSlots;
  /** Where each slot is in {@linkcode SummarySetup.pooled}. */
  readonly toPooled: Int32Array;
}

/** A summary that can be planned. */
export interface SummarySetup {
  readonly tokens: Tokens;
  /** Subsets in the order of their names in the file; those without rows are left out. */
  readonly parts: readonly RowPart[];
  /** Slots of the tokens of all rows. */
  readonly pooled: TokenSlots;
  /** Whether the rows have labels, so that there is more to sum than one part. */
  readonly isLabelled: boolean;
  readonly rank: RankOptions;
}

/** Offsets of tokens are int32. */
const MOST_TOKENS = 2 ** 31 - 1;

/**
 * Sorts rows by their subset and decides which tokens are followed: those that occur, and where only the
 * best are kept, often enough.
 *
 * @throws {NeuriteError} E-TOKENS for more tokens than an offset can number.
 */
export function setUpSummary(
  { tokens, subsets }: CorpusRows,
  rank: RankOptions,
  vocabSize: number,
): SummarySetup {
  const [B] = tokens.shape as [number, number];
  if (tokens.data.length > MOST_TOKENS) throw tooMany(tokens);
  const all = Int32Array.from({ length: B }, (_, row) => row);
  const counts = countTokens(tokens, all, vocabSize);
  const least = rank.vocabTop < 0 ? 0 : rank.minCount;
  const pooled = tokenSlots(counts, (token) => rank.vocabTop !== 0 && counts[token]! >= least);
  const base = { tokens, pooled, rank };
  if (!subsets) {
    const toPooled = pooled.tokens.map((_, slot) => slot);
    const part = { name: undefined, rows: all, slots: pooled, toPooled };
    return { ...base, parts: [part], isLabelled: false };
  }
  const parts = subsets.names.flatMap((name, label): RowPart[] => {
    const rows = all.filter((row) => subsets.ofRow[row] === label);
    if (rows.length === 0) return [];
    const own = countTokens(tokens, rows, vocabSize);
    const slots = tokenSlots(own, (token) => pooled.slotOf[token]! >= 0);
    return [{ name, rows, slots, toPooled: slots.tokens.map((token) => pooled.slotOf[token]!) }];
  });
  return { ...base, parts, isLabelled: true };
}

/** What sums of tokens that have such slots keep. */
export function extentsOf(rank: RankOptions, { tokens, counts }: TokenSlots): SliceExtents {
  const { examples, vocabTop, exampleContext = 0 } = rank;
  return {
    examples,
    // Those of all rows come from the subsets' when these are added to them.
    windows: Math.max(windowsWritten(rank, "all"), windowsWritten(rank, "subset")),
    reach: exampleContext,
    slots: tokens.length,
    maxima: Math.min(Math.max(0, vocabTop), counts.length),
    allMaxima: vocabTop < 0,
  };
}

/** The tokens of a part, or of all rows. */
export function slotsOf(setup: SummarySetup, part: RowPart | undefined): TokenSlots {
  return part?.slots ?? setup.pooled;
}

/** What arrays are made of beside sums. */
export interface Ranking {
  readonly slots: TokenSlots;
  readonly rank: RankOptions;
  /** Examples whose surroundings are written. */
  readonly windows: number;
}

/** How the sums of a part, or of all rows, are ranked. */
export function rankingOf(setup: SummarySetup, part: RowPart | undefined): Ranking {
  const { rank } = setup;
  return {
    slots: slotsOf(setup, part),
    rank,
    windows: windowsWritten(rank, part ? "subset" : "all"),
  };
}

function tooMany({ data, shape }: Tokens) {
  return cannot("E-TOKENS", {
    do: "number the tokens of",
    thing: `${shape.join(" x ")} tokens`,
    is: `${data.length} offsets`,
    expected: `at most ${MOST_TOKENS}, what int32 holds`,
    hint: "take fewer rows with --rows, or one part with --subset",
  });
}
