/**
 * One level of a batch on the device: its positions go through the model part by part.
 *
 * @module
 */
import { elementCount, type HostArray } from "../../array.ts";
import type { DeviceTensor, Tensors } from "../../device/device.ts";
import { Graph } from "../../device/graph.ts";
import type { Model } from "../model.ts";
import type { Tokens } from "../tokens.ts";
import { buildBlock, buildEmbed } from "./blocks.ts";
import { buildHead, type HeadPlan, nextTokens } from "./head.ts";
import { HookPoints, type SitePlan, type SiteWrite, writeInputNames } from "./hook_points.ts";
import type { PastShape } from "./past.ts";
import { type ForwardRequest, type Part, siteOf } from "./request.ts";
import type { Level } from "./sharing.ts";
import { prepareWrite } from "./writes.ts";

/** A run: everything its batches have in common. */
export interface Run {
  readonly model: Model;
  readonly request: ForwardRequest;
  /** `[B, T]`. */
  readonly tokens: Tokens;
  /** `[B, T, D]`, what enters the first block in place of the embedding. */
  readonly residual: HostArray<Float32Array | Float64Array> | undefined;
}

/** Keys and values that a level leaves for the next. */
export interface Past {
  readonly shape: PastShape;
  /** By layer; freed as the next level uses them. */
  readonly layers: ReadonlyMap<number, { k: DeviceTensor; v: DeviceTensor }>;
}

/** Graph outputs that are not results. */
const PASSED_ON = new Set(["out", "kept.k", "kept.v"]);

/** Runs a level. Every device tensor it makes belongs to `scope`. */
export class LevelRun {
  /** What was read, by hook name or softmax statistic. */
  readonly results = new Map<string, DeviceTensor>();
  readonly #scope: DisposableStack;
  readonly #past: Past | undefined;

  constructor(
    readonly run: Run,
    readonly level: Level,
    { scope, past }: { scope: DisposableStack; past: Past | undefined },
  ) {
    this.#scope = scope;
    this.#past = past;
  }

