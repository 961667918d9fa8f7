/**
 * Labels that the greater-than figures share.
 *
 * @module
 */

/** The 97 start years YY, `"02"`..`"98"`: rows of the paper's heatmaps, 02 on top. */
export const YY_LABELS: readonly string[] = Array.from(
  { length: 97 },
  (_, i) => String(i + 2).padStart(2, "0"),
);

/** The 100 predicted years, `"0"`..`"99"`: columns of the paper's heatmaps. */
export const YEAR_LABELS: readonly string[] = Array.from({ length: 100 }, (_, i) => String(i));

/** Every tenth predicted year and the last. */
export const YEAR_TICKS: readonly string[] = YEAR_LABELS.filter((_, i) => i % 10 === 0 || i === 99);

/** The first and last YY and every tenth. */
export const YY_TICKS: readonly string[] = YY_LABELS.filter((label, i) =>
  label.endsWith("0") || i === 0 || i === YY_LABELS.length - 1
);

/** Every fifth YY from 02, as the paper labels its logit lenses. */
export const YY_TICKS_BY_FIVE: readonly string[] = YY_LABELS.filter((_, i) => i % 5 === 0);
