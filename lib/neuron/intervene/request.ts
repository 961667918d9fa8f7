/**
 * What interventions are asked for and what they give.
 *
 * @module
 */
import type { Tokens } from "../../model/tokens.ts";
import type { Location } from "../location.ts";
import type { Change } from "./change.ts";
import type { NeuronSet } from "./neuron_sets.ts";
import type { TokenStatistics } from "./token_statistics.ts";

/**
 * How the final layer norm divides: by the deviation of the residual that it is given, or, frozen, by
 * that of the unchanged run at the same position, so that only the residual's direction changes.
 */
export type Arm = "full" | "frozen_scale";

/** What is to be run. */
export interface InterventionRequest {
  readonly sets: readonly NeuronSet[];
  readonly location: Location;
  /** Each is made of each set. */
  readonly changes: readonly Change[];
  /** Whether the frozen arm is run too. */
  readonly frozen: boolean;
  /** Rows before it are left out. @default {0} */
  readonly firstRow?: number | undefined;
  /** Bytes for arrays. @default {2 GiB} */
  readonly memory?: number | undefined;
  /** Ends the work between two interventions. */
  readonly signal?: AbortSignal | undefined;
  /** Called with rows done and in all. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** One intervention's results. */
export interface Outcome {
  /** Place in the request. */
  readonly set: number;
  readonly change: number;
  readonly arm: Arm;
  readonly statistics: TokenStatistics;
}

/** The results of some rows. */
export interface InterventionBlock {
  /** The first row. */
  readonly start: number;
  /** `[rows, T]`. */
  readonly tokens: Tokens;
  /** Of the unchanged model. */
  readonly nominal: TokenStatistics;
  /** f64 `[rows · T]`, unchanged, at the location, by neuron name. */
  readonly activations: ReadonlyMap<string, Float64Array>;
  /** By set, then change, then arm. */
  readonly outcomes: readonly Outcome[];
}
