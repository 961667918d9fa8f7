/**
 * What a cache of activations holds, and how its arrays lie on disk.
 *
 * `activations` has one row a neuron, so that the whole of one neuron is one stretch of the file:
 * `[n, B·T]`, or `[n, B]` where rows of tokens are aggregated. Its row `i` is the neuron of `layer[i]`
 * and `neuron[i]`.
 *
 * @module
 */
import type { ElementType } from "../../store/format/elements.ts";
import type { PlacedLayout } from "../../store/format/placed_safetensors.ts";
import type { Location } from "../location.ts";
import type { Neuron } from "../neurons.ts";

/** What is made of the positions of a row: nothing, or one value. */
export const AGGREGATIONS = ["none", "mean", "max", "last"] as const;
/** A member of {@linkcode AGGREGATIONS}. */
export type Aggregation = typeof AGGREGATIONS[number];

/** Bits of an activation on disk. */
export const PRECISIONS = ["8", "16", "32"] as const;
/** A member of {@linkcode PRECISIONS}. */
export type Precision = typeof PRECISIONS[number];

/** Arrays `[B, T]` beside the activations, and the outputs of the forward pass that they are. */
export const TOKEN_OUTPUTS = {
  loss: "loss_per_token",
  entropy: "entropy",
  rank: "rank",
} as const;
/** A key of {@linkcode TOKEN_OUTPUTS}. */
export type TokenOutput = keyof typeof TOKEN_OUTPUTS;

/** What is written of a model and a corpus. */
export interface ActivationRequest {
  /** In the order of their rows. */
  readonly neurons: readonly Neuron[];
  readonly location: Location;
  readonly aggregation: Aggregation;
  readonly precision: Precision;
  readonly outputs: readonly TokenOutput[];
}

/** Values of the tokens that one array holds, as rows of tokens add them. */
export interface ColumnArray {
  readonly name: "activations" | TokenOutput;
  readonly type: "F16" | "F32" | "I32";
  /** Stretches it has: one a neuron, or one. */
  readonly columns: number;
  /** Values that a row of tokens adds to each. */
  readonly perRow: number;
}

/** Type of activations while the run goes on: what is quantised is not rounded before. */
const WORK_TYPES = { 8: "F32", 16: "F16", 32: "F32" } as const;

/** Type of activations in the result. */
export const RESULT_TYPES = { 8: "U8", 16: "F16", 32: "F32" } as const satisfies Record<
  Precision,
  ElementType
>;

/** The arrays that grow with the tokens, as they are written. */
export function columnArrays(
  { neurons, aggregation, precision, outputs }: ActivationRequest,
  T: number,
): ColumnArray[] {
  const perRow = aggregation === "none" ? T : 1;
  return [
    { name: "activations", type: WORK_TYPES[precision], columns: neurons.length, perRow },
    ...outputs.map((name) => {
      const type = name === "rank" ? "I32" as const : "F32" as const;
      return { name, type, columns: 1, perRow: T };
    }),
  ];
}

/** The file that a run writes by position; with 16 and 32 bits it is the result. */
export function workLayout(
  request: ActivationRequest,
  [B, T]: readonly [number, number],
  metadata: Readonly<Record<string, string>>,
): PlacedLayout {
  const n = request.neurons.length;
  const grown = columnArrays(request, T).map(({ name, type, perRow }) => {
    const shape = name === "activations" ? [n, B * perRow] : [B, T];
    return [name, { type, shape }] as const;
  });
  const index = { type: "I32", shape: [n] } as const;
  return { arrays: { ...Object.fromEntries(grown), layer: index, neuron: index }, metadata };
}

/** The result of 8 bits: `(q − zero) · scale` is an activation. */
export function quantisedLayout({ arrays, metadata }: PlacedLayout): PlacedLayout {
  const { activations, ...others } = arrays;
  const shape = activations!.shape;
  const each = { type: "F64", shape: [shape[0]!] } as const;
  return {
    arrays: { ...others, activations: { type: "U8", shape }, scale: each, zero: each },
    metadata,
  };
}
