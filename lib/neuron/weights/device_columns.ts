import type { Device, DeviceTensor } from "../../device/device.ts";
import type { ColumnSource, ColumnTile } from "./columns.ts";

/** Some vectors on the device. */
export interface DeviceTile {
  /** Number of the first among all. */
  readonly first: number;
  readonly count: number;
  /** f32 `[count, D]`. Freed when the next tile is asked for, unless it is held. */
  readonly tensor: DeviceTensor;
}

/**
 * The vectors of a source on a device. The first tiles, as many as the budget allows, are uploaded
 * once and held; the others are read and uploaded again on every walk.
 */
export class DeviceColumns implements Disposable {
  /** Sum of all vectors, f64 `[D]`: its product with a row is the row's mean, exactly. */
  readonly sum: Float64Array;
  readonly source: ColumnSource;
  readonly #device: Device;
  readonly #held: DeviceTile[] = [];

  private constructor(device: Device, source: ColumnSource) {
    this.#device = device;
    this.source = source;
    this.sum = new Float64Array(source.width);
  }

  /**
   * Reads the source once.
   *
   * @param limits `budget` is the most bytes to hold on the device.
   */
  static async open(
    device: Device,
    source: ColumnSource,
    limits: { budget: number; signal?: AbortSignal | undefined },
  ): Promise<DeviceColumns> {
    const columns = new DeviceColumns(device, source);
    let left = limits.budget;
    try {
      for await (const tile of source.tiles(0)) {
        limits.signal?.throwIfAborted();
        const { data, width } = tile.rows;
        for (let i = 0; i < data.length; i++) columns.sum[i % width]! += data[i]!;
        left -= 4 * data.length;
        if (left >= 0) columns.#held.push(columns.#upload(tile));
      }
    } catch (error) {
      columns[Symbol.dispose]();
      throw error;
    }
    return columns;
  }

  /** Bytes held on the device. */
  get heldBytes(): number {
    return this.#held.reduce((sum, { count }) => sum + 4 * count * this.sum.length, 0);
  }

  /** All tiles in order. */
  async *tiles(): AsyncGenerator<DeviceTile> {
    yield* this.#held;
    if (this.#held.length === this.source.tileCount) return;
    for await (const tile of this.source.tiles(this.#held.length)) {
      const uploaded = this.#upload(tile);
      try {
        yield uploaded;
      } finally {
        uploaded.tensor[Symbol.dispose]();
      }
    }
  }

  #upload({ first, rows: { data, count, width } }: ColumnTile): DeviceTile {
    const array = { data: Float32Array.from(data), shape: [count, width] };
    return { first, count, tensor: this.#device.upload(array, `${this.source.label} ${first}`) };
  }

  /** Frees what is held. */
  [Symbol.dispose](): void {
    for (const { tensor } of this.#held.splice(0)) tensor[Symbol.dispose]();
  }
}
