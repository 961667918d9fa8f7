/**
 * Results beside their recomputation in float64, one by one.
 *
 * @module
 */
import type { Testimony } from "../model/witness.ts";

/** Keeps the largest deviation of those that it is told; one that is no number counts as the largest. */
export class WitnessTally {
  #count = 0;
  #largest = 0;
  #worst: Testimony["worst"] = null;

  /** Takes one result. */
  add(result: NonNullable<Testimony["worst"]>): void {
    const apart = Math.abs(result.value - result.reference);
    this.#count++;
    if (this.#worst && !(apart > this.#largest) && !Number.isNaN(apart)) return;
    this.#largest = apart;
    this.#worst = result;
  }

  /** What was seen. */
  testimony(): Testimony {
    return { count: this.#count, largest: this.#largest, worst: this.#worst };
  }
}
