/**
 * Products of neurons with columns, tile by tile, the next one on its way while one is worked on.
 *
 * @module
 */
import type { Device, DeviceTensor } from "../../device/device.ts";
import { Graph } from "../../device/graph.ts";
import { logits } from "../../device/ops.ts";
import type { DeviceColumns } from "./device_columns.ts";

/** Some columns of the products of some rows with all columns. */
export interface ProductTile<Name extends string = string> {
  /** Which of the sets of rows. */
  readonly name: Name;
  /** `[rows, count]`. */
  readonly data: Float32Array | Float64Array;
  /** Number of the first column. */
  readonly first: number;
  readonly count: number;
}

/**
 * The products of sets of rows `[rows, D]` with all columns, in rising order of columns; each tile comes
 * once for every set.
 */
export function products<Name extends string>(
  device: Device,
  rows: ReadonlyMap<Name, DeviceTensor>,
  columns: DeviceColumns,
): AsyncGenerator<ProductTile<Name>> {
  return ahead(eachProduct(device, rows, columns));
}

async function* eachProduct<Name extends string>(
  device: Device,
  rows: ReadonlyMap<Name, DeviceTensor>,
  columns: DeviceColumns,
): AsyncGenerator<ProductTile<Name>> {
  for await (const { first, count, tensor } of columns.tiles()) {
    for (const [name, x] of rows) {
      const graph = productGraph(x.shape, tensor.shape);
      const { y } = await device.run(graph, { x, w: tensor });
      const [array] = await device.take([y!]);
      yield { name, data: array!.data as Float32Array | Float64Array, first, count };
    }
  }
}

function productGraph(x: readonly number[], w: readonly number[]): Graph {
  const graph = new Graph();
  graph.output("y", logits(graph, graph.input("x", x), graph.input("w", w)));
  return graph;
}

/** The same items, each asked for before the one before it is given out. */
async function* ahead<T>(items: AsyncGenerator<T>): AsyncGenerator<T> {
  let next = items.next();
  try {
    for (;;) {
      const { done, value } = await next;
      if (done) return;
      next = items.next();
      // What the caller does with an item blocks the thread; the device must have its work by then.
      await new Promise((resolve) => setTimeout(resolve, 0));
      yield value;
    }
  } finally {
    await next.catch(() => {});
    await items.return(undefined);
  }
}