  /** Goes through the model and gives what the next level continues. */
  async pass(): Promise<Past> {
    const { request, residual: given } = this.run;
    const parents = this.#past && this.#indices(this.level.parents, "past.rows");
    const layers = new Map<number, { k: DeviceTensor; v: DeviceTensor }>();
    let residual = given ? this.#upload(this.#rowsOf(given), "residual") : await this.#embed();
    for (let layer = request.startLayer; layer < request.endLayer; layer++) {
      const { out, "kept.k": k, "kept.v": v } = await this.#block(layer, {
        residual,
        ...(parents && { "past.rows": parents }),
      });
      residual[Symbol.dispose]();
      residual = out!;
      if (k && v) layers.set(layer, { k, v });
    }
    if (request.runsHead) await this.#head(residual);
    return { shape: { rows: this.level.rows.length, positions: this.level.to }, layers };
  }

  #rowsOf({ data, shape }: HostArray<Float32Array | Float64Array>): HostArray<Float32Array> {
    const { rows } = this.level;
    const size = elementCount(shape.slice(1));
    const part = data.subarray(rows[0]! * size, (rows[0]! + rows.length) * size);
    return { data: Float32Array.from(part), shape: [rows.length, ...shape.slice(1)] };
  }

  /** The level's positions of a value for each position of its rows. */
  #ids(valueOf: (rows: Int32Array, T: number) => Int32Array, label: string): DeviceTensor {
    const { data, shape } = this.run.tokens;
    const { from, to, rows } = this.level;
    const T = shape[1]!;
    const tokens = new Int32Array(rows.length * T);
    rows.forEach((row, n) => tokens.set(data.subarray(row * T, (row + 1) * T), n * T));
    const values = valueOf(tokens, T).filter((_, i) => i % T >= from && i % T < to);
    return this.#indices(values, label);
  }

  #indices(values: Int32Array, label: string): DeviceTensor {
    return this.#upload({ data: values, shape: [values.length] }, label);
  }

  #upload(array: HostArray<Float32Array | Int32Array>, label: string): DeviceTensor {
    return this.#scope.use(this.run.model.device.upload(array, label));
  }

  /** The reads and writes of a part, with the write inputs uploaded. */
  #sites(part: Part): { plan: SitePlan; inputs: Tensors } {
    const { model: { config }, request, tokens } = this.run;
    const { rows } = this.level;
    const names = request.reads.get(part) ?? new Set();
    const writes = new Map<string, SiteWrite[]>();
    const inputs: Tensors = {};
    const [total, positions] = tokens.shape as [number, number];
    const slice = { start: rows[0]!, rows: rows.length, total, positions };
    for (const hookWrite of request.writes.get(part) ?? []) {
      const site = siteOf(config, hookWrite.hook);
      for (const { kind, rows, columns, value } of prepareWrite(config, hookWrite, slice)) {
        const atSite = writes.get(site) ?? [];
        const input = writeInputNames(site, atSite.length);
        inputs[input.rows] = this.#upload(rows, input.rows);
        inputs[input.columns] = this.#upload(columns, input.columns);
        inputs[input.value] = this.#upload(value, input.value);
        writes.set(site, [...atSite, { kind, valueShape: value.shape }]);
      }
    }
    const reads = new Set([...names].map((name) => siteOf(config, name)));
    return { plan: { reads, writes }, inputs };
  }

  /** Runs a part's graph; results are kept under the caller's names, the rest is for the next part. */
  async #runPart(graph: Graph, inputs: Tensors, prefix: string): Promise<Tensors> {
    const { model } = this.run;
    const given: Tensors = {};
    for (const name of graph.inputs.keys()) {
      given[name] = inputs[name] ?? model.tensor(prefix + name);
    }
    const outputs = await model.device.run(graph, given);
    for (const [name, tensor] of Object.entries(outputs)) {
      this.#scope.use(tensor);
      if (!PASSED_ON.has(name)) this.results.set(prefix + name, tensor);
    }
    return outputs;
  }

  async #embed(): Promise<DeviceTensor> {
    const { from, to, rows } = this.level;
    const { plan, inputs } = this.#sites("embed");
    const graph = new Graph();
    const hooks = new HookPoints(graph, plan);
    graph.output("out", buildEmbed(hooks, this.run.model.config, [rows.length, to - from]));
    inputs.ids = this.#ids((tokens) => tokens, "ids");
    if (graph.inputs.has("positions")) {
      inputs.positions = this.#ids((tokens, T) => tokens.map((_, i) => i % T), "positions");
    }
    return (await this.#runPart(graph, inputs, "")).out!;
  }

  async #block(layer: number, entering: Tensors): Promise<Tensors> {
    const { plan, inputs } = this.#sites(layer);
    const graph = new Graph();
    const hooks = new HookPoints(graph, plan);
    const out = buildBlock(hooks, this.run.model.config, {
      layer,
      residual: graph.input("residual", entering.residual!.shape),
      past: this.#past?.shape,
      keep: this.level.to < this.run.tokens.shape[1]!,
    });
    graph.output("out", out);
    const before = this.#past?.layers.get(layer);
    const past = before && { "past.k": before.k, "past.v": before.v };
    const given = { ...inputs, ...entering, ...past };
    const outputs = await this.#runPart(graph, given, `blocks.${layer}.`);
    before?.k[Symbol.dispose]();
    before?.v[Symbol.dispose]();
    return outputs;
  }

  async #head(residual: DeviceTensor): Promise<void> {
    const { plan, inputs } = this.#sites("final");
    const graph = new Graph();
    const hooks = new HookPoints(graph, plan);
    buildHead(hooks, this.run.model.config, {
      residual: graph.input("residual", residual.shape),
      plan: headPlanOf(this.run.request),
    });
    const [rows, positions] = residual.shape as [number, number];
    const last = Int32Array.from({ length: rows }, (_, row) => (row + 1) * positions - 1);
    const feeds: Record<string, () => DeviceTensor> = {
      rows: () => this.#indices(last, "rows"),
      targets: () => this.#ids(nextTokens, "targets"),
      columns: () => this.#indices(this.run.request.columns, "columns"),
    };
    for (const [name, feed] of Object.entries(feeds)) {
      if (graph.inputs.has(name)) inputs[name] = feed();
    }
    await this.#runPart(graph, { ...inputs, residual }, "");
  }
}

/** What a request asks of the head. */
export function headPlanOf({ outputs, last, columns }: ForwardRequest): HeadPlan {
  return { outputs, last, columns: columns.length };
}
