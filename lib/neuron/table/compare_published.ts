/**
 * A neuron table beside a published one of the same model, neuron by neuron.
 *
 * @module
 */
import { cannot } from "../../errors.ts";
import { rankCorrelation } from "../rank_correlation.ts";
import { COLUMN_NAMES, type JoinedTable, neuronName } from "./columns.ts";
import type { CsvRows } from "./csv_rows.ts";
import { UNIVERSAL_EXCESS } from "../correlation/universal.ts";

/** How far a column is from the published one, over the neurons that have both. */
export interface ColumnComparison {
  readonly name: string;
  /** Neurons compared: finite in both. */
  readonly neurons: number;
  readonly maxDifference: number;
  readonly meanDifference: number;
  /** Spearman's; NaN of fewer than two neurons or of constants. */
  readonly rankCorrelation: number;
  /** The neuron of the largest difference. */
  readonly worst: string;
}

/** How two sets of universal neurons overlap. */
export interface SetOverlap {
  readonly published: number;
  readonly ours: number;
  readonly both: number;
  /** Of the neurons in either, the share in both; NaN where there are none. */
  readonly jaccard: number;
}

/** A table beside a published one. */
export interface PublishedComparison {
  /** Distinct neurons of the published table. */
  readonly neurons: number;
  /** Rows that name a neuron a second time; the first counts. */
  readonly repeated: number;
  readonly columns: readonly ColumnComparison[];
  /** Where both have an excess. */
  readonly universal?: SetOverlap;
}

/** The original's first definition, `min_corr − max_baseline`, in tables that have it. */
const OLD_EXCESS = "min_corr - max_baseline";

/**
 * Compares the columns that both have. The universal neurons of the published table are its rows with
 * an excess above 0.5, and all neurons above 0.5 of the other.
 *
 * @throws {NeuriteError} E-USAGE when the published table names a neuron that the model does not have, or
 * no column of it is in the table.
 */
export function comparePublished(table: JoinedTable, published: CsvRows): PublishedComparison {
  const places = new Map<number, number>();
  const { layers, columns } = table;
  const width = table.layer.length / layers;
  for (let row = 0; row < published.layer.length; row++) {
    const [layer, neuron] = [published.layer[row]!, published.neuron[row]!];
    if (layer >= layers || neuron >= width) throw otherModel(published, row, { layers, width });
    const place = layer * width + neuron;
    if (!places.has(place)) places.set(place, row);
  }
  const known = COLUMN_NAMES.flatMap((name) =>
    columns[name] && published.columns[name]
      ? [[name, columns[name], published.columns[name]] as const]
      : []
  );
  const { min_corr: least, max_baseline: most } = columns;
  const old = published.oldExcess && least && most
    ? [[OLD_EXCESS, least.map((x, i) => x - most[i]!), published.oldExcess] as const]
    : [];
  const pairs = [...known, ...old];
  if (pairs.length === 0) throw nothingShared(table, published);
  const excess = pairs.find(([name]) => name === "excess_corr") ?? old[0];
  return {
    neurons: places.size,
    repeated: published.layer.length - places.size,
    columns: pairs.map((pair) => compareColumn(pair, places, table)),
    ...(excess && { universal: overlap(excess, places) }),
  };
}

type Pair = readonly [name: string, ours: Float64Array, theirs: Float64Array];

function compareColumn(
  [name, ours, theirs]: Pair,
  places: ReadonlyMap<number, number>,
  table: JoinedTable,
): ColumnComparison {
  const both = [...places].filter(([place, row]) =>
    Number.isFinite(ours[place]) && Number.isFinite(theirs[row])
  );
  const apart = both.map(([place, row]) => Math.abs(ours[place]! - theirs[row]!));
  const most = apart.reduce((a, b) => Math.max(a, b), 0);
  const at = both[apart.indexOf(most)]?.[0];
  return {
    name,
    neurons: both.length,
    maxDifference: most,
    meanDifference: apart.reduce((sum, x) => sum + x, 0) / apart.length,
    rankCorrelation: rankCorrelation(
      Float64Array.from(both, ([place]) => ours[place]!),
      Float64Array.from(both, ([, row]) => theirs[row]!),
    ),
    worst: at === undefined ? "" : neuronName(table, at),
  };
}

function overlap([, ours, theirs]: Pair, places: ReadonlyMap<number, number>): SetOverlap {
  const isOurs = (place: number) => ours[place]! > UNIVERSAL_EXCESS;
  const published = [...places].filter(([, row]) => theirs[row]! > UNIVERSAL_EXCESS);
  const both = published.filter(([place]) => isOurs(place)).length;
  const own = ours.reduce((count, x) => count + Number(x > UNIVERSAL_EXCESS), 0);
  const jaccard = both / (published.length + own - both);
  return { published: published.length, ours: own, both, jaccard };
}

function otherModel(
  published: CsvRows,
  row: number,
  { layers, width }: { layers: number; width: number },
) {
  return cannot("E-USAGE", {
    do: "compare with",
    thing: published.path,
    is: `a table that has neuron ${neuronName(published, row)}`,
    expected: `neurons of ${layers} layers of ${width}, as the sources have`,
    hint: "give the published table of the same model",
  });
}

function nothingShared(table: JoinedTable, published: CsvRows) {
  const names = (columns: object) => Object.keys(columns).join(", ") || "none";
  return cannot("E-USAGE", {
    do: "compare with",
    thing: published.path,
    is: `columns ${names(published.columns)}`,
    expected: `one of ${names(table.columns)}`,
    hint: "add the source that has them",
  });
}
