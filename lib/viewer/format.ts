/**
 * The files that a viewer folder holds, shared by what writes them and the page that shows them.
 *
 * A page opened from disk may load scripts and nothing else, so every file of data is a script that
 * hands its name and a base64 text to the page: `neuriteData("shard-12", "H4sI…")`. The text is gzip of
 * JSON; nothing of it is run.
 *
 * @module
 */

/** The version of this form. */
export const VIEWER_FORMAT = "neurite.viewer/1";

/** A file of data by name, without folder and ending. */
export type DataName = "model" | "tokens" | `column-${string}` | `shard-${number}`;

/** Counts of a histogram from its first to its last bin that is not empty. */
export interface SparseCounts {
  /** Number of the first bin. */
  readonly first: number;
  readonly counts: readonly number[];
}

/** Tokens or neurons with a value each, most extreme first. */
export interface Ranked {
  /** Token ids, or flat neuron numbers. */
  readonly ids: readonly number[];
  readonly values: readonly number[];
}

/** A part of the page that has no data, and what would make it. */
export interface MissingPanel {
  readonly is: string;
  readonly command: string;
}

/** The panels of spec/universal_neurons section 1.14. */
export const PANELS = [
  "activations",
  "vocabulary",
  "compositions",
  "heads",
  "examples",
  "partners",
] as const;

/** A member of {@linkcode PANELS}. */
export type Panel = typeof PANELS[number];

/** A column of the neuron table. */
export interface ColumnInfo {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /**
   * What the values are: numbers where it is left out, or token ids (such as the token of the largest
   * mean activation; these columns are what a search for a token looks through), or places in
   * `features` (the column `feature` is always that).
   */
  readonly kind?: "number" | "token" | "feature";
  /** Over the finite values. */
  readonly min: number;
  readonly max: number;
}

/** `model`: what the page must know before it shows a neuron. */
export interface ViewerModel {
  readonly format: typeof VIEWER_FORMAT;
  readonly model: string;
  /** L, F, H and V. */
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly vocab: number;
  /** Parts of the corpus; empty where rows are not labelled. */
  readonly subsets: readonly string[];
  /** The 256 edges of activation histograms: bin k holds `edges[k − 1] < x ≤ edges[k]`. */
  readonly edges: readonly number[];
  readonly columns: readonly ColumnInfo[];
  /** Names of a neuron's features or families, e.g. the token feature that explains it. */
  readonly features: readonly string[];
  /** Neurons a shard holds: neuron n is in `shard-⌊n / shardNeurons⌋`. */
  readonly shardNeurons: number;
  /** Panels without data. */
  readonly missing: Readonly<Partial<Record<Panel, MissingPanel>>>;
  /** The models whose neurons it was correlated with. */
  readonly partners: readonly string[];
  /** F of each partner, where it is not that of this model. */
  readonly partnerWidths?: readonly number[];
  /** Where a partner's own page is, from this folder: `../<folder>/index.html`. */
  readonly partnerPages?: readonly (string | null)[];
  /** Lines for people: command, commit, sha256 of sources. */
  readonly provenance: Readonly<Record<string, string>>;
}

/** `tokens`: the vocabulary as it decodes, by id. Texts may hold anything. */
export type ViewerTokens = readonly string[];

/** `column-<name>`: one number a neuron `[L·F]`, null where there is none; `feature` has places in `features`. */
export type ViewerColumn = readonly (number | null)[];

/** A token that activates a neuron, with its surroundings. */
export interface Example {
  readonly value: number;
  /** Token ids around the maximum. */
  readonly tokens: readonly number[];
  /** The neuron's activation at each; null where it is not known, and left out where none is. */
  readonly activations?: readonly (number | null)[] | undefined;
  /** Place of the maximum among them. */
  readonly at: number;
  /** Row and position in the corpus. */
  readonly row: number;
  readonly position: number;
}

/** What a part of the corpus shows of a neuron. */
export interface NeuronInSubset {
  readonly histogram: SparseCounts;
  /** Tokens by their largest and by their mean activation. */
  readonly vocabMax?: Ranked | undefined;
  readonly vocabMean?: Ranked | undefined;
  readonly examples?: readonly Example[] | undefined;
}

/** Cosines of one of a neuron's vectors with all tokens or all neurons. */
export interface Composition {
  /** Over 101 bins of `linspace(−1, 1, 100)`. */
  readonly histogram: SparseCounts;
  readonly top: Ranked;
  readonly bottom: Ranked;
}

/** One neuron. */
export interface ViewerNeuron {
  /** Over the whole corpus. */
  readonly pooled?: NeuronInSubset | undefined;
  /** By place in `subsets`. */
  readonly subsets?: readonly NeuronInSubset[] | undefined;
  /** `E_in`, `U_in`, `E_out`, `U_out` with tokens; `in_in`, `in_out`, `out_in`, `out_out` with neurons. */
  readonly compositions?: Readonly<Record<string, Composition>> | undefined;
  /** `v`, `o`, `query_side`, `key_side`: `[L·H]`. */
  readonly heads?: Readonly<Record<string, readonly number[]>> | undefined;
  /** By place in `partners`: the most similar neuron there. */
  readonly partners?: readonly { readonly neuron: number; readonly corr: number }[] | undefined;
}

/** `shard-<k>`: neurons `k · shardNeurons` and on. */
export type ViewerShard = readonly ViewerNeuron[];
