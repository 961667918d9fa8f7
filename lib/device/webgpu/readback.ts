/**
 * Tensors back to the host behind one fence.
 *
 * @module
 */
import type { DeviceArray } from "../device.ts";
import { elementCount } from "../../array.ts";
import type { Storage } from "./buffer_pool.ts";
import type { GpuContext } from "./context.ts";
import type { WebGpuTensor } from "./tensor.ts";

/** The most bytes of one staging buffer; larger reads take several, mapped together. */
const STAGING_BYTES = 256 * 1024 * 1024;

/** One buffer-to-buffer copy, with where its bytes go on the host. */
interface Copy {
  readonly source: Storage;
  readonly sourceOffset: number;
  readonly bytes: number;
  readonly staging: number;
  readonly stagingOffset: number;
  readonly tensor: number;
  readonly tensorOffset: number;
}

function tensorBytes({ shape }: WebGpuTensor): number {
  return 4 * elementCount(shape);
}

/** Splits the tensors' bytes over staging buffers of `stagingBytes`. */
function planCopies(
  tensors: readonly WebGpuTensor[],
  stagingBytes: number,
): { copies: Copy[]; sizes: number[] } {
  const copies: Copy[] = [];
  const sizes = [0];
  tensors.forEach((tensor, index) => {
    let tensorOffset = 0;
    for (const source of tensor.parts) {
      for (let sourceOffset = 0; sourceOffset < source.used;) {
        if (sizes.at(-1)! >= stagingBytes) sizes.push(0);
        const staging = sizes.length - 1;
        const stagingOffset = sizes[staging]!;
        const bytes = Math.min(source.used - sourceOffset, stagingBytes - stagingOffset);
        copies.push({
          source,
          sourceOffset,
          bytes,
          staging,
          stagingOffset,
          tensor: index,
          tensorOffset,
        });
        sizes[staging] = stagingOffset + bytes;
        sourceOffset += bytes;
        tensorOffset += bytes;
      }
    }
  });
  return { copies, sizes: sizes.filter((size) => size > 0) };
}

/** Copies tensors to the host: one submit, one wait. */
export async function readTensors(
  tensors: readonly WebGpuTensor[],
  context: GpuContext,
): Promise<DeviceArray[]> {
  const { copies, sizes } = planCopies(tensors, STAGING_BYTES);
  const staging = sizes.map((size) => context.stagingPool.acquire(size, "neurite/read"));
  try {
    context.recorder.submit((encoder) => {
      for (const { source, sourceOffset, bytes, staging: to, stagingOffset } of copies) {
        encoder.copyBufferToBuffer(
          source.buffer,
          sourceOffset,
          staging[to]!.buffer,
          stagingOffset,
          bytes,
        );
      }
    });
    await context.faults.check();
    await Promise.all(
      staging.map(({ buffer }, index) => buffer.mapAsync(GPUMapMode.READ, 0, sizes[index]!)),
    );
    const hosts = tensors.map((tensor) => new Uint8Array(tensorBytes(tensor)));
    staging.forEach(({ buffer }, index) => {
      // Each getMappedRange copies in Deno, so it is called once a buffer.
      const mapped = new Uint8Array(buffer.getMappedRange(0, sizes[index]!));
      for (const { staging: from, stagingOffset, bytes, tensor, tensorOffset } of copies) {
        if (from !== index) continue;
        hosts[tensor]!.set(mapped.subarray(stagingOffset, stagingOffset + bytes), tensorOffset);
      }
      buffer.unmap();
    });
    return tensors.map(({ shape, dtype }, index): DeviceArray => {
      const { buffer } = hosts[index]!;
      if (dtype === "i32") return { data: new Int32Array(buffer), shape };
      return { data: new Float32Array(buffer), shape };
    });
  } finally {
    staging.forEach((storage) => context.stagingPool.release(storage));
  }
}
