/**
 * The program a device runs: a list of operations over values of known shape.
 *
 * The forward pass is written once, as functions that append nodes to a {@linkcode Graph}. A device
 * then interprets it (`reference`), translates it (`onnx`) or records it (`webgpu`). Weights are
 * ordinary inputs, so the twelve blocks of a model are one graph run twelve times.
 *
 * @module
 */
import { elementCount, formatShape } from "../array.ts";
import { cannot } from "../errors.ts";

/** Element type of a value: 32-bit float (float64 on `reference`) or 32-bit integer. */
export type DType = "f32" | "i32";

/** Which GELU: GPT-2's tanh form (`gelu_new`) or the exact one (`gelu`, GPT-NeoX). */
export type GeluForm = "tanh" | "erf";

/** What `linear` applies after the bias. */
export type Activation = "none" | "gelu_tanh" | "gelu_erf";

/** How `write` combines the value that was there with the one it is given. */
export type WriteKind = "replace" | "add" | "scale" | "atMost" | "atLeast";

/** The results `unembedStats` can give, in the order of its outputs. */
export const UNEMBED_STATS = ["logZ", "entropy", "targetLogit", "rank", "columnLogits"] as const;

/** A member of {@linkcode UNEMBED_STATS}. */
export type UnembedStat = typeof UNEMBED_STATS[number];

/** The operations and what each is told besides its inputs. Semantics: `ops.ts`. */
export interface OpAttributes {
  reshape: Record<never, never>;
  gather: Record<never, never>;
  add: Record<never, never>;
  concat: Record<never, never>;
  linear: { bias: boolean; activation: Activation; residual: boolean };
  crossMoment: Record<never, never>;
  gelu: { form: GeluForm };
  layerNorm: { epsilon: number };
  layerNormScale: { epsilon: number };
  layerNormApply: Record<never, never>;
  rotary: { frequencies: readonly number[]; start: number };
  attentionScores: { scale: number };
  attentionPattern: Record<never, never>;
  attentionMix: Record<never, never>;
  headResult: Record<never, never>;
  sumHeads: Record<never, never>;
  write: { kind: WriteKind };
  logits: { bias: boolean };
  unembedStats: Record<"bias" | "targets" | "columns" | "base" | "scale", boolean> & {
    stats: UnembedStat[];
  };
}

/** The name of an operation. */
export type OpName = keyof OpAttributes;

/** A value inside a graph. */
export interface Value {
  /** Position in the order of creation; unique within its graph. */
  readonly id: number;
  /** Extent of each axis. */
  readonly shape: readonly number[];
  /** Element type. */
  readonly dtype: DType;
}

/** One operation applied to values. */
export interface Node<Op extends OpName = OpName> {
  readonly op: Op;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly attributes: OpAttributes[Op];
}

/**
 * A program under construction. Nodes are appended in the order they run.
 *
 * @example Usage
 * ```ts
 * import { Graph } from "neurite/lib/device/graph.ts";
 * import { linear } from "neurite/lib/device/ops.ts";
 *
 * const graph = new Graph();
 * const x = graph.input("x", [2, 3]);
 * const weight = graph.input("weight", [3, 4]);
 * graph.output("y", linear(graph, x, weight));
 * if (graph.outputs.get("y")?.shape[1] !== 4) throw new Error("unreachable");
 * ```
 */
export class Graph {
  readonly #nodes: Node[] = [];
  readonly #inputs = new Map<string, Value>();
  readonly #outputs = new Map<string, Value>();
  #count = 0;

  /** The operations, in running order. */
  get nodes(): readonly Node[] {
    return this.#nodes;
  }

  /** What the caller must supply, by name. */
  get inputs(): ReadonlyMap<string, Value> {
    return this.#inputs;
  }

  /** What a run returns, by name. */
  get outputs(): ReadonlyMap<string, Value> {
    return this.#outputs;
  }

  /** Declares an input; asking again for the same name and shape returns the same value. */
  input(name: string, shape: readonly number[], dtype: DType = "f32"): Value {
    const known = this.#inputs.get(name);
    if (known) {
      if (formatShape(known.shape) === formatShape(shape) && known.dtype === dtype) return known;
      throw cannot("E-GRAPH", {
        do: "declare input",
        thing: name,
        is: `${dtype} ${formatShape(shape)}`,
        expected: `${known.dtype} ${formatShape(known.shape)} as declared before`,
        hint: "report this: a program declares one name twice",
      });
    }
    const value = this.#value(shape, dtype);
    this.#inputs.set(name, value);
    return value;
  }

  /** Names a value as a result of the program. */
  output(name: string, value: Value): void {
    this.#outputs.set(name, value);
  }

  /** Appends an operation; the functions of `ops.ts` call it with checked shapes. */
  append<Op extends OpName>(
    op: Op,
    inputs: readonly Value[],
    attributes: OpAttributes[Op],
    results: readonly (readonly number[])[],
  ): Value[] {
    const outputs = results.map((shape) => this.#value(shape, "f32"));
    this.#nodes.push({ op, inputs, outputs, attributes });
    return outputs;
  }

  /** Equal for two graphs exactly when one compiled program serves both. */
  signature(): string {
    const value = ({ id, shape, dtype }: Value) => `${id}:${dtype}${formatShape(shape)}`;
    return JSON.stringify([
      [...this.#inputs].map(([name, input]) => [name, value(input)]),
      this.#nodes.map((node) => [
        node.op,
        node.inputs.map((input) => input.id),
        node.outputs.map(value),
        node.attributes,
      ]),
      [...this.#outputs].map(([name, output]) => [name, output.id]),
    ]);
  }

  /** Bytes of the largest value, at 4 bytes an element. */
  largestValueBytes(): number {
    const values = [...this.#inputs.values(), ...this.#nodes.flatMap((node) => node.outputs)];
    return values.reduce((most, value) => Math.max(most, 4 * elementCount(value.shape)), 0);
  }

  #value(shape: readonly number[], dtype: DType): Value {
    return { id: this.#count++, shape, dtype };
  }
}
