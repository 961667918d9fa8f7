/**
 * What an intervention makes of one activation (spec/universal_neurons.md section 1.12).
 *
 * @module
 */
import { geluOf } from "../../device/reference/gelu.ts";
import type { GeluForm } from "../../device/graph.ts";
import type { HookWrite } from "../../model/forward/writes.ts";
import type { Location } from "../location.ts";

/** The kinds there are, under the original's names. */
export const CHANGES = [
  "zero_ablation",
  "threshold_ablation",
  "relu_ablation",
  "fixed_activation",
  "multiply_activation",
] as const;

/** One of {@linkcode CHANGES}. */
export type ChangeKind = typeof CHANGES[number];

/** An intervention but for its neurons. */
export interface Change {
  readonly kind: ChangeKind;
  /** What `threshold`, `fixed` and `multiply` take. */
  readonly value: number;
}

/** Whether a kind has a value at all. */
export function takesValue(kind: ChangeKind): boolean {
  return kind !== "zero_ablation" && kind !== "relu_ablation";
}

/** What a kind's values are, for axes. */
export const VALUE_TITLES: Readonly<Record<ChangeKind, string>> = {
  "zero_ablation": "Activation",
  "threshold_ablation": "Upper bound of the activation",
  "relu_ablation": "Activation",
  "fixed_activation": "Activation held at",
  "multiply_activation": "Factor of the activation",
};

/** `a` after the change: 0, `min(a, value)`, `max(a, 0)`, `value` or `a · value`. */
export function changed(a: number, { kind, value }: Change): number {
  switch (kind) {
    case "zero_ablation":
      return 0;
    case "threshold_ablation":
      return Math.min(a, value);
    case "relu_ablation":
      return Math.max(a, 0);
    case "fixed_activation":
      return value;
    case "multiply_activation":
      return a * value;
  }
}

/** By how much a neuron's activation after the GELU moves when the one at `location` changes. */
export function outputMove(
  a: number,
  change: Change,
  { location, gelu }: { location: Location; gelu: GeluForm },
): number {
  const after = changed(a, change);
  return location === "mlp.hook_post" ? after - a : geluOf(after, gelu) - geluOf(a, gelu);
}

/** The change as a write of the forward pass, at every position. */
export function changeWrite(
  { kind, value }: Change,
  { layer, neurons, location }: { layer: number; neurons: readonly number[]; location: Location },
): HookWrite {
  const place = { hook: `blocks.${layer}.${location}`, features: neurons };
  switch (kind) {
    case "zero_ablation":
      return { ...place, kind: "zero" };
    case "threshold_ablation":
      return { ...place, kind: "clamp", range: [-Infinity, value] };
    case "relu_ablation":
      return { ...place, kind: "clamp", range: [0, Infinity] };
    case "fixed_activation":
      return { ...place, kind: "replace", value };
    case "multiply_activation":
      return { ...place, kind: "scale", value };
  }
}
