/**
 * Matrix products on the device, read back in groups behind one fence.
 *
 * @module
 */
import type { Device, DeviceTensor, Tensors } from "../../device/device.ts";
import { Graph, type Value } from "../../device/graph.ts";
import { crossMoment, linear } from "../../device/ops.ts";
import { READ_BYTES } from "./plan.ts";

/** A product on the host, `[rows, columns]`. */
export type Product = Float32Array | Float64Array;

/** Puts a matrix on the device. */
export function uploadMatrix(
  device: Device,
  data: Float32Array,
  shape: readonly [number, number],
): DeviceTensor {
  return device.upload({ data, shape }, `matrix ${shape.join("x")}`);
}

const GRAPHS = new Map<string, Graph>();

/** One program a shape: building it again costs more than a small product. */
function productGraph(
  product: (graph: Graph, x: Value, y: Value) => Value,
  { x, y }: Tensors,
): Graph {
  const key = `${product.name} ${x!.shape} ${y!.shape}`;
  let graph = GRAPHS.get(key);
  if (!graph) {
    graph = new Graph();
    graph.output("z", product(graph, graph.input("x", x!.shape), graph.input("y", y!.shape)));
    GRAPHS.set(key, graph);
  }
  return graph;
}

/** Cross moments that go to their sums a few at a time. */
export class MomentQueue implements AsyncDisposable {
  readonly #device: Device;
  readonly #waiting: { tensor: DeviceTensor; use: (product: Product) => void }[] = [];
  #bytes = 0;

  constructor(device: Device) {
    this.#device = device;
  }

  /** `xᵀ · y` of `x [K, M]` and `y [K, N]`; `use` gets it when the queue is drained, or before. */
  async add(x: DeviceTensor, y: DeviceTensor, use: (product: Product) => void): Promise<void> {
    const { z } = await this.#device.run(productGraph(crossMoment, { x, y }), { x, y });
    this.#waiting.push({ tensor: z!, use });
    this.#bytes += 4 * z!.shape[0]! * z!.shape[1]!;
    if (this.#bytes >= READ_BYTES) await this.drain();
  }

  /** Reads what is waiting and hands it on. */
  async drain(): Promise<void> {
    const waiting = this.#waiting.splice(0);
    this.#bytes = 0;
    if (waiting.length === 0) return;
    const products = await this.#device.take(waiting.map(({ tensor }) => tensor));
    waiting.forEach(({ use }, i) => use(products[i]!.data as Product));
  }

  /** Frees what was not read. */
  [Symbol.asyncDispose](): Promise<void> {
    for (const { tensor } of this.#waiting.splice(0)) tensor[Symbol.dispose]();
    return Promise.resolve();
  }
}

/** The product of `x [M, K]` and `y [K, N]`. */
export async function multiply(
  device: Device,
  x: DeviceTensor,
  y: DeviceTensor,
): Promise<Product> {
  const { z } = await device.run(productGraph(linear, { x, y }), { x, y });
  const [product] = await device.take([z!]);
  return product!.data as Product;
}
