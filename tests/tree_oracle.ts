/**
 * Path patching by its definition (spec/greater_than section 2), in float64 and with no thought of
 * speed: every path of the treeified graph is walked by itself. A node's value depends on which paths
 * are still alive above it; a residual is the sum of every node's output, each at the base run, at the
 * patch run where a path ends there, or recomputed where paths go on. It shares no code with
 * lib/circuit and knows nothing of changes, plans or positions by name.
 *
 * @module
 */

/** A small GPT-2 with tanh GELU; tensors under the Hub's names (`h.0.attn.c_attn.weight`). */
export interface OracleModel {
  layers: number;
  heads: number;
  width: number;
  epsilon: number;
  /** Whether scores are divided by the layer, counted from 1. */
  scalesByLayer: boolean;
  tensors: ReadonlyMap<string, Float32Array>;
}

/** A node below the logits on a path: `e`, `a1.h0`, `m2`, or `whole` for everything. */
export interface OracleStep {
  node: string;
  /** Index on the T axis. */
  at: number;
  /** By which input it enters the head above it. */
  into?: string | undefined;
}

/** A path without its first node, the logits: from the top down to the leaf. */
export type OraclePath = readonly OracleStep[];

type Vector = Float64Array;

/** One head's query, key or value, by the residual it is made of. */
type Residual = (input: "q" | "k" | "v", at: number) => Vector;

const INPUTS = ["q", "k", "v"] as const;

/** Outputs of every node of one prompt, by name and position: heads and MLPs without bias. */
type Run = Map<string, Vector[]>;

/** The oracle of one pair of prompts. */
export class TreeOracle {
  readonly #base: Run;
  readonly #patch: Run;
  #memo = new Map<string, Vector>();

  constructor(readonly model: OracleModel, base: readonly number[], patch: readonly number[]) {
    this.#base = this.#run(base);
    this.#patch = this.#run(patch);
  }

  /** The residual before the final layer norm at a position, under a set of paths: `[D]`. */
  final(paths: readonly OraclePath[], at: number): Vector {
    this.#memo = new Map();
    return this.#sum(this.#nodesBefore(this.model.layers, false), at, paths);
  }

