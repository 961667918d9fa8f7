import type { Floats } from "../array.ts";
import type { SummaryNumbers } from "../store/run/summary.ts";

/**
 * Mean, population standard deviation, range and lower median of the finite values of a column; all
 * null where none is finite.
 */
export function spread(values: Floats): SummaryNumbers {
  const finite = Float64Array.from(values).filter(Number.isFinite).sort();
  if (finite.length === 0) return { mean: null, sd: null, min: null, median: null, max: null };
  const mean = finite.reduce((a, b) => a + b, 0) / finite.length;
  const squares = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    mean,
    sd: Math.sqrt(squares / finite.length),
    min: finite[0]!,
    median: finite[Math.floor((finite.length - 1) / 2)]!,
    max: finite.at(-1)!,
  };
}
