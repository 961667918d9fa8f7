/**
 * Which year a model expects after a series of years (spec/greater_than section 3.12).
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import type { ForwardOptions } from "../../model/forward/forward.ts";
import type { Model } from "../../model/model.ts";
import { type Behaviour, taskBehaviour } from "../task/behaviour.ts";
import { yearTask } from "../task/contrast_task.ts";
import { YEARS } from "../task/year_metrics.ts";

/** Series of years as prompts; the last year ends three tokens before the prompt does. */
export interface SeriesQuestion {
  /** i32 `[N, T]`. */
  readonly tokens: HostArray<Int32Array>;
  /** i32 `[N]`, the last two digits of each series' last year. */
  readonly YY: HostArray<Int32Array>;
  /** i32 `[100]`. */
  readonly yearTokenIds: HostArray<Int32Array>;
}

/** What a model thinks comes after a year, f64 `[N]` each. */
export type NextYearMeasures = Readonly<
  Record<"next_year" | "later_years" | "other_years", Float64Array>
>;

/**
 * Full-vocabulary probability of the year after YY, of all later ones (`y > YY`), and of YY and all
 * earlier ones (`y ≤ YY`): `probabilities [N, 100], YY [N]`, YY below 99.
 *
 * @throws {RangeError} for a year without a next one.
 */
export function nextYearMeasures(
  probabilities: Float64Array,
  YY: Int32Array,
): NextYearMeasures {
  const [next, later, other] = [YY, YY, YY].map(({ length }) => new Float64Array(length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  YY.forEach((yy, n) => {
    if (yy < 0 || yy >= YEARS - 1) {
      throw new RangeError(`Cannot look after year "${yy}": out of range, expected 0 to 98`);
    }
    const row = probabilities.subarray(n * YEARS, (n + 1) * YEARS);
    next[n] = row[yy + 1]!;
    row.forEach((p, year) => year > yy ? later[n]! += p : other[n]! += p);
  });
  return { "next_year": next, "later_years": later, "other_years": other };
}

/**
 * Runs the series: full-vocabulary probabilities of the hundred years after each, and the forward
 * pass behind them.
 *
 * @throws {NeuriteError} what `taskBehaviour` throws.
 *
 * @example Usage
 * ```ts
 * import { expectedYears, nextYearMeasures } from "neurite/lib/circuit/answers/next_year.ts";
 * import { openReference } from "neurite/lib/device/reference/mod.ts";
 * import { loadModel } from "neurite/lib/model/model.ts";
 * import { openTokenizer } from "neurite/lib/model/tokenizer.ts";
 * import { drawSeries } from "neurite/lib/text/series_prompts.ts";
 *
 * await using device = openReference();
 * await using model = await loadModel("cache/models/tiny-gpt2-a", device);
 * const tokenizer = await openTokenizer(model.directory);
 * const prompts = drawSeries(tokenizer, { count: 2, seed: 0 });
 * const { probabilities } = await expectedYears(model, prompts);
 * const { next_year: next } = nextYearMeasures(probabilities.data, prompts.YY.data);
 * if (!next.every((p) => p > 0 && p < 1)) throw new Error("unreachable");
 * ```
 */
export async function expectedYears(
  model: Model,
  { tokens, YY, yearTokenIds }: SeriesQuestion,
  options: Pick<ForwardOptions, "memory" | "onProgress" | "signal"> = {},
): Promise<Pick<Behaviour, "probabilities" | "forward">> {
  const T = tokens.shape[1]!;
  // Nothing is patched, so the bad prompts of the task are never read.
  const pairs = { goodTokens: tokens, badTokens: tokens, YY, yearTokenIds };
  const task = yearTask(pairs, { positions: { END: T - 1, YY: T - 3 } });
  return await taskBehaviour(model, task, options);
}
