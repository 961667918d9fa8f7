/**
 * What a device is: tensors it holds, graphs it runs. Three implementations check each other.
 *
 * @module
 */
import type { HostArray } from "../array.ts";
import type { DType, Graph } from "./graph.ts";

/** The devices there are. */
export type DeviceName = "webgpu" | "onnx" | "reference";

/** An array held by a device until it is disposed; disposing twice is harmless. */
export interface DeviceTensor extends Disposable {
  /** Extent of each axis. */
  readonly shape: readonly number[];
  /** Element type. */
  readonly dtype: DType;
}

/** Tensors by the names of a graph's inputs or outputs. */
export type Tensors = Record<string, DeviceTensor>;

/** What a device reads back: float32 (float64 on `reference`) or int32. */
export type DeviceArray = HostArray<Float32Array> | HostArray<Float64Array> | HostArray<Int32Array>;

/**
 * A place where graphs run.
 *
 * @example Usage
 * ```ts
 * import { hostArray } from "neurite/lib/array.ts";
 * import { Graph } from "neurite/lib/device/graph.ts";
 * import { linear } from "neurite/lib/device/ops.ts";
 * import { openReference } from "neurite/lib/device/reference/mod.ts";
 *
 * const graph = new Graph();
 * graph.output("y", linear(graph, graph.input("x", [1, 2]), graph.input("w", [2, 1])));
 *
 * await using device = openReference();
 * using x = device.upload(hostArray(Float32Array.of(1, 2), [1, 2]), "x");
 * using w = device.upload(hostArray(Float32Array.of(10, 100), [2, 1]), "w");
 * const { y } = await device.run(graph, { x, w });
 * const [result] = await device.read([y!]);
 * if (result!.data[0] !== 210) throw new Error("unreachable");
 * ```
 */
export interface Device extends AsyncDisposable {
  /** Which of the three it is. */
  readonly name: DeviceName;
  /** One line for people: runtime or adapter, versions, threads. */
  readonly description: string;
  /** Facts for run.json: versions, adapter, limits. */
  readonly facts: Readonly<Record<string, string | number | boolean>>;
  /** The largest activation a graph may hold, in bytes. */
  readonly maxTensorBytes: number;

  /**
   * Puts an array on the device. The label names it in errors. The array must not be changed while
   * the tensor lives: a device may hold it instead of a copy.
   */
  upload(array: HostArray<Float32Array | Int32Array>, label: string): DeviceTensor;

  /**
   * Runs a graph. Every input must be given with the declared shape. Each output is a tensor of its
   * own and belongs to the caller, also where it is an input or a view; nothing is fenced.
   */
  run(graph: Graph, inputs: Tensors): Promise<Tensors>;

  /** Copies tensors to the host, all behind one fence. */
  read(tensors: readonly DeviceTensor[]): Promise<DeviceArray[]>;

  /**
   * Reads results of {@linkcode Device.run} and disposes them. A device whose tensors lie in host
   * memory hands it over uncopied.
   */
  take(tensors: readonly DeviceTensor[]): Promise<DeviceArray[]>;
}
