/**
 * Positions of a corpus in groups, and what holds of groups.
 *
 * @module
 */

/** A feature of groups. */
export interface GroupFeature {
  /** Its column's name. */
  readonly name: string;
  /** The part of the features it belongs to, for reports. */
  readonly family: string;
  /** 1 where it holds of a group. It holds of no group beyond its end. */
  readonly holds: Uint8Array;
}

/** Positions in groups. */
export interface Labelling {
  /** `"token"`, `"prev_token"`, …: names tables and columns. */
  readonly name: string;
  /** `[N]`, each position's group, from 0 to `groups` − 1. */
  readonly codes: Int32Array;
  readonly groups: number;
  readonly features: readonly GroupFeature[];
}
