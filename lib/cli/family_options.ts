/**
 * The options of scripts that draw families of neurons from cached activations and explanations.
 *
 * @module
 */
import type { PathOption } from "./options.ts";

/** `--activations` and `--explain`. */
export const FAMILY_OPTIONS = {
  activations: {
    type: "path",
    default: "cache/results/universal_neurons/activations",
    description: "Folder of a finished run of un:activations.",
  },
  explain: {
    type: "path",
    default: "cache/results/universal_neurons/explain",
    description: "Folder of a finished run of un:explain over these activations.",
  },
} as const satisfies Record<string, PathOption>;
