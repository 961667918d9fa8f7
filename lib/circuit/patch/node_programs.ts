/**
 * The few computations that path patching repeats, at single positions: one MLP, one head's query,
 * key or value, one head's output, the answer at the end.
 *
 * @module
 */
import type { Floats } from "../../array.ts";
import type { DeviceTensor, Tensors } from "../../device/device.ts";
import { Graph, type UnembedStat, type Value } from "../../device/graph.ts";
import * as ops from "../../device/ops.ts";
import type { Model } from "../../model/model.ts";
import { concatenated } from "./elements.ts";

/** A head's input that is projected. */
export type Projection = "Q" | "K" | "V";

/** More rows a device call bring nothing, and bound its memory. */
const MOST_ROWS = 8192;

/** Chosen logits a device call. */
const MOST_ANSWERS = 2 ** 21;

const LOGIT_STATS: readonly UnembedStat[] = ["columnLogits"];
const LOG_PROB_STATS: readonly UnembedStat[] = ["columnLogits", "logZ"];

/** Runs single nodes of a model on rows of residuals. Disposing it frees its weight slices. */
export class NodePrograms implements Disposable {
  readonly #slices = new Map<string, Promise<DeviceTensor>>();
  readonly #owned = new DisposableStack();

  constructor(readonly model: Model) {}

