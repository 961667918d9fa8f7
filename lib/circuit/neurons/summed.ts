/**
 * A file of its own: plotting scripts need the number and must not load a model's code for it.
 *
 * @module
 */

/** How many of the first neurons are summed, and patched together: the paper's figures. */
export const SUMMED = [10, 100, 200] as const;
