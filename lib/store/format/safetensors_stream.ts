import { elementCount, formatShape, type HostArray } from "../../array.ts";
import { ELEMENT_BYTES, type ElementType } from "./elements.ts";
import { elementType, encodeSafetensorsHeader, inFileOrder } from "./safetensors_encode.ts";

/** An array that need not fit in memory. */
export interface StreamedArray {
  /** Type of its elements. */
  readonly type: ElementType;
  /** Extent of each axis. */
  readonly shape: readonly number[];
  /** Its elements, little-endian, in pieces. Asked for once. */
  readonly chunks: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** An array that is in memory all the same, as one piece. */
export function streamedArray({ data, shape }: HostArray): StreamedArray {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { type: elementType(data), shape, chunks: () => [bytes] };
}

/**
 * The bytes of a safetensors file whose arrays are made piece by piece; the same bytes that
 * `encodeSafetensors` gives for the same values.
 *
 * @throws {RangeError} when an array's pieces do not add up to its shape.
 *
 * @example Usage
 * ```ts
 * import { streamSafetensors } from "neurite/lib/store/format/safetensors_stream.ts";
 *
 * const ones = new Uint8Array(Float32Array.of(1, 1).buffer);
 * const x = { type: "F32", shape: [3, 2], chunks: () => [ones, ones, ones] } as const;
 * let bytes = 0;
 * for await (const piece of streamSafetensors({ x })) bytes += piece.length;
 * if (bytes % 8 !== 0) throw new Error("unreachable");
 * ```
 */
export async function* streamSafetensors(
  arrays: Readonly<Record<string, StreamedArray>>,
  metadata: Readonly<Record<string, string>> = {},
): AsyncGenerator<Uint8Array> {
  const entries = Object.entries(arrays).map(([name, { type, shape, chunks }]) => {
    return { name, type, shape, byteLength: ELEMENT_BYTES[type] * elementCount(shape), chunks };
  });
  entries.sort(inFileOrder);
  yield encodeSafetensorsHeader(entries, metadata);
  for (const { name, type, shape, byteLength, chunks } of entries) {
    let bytes = 0;
    for await (const chunk of chunks()) {
      bytes += chunk.length;
      yield chunk;
    }
    if (bytes === byteLength) continue;
    throw new RangeError(
      `Cannot write array "${name}": ${bytes} bytes, expected ${byteLength} for ${type} ${
        formatShape(shape)
      }`,
    );
  }
}