  /** `e` and the nodes before a layer's heads, or before its MLP: what its input adds up. */
  #nodesBefore(layer: number, mlp: boolean): string[] {
    const nodes = ["e"];
    for (let l = 0; l < layer + (mlp ? 1 : 0); l++) {
      for (let h = 0; h < this.model.heads; h++) nodes.push(`a${l}.h${h}`);
      if (l < layer) nodes.push(`m${l}`);
    }
    return nodes;
  }

  #run(tokens: readonly number[]): Run {
    const { layers, heads } = this.model;
    const run: Run = new Map([["e", tokens.map((token, t) => this.#embedding(token, t))]]);
    const residual = (nodes: string[], t: number) =>
      this.#withBiases(nodes, nodes.map((node) => run.get(node)![t]!));
    for (let l = 0; l < layers; l++) {
      const before = this.#nodesBefore(l, false);
      const entering = tokens.map((_, t) => residual(before, t));
      for (let h = 0; h < heads; h++) {
        const outputs = tokens.map((_, t) => this.#head(l, h, t, (_, at) => entering[at]!));
        run.set(`a${l}.h${h}`, outputs);
      }
      const nodes = this.#nodesBefore(l, true);
      run.set(`m${l}`, tokens.map((_, t) => this.#mlp(l, residual(nodes, t))));
    }
    return run;
  }

  /** A residual under the live paths that enter it. */
  #sum(nodes: string[], at: number, live: readonly OraclePath[]): Vector {
    return this.#withBiases(
      nodes,
      nodes.map((node) => {
        const here = live.filter(([step]) => step!.node === node && step!.at === at);
        if (here.some((path) => path.length === 1)) return this.#patch.get(node)![at]!;
        return this.#value(node, at, here.map((path) => path.slice(1)));
      }),
    );
  }

  /** A node's output where the paths `live` go on below it. */
  #value(node: string, at: number, live: readonly OraclePath[]): Vector {
    if (live.length === 0) return this.#base.get(node)![at]!;
    const key = JSON.stringify([node, at, live]);
    const known = this.#memo.get(key);
    if (known) return known;
    const [layer, head] = node.slice(1).split(".h").map(Number) as [number, number];
    let value: Vector;
    if (node.startsWith("m")) {
      value = this.#mlp(layer, this.#sum(this.#nodesBefore(layer, true), at, live));
    } else {
      const nodes = this.#nodesBefore(layer, false);
      value = this.#head(layer, head, at, (input, t) => {
        const entering = live.filter(([step]) => step!.into === input);
        if (!entering.some(([step]) => step!.node === "whole")) {
          return this.#sum(nodes, t, entering);
        }
        return this.#withBiases(nodes, nodes.map((each) => this.#patch.get(each)![t]!));
      });
    }
    this.#memo.set(key, value);
    return value;
  }

  #head(layer: number, head: number, at: number, residual: Residual): Vector {
    const { width: D, heads: H, scalesByLayer } = this.model;
    const K = D / H;
    const project = (input: "q" | "k" | "v", t: number) => {
      const x = this.#norm(`h.${layer}.ln_1`, residual(input, t));
      const from = INPUTS.indexOf(input) * D + head * K;
      return this.#linear(`h.${layer}.attn.c_attn`, x, [from, from + K]);
    };
    const query = project("q", at);
    const scale = Math.sqrt(K) * (scalesByLayer ? layer + 1 : 1);
    const exps = Array.from({ length: at + 1 }, (_, t) => {
      const key = project("k", t);
      return Math.exp(query.reduce((sum, q, i) => sum + q * key[i]!, 0) / scale);
    });
    const total = exps.reduce((a, b) => a + b);
    const z = new Float64Array(K);
    exps.forEach((exp, t) => project("v", t).forEach((v, i) => z[i]! += exp / total * v));
    const weight = this.#tensor(`h.${layer}.attn.c_proj.weight`);
    return Float64Array.from(
      { length: D },
      (_, d) => z.reduce((sum, value, i) => sum + value * weight[(head * K + i) * D + d]!, 0),
    );
  }

  #mlp(layer: number, x: Vector): Vector {
    const D = this.model.width;
    const pre = this.#linear(`h.${layer}.mlp.c_fc`, this.#norm(`h.${layer}.ln_2`, x), [0, 4 * D]);
    const post = pre.map((u) =>
      u / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (u + 0.044715 * u ** 3)))
    );
    const weight = this.#tensor(`h.${layer}.mlp.c_proj.weight`);
    return Float64Array.from(
      { length: D },
      (_, d) => post.reduce((sum, value, f) => sum + value * weight[f * D + d]!, 0),
    );
  }

  #embedding(token: number, t: number): Vector {
    const D = this.model.width;
    const [wte, wpe] = [this.#tensor("wte.weight"), this.#tensor("wpe.weight")];
    return Float64Array.from({ length: D }, (_, d) => wte[token * D + d]! + wpe[t * D + d]!);
  }

  /** Outputs added up, with the output biases of every layer that has one of the nodes. */
  #withBiases(nodes: readonly string[], outputs: readonly Vector[]): Vector {
    const sum = new Float64Array(this.model.width);
    const add = (vector: ArrayLike<number>) => sum.forEach((_, d) => sum[d]! += vector[d]!);
    outputs.forEach(add);
    for (const node of nodes) {
      const [layer, head] = node.slice(1).split(".h");
      if (head === "0") add(this.#tensor(`h.${layer}.attn.c_proj.bias`));
      if (node.startsWith("m")) add(this.#tensor(`h.${layer}.mlp.c_proj.bias`));
    }
    return sum;
  }

  #norm(name: string, x: Vector): Vector {
    const mean = x.reduce((a, b) => a + b) / x.length;
    const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
    const [w, b] = [this.#tensor(`${name}.weight`), this.#tensor(`${name}.bias`)];
    const scale = Math.sqrt(variance + this.model.epsilon);
    return x.map((value, d) => (value - mean) / scale * w[d]! + b[d]!);
  }

  /** Some columns of `x · weight + bias`. */
  #linear(name: string, x: Vector, [first, end]: [number, number]): Vector {
    const [weight, bias] = [this.#tensor(`${name}.weight`), this.#tensor(`${name}.bias`)];
    return Float64Array.from({ length: end - first }, (_, j) =>
      x.reduce(
        (sum, value, d) => sum + value * weight[d * bias.length + first + j]!,
        bias[first + j]!,
      ));
  }

  #tensor(name: string): Float32Array {
    return this.model.tensors.get(name)!;
  }
}
