/**
 * One head on the device: queries in, what they attend to and take from there out.
 *
 * @module
 */
import type { Floats } from "../../array.ts";
import type { Device, DeviceTensor } from "../../device/device.ts";
import { Graph } from "../../device/graph.ts";
import { attentionPattern, linear, reshape } from "../../device/ops.ts";
import type { CleanRow } from "./clean_rows.ts";

/** Sizes of a {@linkcode HeadReader}. */
export interface HeadSizes {
  /** K. */
  readonly dHead: number;
  /** S, keys of a row; the queries are its last. */
  readonly positions: number;
  /** Tq. */
  readonly queries: number;
  /** Versions of the queries that are read at once. */
  readonly entries: number;
}

/** What a head gives some versions of its queries. */
export interface HeadReading {
  /** f64 `[entries, Tq]`, |z| before W_O. */
  readonly norm: Float64Array;
  /** f64 `[entries, Tq]`, the share of the first key. */
  readonly bos: Float64Array;
}

/** Products, softmax and mixture of one head for many versions of a row's queries. */
export class HeadReader implements Disposable {
  readonly #device: Device;
  readonly #sizes: HeadSizes;
  readonly #writes: DeviceTensor;
  readonly #products: Graph;
  readonly #mixture: Graph;

  /** @param writes f64 `[R, D]`, held on the device as float32 for {@linkcode products}. */
  constructor(
    device: Device,
    sizes: HeadSizes,
    { writes, count }: { readonly writes: Float64Array; readonly count: number },
  ) {
    this.#device = device;
    this.#sizes = sizes;
    const D = writes.length / count;
    const columns = new Float32Array(writes.length);
    for (let r = 0; r < count; r++) {
      for (let d = 0; d < D; d++) columns[d * count + r] = writes[r * D + d]!;
    }
    this.#writes = device.upload({ data: columns, shape: [D, count] }, "w_out of the neurons");
    this.#products = productGraph(sizes, [D, count]);
    this.#mixture = mixtureGraph(sizes);
  }

  /** `residual [Tq, D] -> [Tq, R]`, products with each neuron's w_out. */
  async products(residual: Float64Array): Promise<Floats> {
    const shape = this.#products.inputs.get("x")!.shape;
    using x = this.#device.upload({ data: Float32Array.from(residual), shape }, "residual");
    return await this.#result(this.#products, { x, w: this.#writes });
  }

  /** Puts a row's keys and values on the device. */
  row({ keys, values }: CleanRow): HeadRow {
    const { dHead: K, positions: S } = this.#sizes;
    const turned = new Float32Array(K * S);
    const extended = new Float32Array(S * (K + 1));
    for (let s = 0; s < S; s++) {
      for (let i = 0; i < K; i++) turned[i * S + s] = keys[s * K + i]!;
      extended.set(values.subarray(s * K, (s + 1) * K), s * (K + 1));
    }
    // One more value, 1 at the first key alone, comes out as that key's share.
    extended[K] = 1;
    const held = {
      keys: this.#device.upload({ data: turned, shape: [K, S] }, "keys"),
      values: this.#device.upload({ data: extended, shape: [S, K + 1] }, "values"),
    };
    return {
      read: (queries) => this.#read(queries, held),
      [Symbol.dispose]() {
        held.keys[Symbol.dispose]();
        held.values[Symbol.dispose]();
      },
    };
  }

  async #read(queries: Float32Array, held: Record<"keys" | "values", DeviceTensor>) {
    const { dHead: K } = this.#sizes;
    const shape = this.#mixture.inputs.get("queries")!.shape;
    using given = this.#device.upload({ data: queries, shape }, "queries");
    const mixed = await this.#result(this.#mixture, { ...held, queries: given });
    const norm = new Float64Array(shape[0]!);
    const bos = new Float64Array(shape[0]!);
    for (let n = 0, at = 0; n < norm.length; n++, at += K + 1) {
      let squares = 0;
      for (let i = at; i < at + K; i++) squares += mixed[i]! * mixed[i]!;
      norm[n] = Math.sqrt(squares);
      bos[n] = mixed[at + K]!;
    }
    return { norm, bos };
  }

  async #result(graph: Graph, inputs: Record<string, DeviceTensor>) {
    const { out } = await this.#device.run(graph, inputs);
    const [array] = await this.#device.take([out!]);
    return array!.data as Floats;
  }

  /** Frees what is on the device. */
  [Symbol.dispose](): void {
    this.#writes[Symbol.dispose]();
  }
}

/** A row's keys and values on the device. */
export interface HeadRow extends Disposable {
  /** Reads `queries [entries, Tq, K]`, scaled and turned; the array must stay as it is meanwhile. */
  read(queries: Float32Array): Promise<HeadReading>;
}

function productGraph({ queries }: HeadSizes, [D, R]: [number, number]): Graph {
  const graph = new Graph();
  graph.output("out", linear(graph, graph.input("x", [queries, D]), graph.input("w", [D, R])));
  return graph;
}

function mixtureGraph({ dHead: K, positions: S, queries: T, entries: E }: HeadSizes): Graph {
  const graph = new Graph();
  const queries = graph.input("queries", [E * T, K]);
  const scores = linear(graph, queries, graph.input("keys", [K, S]));
  // Versions are the pattern's rows of tokens: its mask goes by position, and devices cut by rows.
  const pattern = attentionPattern(graph, reshape(graph, scores, [E, 1, T, S]));
  const flat = reshape(graph, pattern, [E * T, S]);
  graph.output("out", linear(graph, flat, graph.input("values", [S, K + 1])));
  return graph;
}
