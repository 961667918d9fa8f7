/**
 * One operation on the float64 reference device, for the unit tests beside it.
 *
 * @module
 */
import type { HostArray } from "../lib/array.ts";
import { Graph, type Value } from "../lib/device/graph.ts";
import { openReference } from "../lib/device/reference/mod.ts";

/** Inputs by name. */
export type Feeds = Record<string, HostArray<Float32Array | Int32Array>>;

/** Float32 elements with their shape. */
export function f32(shape: readonly number[], ...values: number[]): HostArray<Float32Array> {
  return { data: Float32Array.from(values), shape };
}

/** Int32 elements in one axis. */
export function i32(...values: number[]): HostArray<Int32Array> {
  return { data: Int32Array.from(values), shape: [values.length] };
}

/** Declares the feeds as inputs, builds, runs, and returns the outputs by name. */
export async function runOutputs(
  feeds: Feeds,
  build: (graph: Graph, values: Record<string, Value>) => Readonly<Record<string, Value>>,
): Promise<Record<string, number[]>> {
  await using device = openReference();
  const graph = new Graph();
  const values = Object.fromEntries(
    Object.entries(feeds).map(([name, { data, shape }]) => [
      name,
      graph.input(name, shape, data instanceof Int32Array ? "i32" : "f32"),
    ]),
  );
  for (const [name, value] of Object.entries(build(graph, values))) graph.output(name, value);
  const tensors = Object.fromEntries(
    Object.entries(feeds).map(([name, array]) => [name, device.upload(array, name)]),
  );
  const outputs = await device.run(graph, tensors);
  const arrays = await device.read(Object.values(outputs));
  return Object.fromEntries(Object.keys(outputs).map((name, i) => [name, [...arrays[i]!.data]]));
}

/** {@linkcode runOutputs} of a single value. */
export async function runGraph(
  feeds: Feeds,
  build: (graph: Graph, values: Record<string, Value>) => Value,
): Promise<number[]> {
  return (await runOutputs(feeds, (graph, values) => ({ y: build(graph, values) }))).y!;
}
