/**
 * A run of attention_deactivation as a command asks for it, checked before anything is computed.
 *
 * @module
 */
import { cannot } from "../../errors.ts";
import type { ModelConfig } from "../../model/config/config.ts";
import { type AskedRows, readCorpusRows } from "../../model/corpus_rows.ts";
import type { Tokens } from "../../model/tokens.ts";
import { cutRows } from "./clean_rows.ts";
import type { MeasureOptions } from "./experiment.ts";
import { checkPath, PAPER_PATH } from "./head_path.ts";
import type { RankRange } from "./kept_tokens.ts";
import type { AskedPath } from "./rank_neurons.ts";
import type { SpearmanMethod } from "./spearman.ts";

/** What a command asks. */
export interface AskedAblation extends AskedRows {
  readonly attentionLayer?: number | undefined;
  readonly head?: number | undefined;
  readonly mlpLayer?: number | undefined;
  readonly triple: "auto" | "paper";
  readonly context: number;
  readonly afterPos: number;
  readonly minRank: number;
  readonly maxRank?: number | undefined;
  readonly keep: readonly string[];
  readonly queryPosition?: number | undefined;
  readonly spearman: SpearmanMethod;
  readonly originalLastBatch: boolean;
  readonly batchSize: number;
  readonly memory?: number | undefined;
}

/** A run that can begin. */
export interface AblationSetup {
  /** `[B, context]`. */
  readonly tokens: Tokens;
  readonly asked: AskedPath;
  readonly measure: MeasureOptions;
}

/**
 * Reads the rows and checks what is asked against them and the model.
 *
 * @throws {NeuriteError} E-USAGE for a path, a range of ranks or a context that cannot be; E-TOKENS and
 * the errors of the file.
 */
export async function setUpAblation(
  asked: AskedAblation,
  config: ModelConfig,
): Promise<AblationSetup> {
  const range = rankRange(asked, config);
  const path = askedPath(asked, config);
  const { tokens: all } = await readCorpusRows(asked, [config]);
  const cut = cutRows(all, asked);
  const tokens = asked.originalLastBatch ? lastBatch(cut, asked.batchSize) : cut;
  const { afterPos, spearman: method, keep, queryPosition: alsoKept, memory } = asked;
  const measure = { range, afterPos, method, keep, alsoKept, memory };
  return { tokens, asked: path, measure };
}

function rankRange(
  { minRank: from, maxRank, queryPosition }: AskedAblation,
  { dMlp: F }: ModelConfig,
): RankRange {
  const to = maxRank ?? F;
  const complain = (thing: string, is: string, expected: string, hint: string) =>
    cannot("E-USAGE", { do: "measure ranks with", thing, is, expected, hint });
  if (to > F) {
    throw complain(
      `--max-rank ${to}`,
      `past the ${F} neurons of an MLP`,
      `at most ${F}, which itself is not measured`,
      `--max-rank ${F}`,
    );
  }
  if (from >= to) {
    throw complain(
      `--min-rank ${from}`,
      `no rank below --max-rank ${to}`,
      `0 to ${to - 1}`,
      "give a lower --min-rank",
    );
  }
  if (queryPosition !== undefined && (queryPosition < from || queryPosition >= to)) {
    throw complain(
      `--query-position ${queryPosition}`,
      "a rank that is not measured",
      `${from} to ${to - 1}`,
      `--query-position ${from}`,
    );
  }
  return { from, to };
}

function askedPath(
  { attentionLayer, head, mlpLayer, triple }: AskedAblation,
  config: ModelConfig,
): AskedPath {
  const given = { attentionLayer, head, mlpLayer };
  const parts = Object.values(given).filter((part) => part !== undefined);
  if (triple === "paper") {
    if (parts.length === 0) return checkPath(config, PAPER_PATH);
    throw cannot("E-USAGE", {
      do: "measure path",
      thing: "--triple paper",
      is: "given with a layer or a head",
      expected: "one or the other",
      hint: "leave out --triple paper",
    });
  }
  // A part that no path can have is refused at once, the others with it at what the model has.
  checkPath(config, {
    attentionLayer: attentionLayer ?? config.nLayer - 1,
    head: head ?? 0,
    mlpLayer: mlpLayer ?? 0,
  });
  return given;
}

/** The rows that the original's statistics are of: its last batch, whole or not. */
function lastBatch({ data, shape }: Tokens, batchSize: number): Tokens {
  const [B, T] = shape as [number, number];
  const first = Math.floor((B - 1) / batchSize) * batchSize;
  return { data: data.subarray(first * T), shape: [B - first, T] };
}
