/** Where a canonical weight comes from. */
export interface WeightRecipe {
  /** Extents of the canonical weight. */
  readonly shape: readonly number[];
  /** Name in the checkpoint. */
  readonly raw: string;
  /** Extents it must have there. */
  readonly rawShape: readonly number[];
  /** Makes the one from the other; without it they are the same. */
  readonly make?: (raw: Float32Array) => Float32Array;
  /** Whether neighbouring weights come from the same raw tensor. */
  readonly isShared?: boolean;
}

/** A weight that stands in the checkpoint as it is wanted. */
export function asStored(raw: string, ...shape: number[]): WeightRecipe {
  return { raw, rawShape: shape, shape };
}
