/**
 * What a spec says to neurite beside what it says to Vega-Lite: `usermeta.neurite`.
 *
 * @module
 */
import type { TopLevelSpec } from "vega-lite";

/** The numbers behind a heatmap, so that they can be read back from the spec. */
export interface MatrixTable {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** One matrix a panel, row-major; `null` is a missing cell. */
  readonly panels: readonly {
    readonly title: string;
    readonly values: readonly (readonly (number | null)[])[];
  }[];
}

/** The contents of `usermeta.neurite`; all parts may be absent. */
export interface FigureMeta {
  /** How many data rows have no finite value and are left out on purpose. */
  readonly missing?: number;
  /** Twin of a raster, whose numbers are in no `data`. */
  readonly table?: MatrixTable;
}

/** Reads `usermeta.neurite` of a spec; empty when absent. */
export function figureMeta(spec: TopLevelSpec): FigureMeta {
  const meta = (spec.usermeta as Record<string, unknown> | undefined)?.neurite;
  return typeof meta === "object" && meta !== null ? meta as FigureMeta : {};
}
