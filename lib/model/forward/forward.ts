/**
 * Running a model: batches by memory, one fence a batch, only what was asked comes back.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import { elementCount, formatShape } from "../../array.ts";
import type { DeviceTensor, Tensors } from "../../device/device.ts";
import { Graph } from "../../device/graph.ts";
import { cannot } from "../../errors.ts";
import { rowsPerBatch } from "./batching.ts";
import { buildBlock, buildEmbed } from "./blocks.ts";
import {
  checkRequest,
  type ForwardOptions,
  type ForwardRequest,
  type Part,
  siteOf,
} from "./request.ts";
import { buildHead, finishHead, type HeadPlan, nextTokens } from "./head.ts";
import { HookPoints, type SitePlan, type SiteWrite, writeInputNames } from "./hook_points.ts";
import type { Model } from "../model.ts";
import { checkTokens, type Tokens } from "../tokens.ts";
import { prepareWrite } from "./writes.ts";

export type { ForwardOptions } from "./request.ts";

/** The results of some rows of a run. */
export interface ForwardBatch {
  /** First row of the run that this batch holds. */
  readonly start: number;
  /** How many rows it holds. */
  readonly rows: number;
  /** What was read, by name; the first axis is the batch's rows. */
  readonly arrays: Readonly<Record<string, HostArray>>;
}

interface Slice {
  readonly start: number;
  readonly rows: number;
  readonly total: number;
  readonly positions: number;
  readonly tokens: Int32Array;
}

/** One batch on its way through the model: owns every device tensor it makes. */
class BatchRun {
  readonly #scope = new DisposableStack();
  readonly #results = new Map<string, DeviceTensor>();

  constructor(
    readonly model: Model,
    readonly request: ForwardRequest,
    readonly slice: Slice,
    readonly givenResidual: HostArray<Float32Array | Float64Array> | undefined,
  ) {}

  async run(): Promise<Record<string, HostArray>> {
    using _ = this.#scope;
    const { request } = this;
    let residual = this.givenResidual
      ? this.#upload(this.#residualRows(this.givenResidual), "residual")
      : await this.#embed();
    for (let layer = request.startLayer; layer < request.endLayer; layer++) {
      const leaving = await this.#block(layer, residual);
      residual[Symbol.dispose]();
      residual = leaving;
    }
    if (request.runsHead) await this.#head(residual);
    return await this.#collect();
  }

