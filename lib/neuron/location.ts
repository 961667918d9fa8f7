/** Where activations are read: before or after the nonlinearity (spec/universal_neurons 0.3). */
export const LOCATIONS = ["mlp.hook_pre", "mlp.hook_post"] as const;
/** A member of {@linkcode LOCATIONS}. */
export type Location = typeof LOCATIONS[number];