  /** `MLP_l(x)` with its bias: `[R, D] -> [R, D]`. */
  mlp(layer: number, x: Floats): Promise<Floats> {
    const { dModel: D, dMlp: F, layerNormEpsilon, gelu } = this.model.config;
    const weight = (name: string) => this.model.tensor(`blocks.${layer}.${name}`);
    return this.#rows(x, D, (graph, rows) => {
      const input = (name: string, shape: number[]) => graph.input(name, shape);
      const y = ops.layerNorm(
        graph,
        rows,
        input("ln2.w", [D]),
        input("ln2.b", [D]),
        layerNormEpsilon,
      );
      const post = ops.linear(graph, y, input("mlp.W_in", [D, F]), {
        bias: input("mlp.b_in", [F]),
        activation: `gelu_${gelu}`,
      });
      return ops.linear(graph, post, input("mlp.W_out", [F, D]), {
        bias: input("mlp.b_out", [D]),
      });
    }, (name) => Promise.resolve(weight(name)));
  }

  /** One head's query, key or value of residuals `[R, D] -> [R, K]`. */
  project(layer: number, head: number, which: Projection, x: Floats): Promise<Floats> {
    const { dModel: D, dHead: K, layerNormEpsilon } = this.model.config;
    return this.#rows(x, D, (graph, rows) => {
      const y = ops.layerNorm(
        graph,
        rows,
        graph.input("ln1.w", [D]),
        graph.input("ln1.b", [D]),
        layerNormEpsilon,
      );
      return ops.linear(graph, y, graph.input("weight", [D, K]), {
        bias: graph.input("bias", [K]),
      });
    }, (name) => {
      if (name === "weight") return this.#columns(`blocks.${layer}.attn.W_${which}`, head);
      if (name === "bias") return this.#columns(`blocks.${layer}.attn.b_${which}`, head);
      return Promise.resolve(this.model.tensor(`blocks.${layer}.${name}`));
    });
  }

  /** One head's output without bias: `z [R, K] -> [R, D]`. */
  headOutput(layer: number, head: number, z: Floats): Promise<Floats> {
    const { dModel: D, dHead: K } = this.model.config;
    return this.#rows(
      z,
      K,
      (graph, rows) => ops.linear(graph, rows, graph.input("weight", [K, D])),
      () => this.#rowsOfHead(`blocks.${layer}.attn.W_O`, head),
    );
  }

  /** Full-vocabulary log-probabilities of chosen tokens `[C]` after final residuals: f64 `[R, C]`. */
  async logProbs(residual: Floats, columns: Int32Array): Promise<Float64Array> {
    const C = columns.length;
    const parts: Floats[] = [];
    for await (const [logits, logZ] of this.#unembedded(residual, columns, LOG_PROB_STATS)) {
      parts.push(new Float64Array(logits!).map((logit, i) => logit - logZ![Math.floor(i / C)]!));
    }
    return new Float64Array(concatenated(parts));
  }

  /** Logits of chosen tokens `[C]` after final residuals; no other token is looked at: f64 `[R, C]`. */
  async logits(residual: Floats, columns: Int32Array): Promise<Float64Array> {
    const parts: Floats[] = [];
    for await (const [logits] of this.#unembedded(residual, columns, LOGIT_STATS)) {
      parts.push(logits!);
    }
    return new Float64Array(concatenated(parts));
  }

  /** Statistics of the softmax after final residuals, some rows at a time. */
  async *#unembedded(
    residual: Floats,
    columns: Int32Array,
    stats: readonly UnembedStat[],
  ): AsyncGenerator<Floats[]> {
    const { dModel: D, vocabSize: V, layerNormEpsilon } = this.model.config;
    const { device } = this.model;
    const R = residual.length / D;
    const C = columns.length;
    const most = Math.max(1, Math.min(MOST_ROWS, Math.floor(MOST_ANSWERS / C)));
    using ids = device.upload({ data: columns, shape: [C] }, "columns");
    for (let start = 0; start < R; start += most) {
      const rows = Math.min(most, R - start);
      const graph = new Graph();
      const x = ops.layerNorm(
        graph,
        graph.input("x", [rows, D]),
        graph.input("ln_final.w", [D]),
        graph.input("ln_final.b", [D]),
        layerNormEpsilon,
      );
      const values = ops.unembedStats(graph, x, graph.input("unembed.W_U", [V, D]), {
        columns: graph.input("columns", [C], "i32"),
        stats,
      });
      for (const stat of stats) graph.output(stat, values[stat]!);
      using scope = new DisposableStack();
      const part = residual.subarray(start * D, (start + rows) * D);
      const inputs: Tensors = { columns: ids, x: scope.use(this.#upload(part, [rows, D])) };
      for (const name of graph.inputs.keys()) inputs[name] ??= this.model.tensor(name);
      const outputs = await device.run(graph, inputs);
      const results = await device.take(stats.map((stat) => outputs[stat]!));
      yield results.map(({ data }) => data as Floats);
    }
  }

  [Symbol.dispose](): void {
    this.#owned[Symbol.dispose]();
  }

  #upload(data: Floats, shape: number[]): DeviceTensor {
    const rows = data instanceof Float32Array ? data : new Float32Array(data);
    return this.model.device.upload({ data: rows, shape }, "rows");
  }

  async #rows(
    x: Floats,
    inner: number,
    build: (graph: Graph, rows: Value) => Value,
    weight: (name: string) => Promise<DeviceTensor>,
  ): Promise<Floats> {
    const { device } = this.model;
    const R = x.length / inner;
    const parts: Floats[] = [];
    for (let start = 0; start < R; start += MOST_ROWS) {
      const rows = Math.min(MOST_ROWS, R - start);
      const graph = new Graph();
      graph.output("y", build(graph, graph.input("x", [rows, inner])));
      using scope = new DisposableStack();
      const part = x.subarray(start * inner, (start + rows) * inner);
      const inputs: Tensors = { x: scope.use(this.#upload(part, [rows, inner])) };
      for (const name of graph.inputs.keys()) inputs[name] ??= await weight(name);
      const { y } = await device.run(graph, inputs);
      const [result] = await device.take([y!]);
      parts.push(result!.data as Floats);
    }
    return parts.length === 1 ? parts[0]! : concatenated(parts);
  }

  /** A head's columns of a matrix `[D, H·K]` or of a bias `[H·K]`. */
  #columns(name: string, head: number): Promise<DeviceTensor> {
    const { dHead: K, nHead: H } = this.model.config;
    return this.#slice(`${name}.${head}`, async () => {
      const whole = await this.model.weights.read(name);
      const rows = whole.length / (H * K);
      const data = new Float32Array(rows * K);
      for (let row = 0; row < rows; row++) {
        const from = (row * H + head) * K;
        data.set(whole.subarray(from, from + K), row * K);
      }
      return { data, shape: rows === 1 ? [K] : [rows, K] };
    });
  }

  /** A head's rows of `W_O [H·K, D]`. */
  #rowsOfHead(name: string, head: number): Promise<DeviceTensor> {
    const { dHead: K, dModel: D } = this.model.config;
    return this.#slice(`${name}.${head}`, async () => {
      const whole = await this.model.weights.read(name);
      return { data: whole.slice(head * K * D, (head + 1) * K * D), shape: [K, D] };
    });
  }

  #slice(
    key: string,
    make: () => Promise<{ data: Float32Array; shape: number[] }>,
  ): Promise<DeviceTensor> {
    let slice = this.#slices.get(key);
    if (!slice) {
      slice = make().then((array) => this.#owned.use(this.model.device.upload(array, key)));
      this.#slices.set(key, slice);
    }
    return slice;
  }
}
