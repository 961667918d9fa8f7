import type { ModelConfig } from "./config.ts";

/** How a head's leading dimensions turn. */
export type RotarySettings = NonNullable<ModelConfig["rotary"]>;

/** Rounds to the nearest bfloat16, ties to even. */
function roundToBfloat16(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer);
  const kept = bits[0]! + 0x7fff + ((bits[0]! >>> 16) & 1);
  bits[0] = kept & 0xffff0000;
  return new Float32Array(bits.buffer)[0]!;
}

/**
 * The angle a position turns each pair of dimensions by: `base^(−2i/dims)`, `dims/2` numbers.
 *
 * A GPT-NeoX module cast to bfloat16 rounds these too, because they are a buffer of the module, and
 * its stored outputs show it: on the bfloat16 fixture, 2.3e-4 apart with exact frequencies and
 * 3e-7 with rounded ones. Float16 checkpoints (all of Pythia) keep exact ones, as transformers and
 * TransformerLens run them.
 *
 * @example Usage
 * ```ts
 * import { rotaryFrequencies } from "neurite/lib/model/config/rotary.ts";
 *
 * const [first, second] = rotaryFrequencies({ dims: 4, base: 10000, rounding: "none" });
 * if (first !== 1 || second !== 0.01) throw new Error("unreachable");
 * ```
 */
export function rotaryFrequencies({ dims, base, rounding }: RotarySettings): number[] {
  const exact = Array.from({ length: dims / 2 }, (_, i) => base ** (-2 * i / dims));
  return rounding === "bfloat16" ? exact.map(roundToBfloat16) : exact;
}