  #residualRows({ data, shape }: HostArray<Float32Array | Float64Array>): HostArray<Float32Array> {
    const { start, rows } = this.slice;
    const rowSize = elementCount(shape.slice(1));
    const part = data.subarray(start * rowSize, (start + rows) * rowSize);
    return { data: Float32Array.from(part), shape: [rows, ...shape.slice(1)] };
  }

  #upload(array: HostArray<Float32Array | Int32Array>, label: string): DeviceTensor {
    return this.#scope.use(this.model.device.upload(array, label));
  }

  #ids(values: Int32Array, label: string): DeviceTensor {
    return this.#upload({ data: values, shape: [values.length] }, label);
  }

  /** The reads and writes of a part, with the write inputs uploaded. */
  #sites(part: Part): { plan: SitePlan; inputs: Tensors } {
    const { config } = this.model;
    const names = this.request.reads.get(part) ?? new Set();
    const writes = new Map<string, SiteWrite[]>();
    const inputs: Tensors = {};
    for (const hookWrite of this.request.writes.get(part) ?? []) {
      const site = siteOf(config, hookWrite.hook);
      for (const { kind, rows, columns, value } of prepareWrite(config, hookWrite, this.slice)) {
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

  /** Runs a part's graph; results go to the caller's names, the rest is returned. */
  async #runPart(graph: Graph, inputs: Tensors, prefix: string): Promise<Tensors> {
    const given: Tensors = {};
    for (const name of graph.inputs.keys()) {
      given[name] = inputs[name] ?? this.model.tensor(prefix + name);
    }
    const outputs = await this.model.device.run(graph, given);
    for (const [name, tensor] of Object.entries(outputs)) {
      this.#scope.use(tensor);
      if (name !== "out") this.#results.set(prefix + name, tensor);
    }
    return outputs;
  }

  async #embed(): Promise<DeviceTensor> {
    const { tokens, rows, positions } = this.slice;
    const { plan, inputs } = this.#sites("embed");
    const graph = new Graph();
    const hooks = new HookPoints(graph, plan);
    graph.output("out", buildEmbed(hooks, this.model.config, [rows, positions]));
    inputs.ids = this.#ids(tokens, "ids");
    if (graph.inputs.has("positions")) {
      inputs.positions = this.#ids(tokens.map((_, i) => i % positions), "positions");
    }
    return (await this.#runPart(graph, inputs, "")).out!;
  }

  async #block(layer: number, residual: DeviceTensor): Promise<DeviceTensor> {
    const { config } = this.model;
    const { plan, inputs } = this.#sites(layer);
    const graph = new Graph();
    const entering = graph.input("residual", residual.shape);
    const hooks = new HookPoints(graph, plan);
    graph.output("out", buildBlock(hooks, config, { layer, residual: entering }));
    return (await this.#runPart(graph, { ...inputs, residual }, `blocks.${layer}.`)).out!;
  }

  get #headPlan(): HeadPlan {
    const { outputs, last, columns } = this.request;
    return { outputs, last, columns: columns.length };
  }

  async #head(residual: DeviceTensor): Promise<void> {
    const { tokens, rows, positions } = this.slice;
    const { plan, inputs } = this.#sites("final");
    const graph = new Graph();
    const leaving = graph.input("residual", residual.shape);
    const hooks = new HookPoints(graph, plan);
    buildHead(hooks, this.model.config, { residual: leaving, plan: this.#headPlan });
    const feeds: Record<string, () => Int32Array> = {
      rows: () => Int32Array.from({ length: rows }, (_, row) => (row + 1) * positions - 1),
      targets: () => nextTokens(tokens, positions),
      columns: () => this.request.columns,
    };
    for (const [name, values] of Object.entries(feeds)) {
      if (graph.inputs.has(name)) inputs[name] = this.#ids(values(), name);
    }
    await this.#runPart(graph, { ...inputs, residual }, "");
  }

  async #collect(): Promise<Record<string, HostArray>> {
    const { rows, positions } = this.slice;
    const names = [...this.#results.keys()];
    const arrays = await this.model.device.read([...this.#results.values()]);
    const computed = new Map(names.map((name, i) => [name, arrays[i] as HostArray]));
    const outputs = finishHead(this.#headPlan, computed, [rows, positions]);
    const hooks = [...this.request.reads.values()].flatMap((part) => [...part]);
    return {
      ...Object.fromEntries(hooks.map((name) => [name, computed.get(name)!])),
      ...Object.fromEntries(outputs),
    };
  }
}

/**
 * Runs a model on `tokens [B, T]` and yields the results batch by batch, so that the memory of a
 * run does not grow with its length.
 *
 * @throws {NeuriteError} E-TOKENS, E-HOOK, E-WRITE for what the model cannot do, E-DEVICE-MEMORY when
 * one row does not fit, E-STOPPED when `signal` was raised.
 */
export async function* forwardBatches(
  model: Model,
  tokens: Tokens,
  options: ForwardOptions,
): AsyncGenerator<ForwardBatch> {
  const [B, T] = checkTokens(model.config, tokens);
  const request = checkRequest(model.config, [B, T], options);
  const { device, config } = model;
  const most = rowsPerBatch(device, { config, T, request, memory: options.memory });
  for (let start = 0; start < B; start += most) {
    if (options.signal) await nextTurn();
    if (options.signal?.aborted) throw stopped(start, B);
    const rows = Math.min(most, B - start);
    const ids = tokens.data.subarray(start * T, (start + rows) * T);
    const slice = { start, rows, total: B, positions: T, tokens: ids };
    const run = new BatchRun(model, request, slice, options.residual);
    yield { start, rows, arrays: await run.run() };
    options.onProgress?.(start + rows, B);
  }
}

/** Lets the signals that came in be heard: a device that computes in this thread never waits. */
async function nextTurn(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
}

function stopped(done: number, total: number) {
  return cannot("E-STOPPED", {
    do: "finish",
    thing: "forward pass",
    is: `stopped by a signal after ${done} of ${total} rows`,
    expected: "a run to its end",
    hint: "run the same command again",
  });
}

/**
 * Runs a model on `tokens [B, T]` and returns everything asked, by name.
 *
 * @example Usage
 * ```ts
 * import { openReference } from "neurite/lib/device/reference/mod.ts";
 * import { runWithHooks } from "neurite/lib/model/forward/forward.ts";
 * import { loadModel } from "neurite/lib/model/model.ts";
 *
 * await using device = openReference();
 * await using model = await loadModel("cache/models/tiny-gpt2-a", device);
 * const tokens = { data: Int32Array.of(0, 262, 1151), shape: [1, 3] };
 * const cache = await runWithHooks(model, tokens, { read: ["blocks.0.mlp.hook_post"] });
 * if (cache["blocks.0.mlp.hook_post"]?.shape.join() !== "1,3,512") throw new Error("unreachable");
 * ```
 */
export async function runWithHooks(
  model: Model,
  tokens: Tokens,
  options: ForwardOptions,
): Promise<Record<string, HostArray>> {
  const results: Record<string, HostArray> = {};
  for await (const { start, rows, arrays } of forwardBatches(model, tokens, options)) {
    for (const [name, array] of Object.entries(arrays)) {
      results[name] = placeRows(results[name], array, { start, rows, total: tokens.shape[0]! });
    }
  }
  return results;
}

function placeRows(
  whole: HostArray | undefined,
  part: HostArray,
  { start, rows, total }: { start: number; rows: number; total: number },
): HostArray {
  if (rows === total) return part;
  const shape = [total, ...part.shape.slice(1)];
  const make = part.data.constructor as new (length: number) => typeof part.data;
  const target = whole ?? { data: new make(elementCount(shape)), shape };
  if (formatShape(target.shape) !== formatShape(shape)) {
    throw new RangeError(
      `Cannot join "batch": rows of shape ${formatShape(part.shape)}, ` +
        `expected those of ${formatShape(target.shape)}`,
    );
  }
  target.data.set(part.data as never, start * elementCount(part.shape.slice(1)));
  return target;
}
