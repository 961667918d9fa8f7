/**
 * Matrix products on the device, read back in groups behind one fence.
 *
 * @module
 */
import type { Device, DeviceTensor } from "../../device/device.ts";
import { Graph } from "../../device/graph.ts";
import { linear } from "../../device/ops.ts";
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
function productGraph(left: readonly number[], right: readonly number[]): Graph {
  const key = `${left} ${right}`;
  let graph = GRAPHS.get(key);
  if (!graph) {
    graph = new Graph();
    graph.output("z", linear(graph, graph.input("x", left), graph.input("y", right)));
    GRAPHS.set(key, graph);
  }
  return graph;
}

/** Products that go to their sums a few at a time. */
export class ProductQueue implements AsyncDisposable {
  readonly #device: Device;
  readonly #waiting: { tensor: DeviceTensor; use: (product: Product) => void }[] = [];
  #bytes = 0;

  constructor(device: Device) {
    this.#device = device;
  }

  /** `x [M, K] · y [K, N]`; `use` gets the product before the queue is drained. */
  async add(x: DeviceTensor, y: DeviceTensor, use: (product: Product) => void): Promise<void> {
    const { z } = await this.#device.run(productGraph(x.shape, y.shape), { x, y });
    this.#waiting.push({ tensor: z!, use });
    this.#bytes += 4 * z!.shape[0]! * z!.shape[1]!;
    if (this.#bytes >= READ_BYTES) await this.drain();
  }

  /** Reads what is waiting and hands it on. */
  async drain(): Promise<void> {
    const waiting = this.#waiting.splice(0);
    this.#bytes = 0;
    if (waiting.length === 0) return;
    const products = await this.#device.read(waiting.map(({ tensor }) => tensor));
    waiting.forEach(({ tensor, use }, i) => {
      tensor[Symbol.dispose]();
      use(products[i]!.data as Product);
    });
  }

  /** Frees what was not read. */
  [Symbol.asyncDispose](): Promise<void> {
    for (const { tensor } of this.#waiting.splice(0)) tensor[Symbol.dispose]();
    return Promise.resolve();
  }
}

/** A single product of two host matrices. */
export async function multiply(
  device: Device,
  x: DeviceTensor,
  y: DeviceTensor,
): Promise<Product> {
  await using queue = new ProductQueue(device);
  let result: Product | undefined;
  await queue.add(x, y, (product) => result = product);
  await queue.drain();
  return result!;
}
