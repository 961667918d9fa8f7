import assert from "node:assert/strict";
import type { HostArray } from "../../array.ts";
import { encodeSafetensors } from "./safetensors.ts";
import { type StreamedArray, streamSafetensors } from "./safetensors_stream.ts";

const ARRAYS: Record<string, HostArray> = {
  tokens: { data: Int32Array.from({ length: 12 }, (_, i) => i), shape: [3, 4] },
  subset: { data: Int32Array.of(0, 1, 0), shape: [3] },
  "10": { data: Float64Array.of(0.5), shape: [] },
  none: { data: new Float32Array(0), shape: [0, 4] },
};

function streamed({ data, shape }: HostArray, type: StreamedArray["type"]): StreamedArray {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += 5) {
      yield await Promise.resolve(bytes.slice(at, at + 5));
    }
  }
  return { type, shape, chunks };
}

async function bytesOf(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
  const bytes: number[] = [];
  for await (const piece of pieces) bytes.push(...piece);
  return bytes;
}

Deno.test("streamSafetensors() writes the bytes of encodeSafetensors()", async () => {
  const metadata = { made: "here" };
  const types = { tokens: "I32", subset: "I32", "10": "F64", none: "F32" } as const;
  const arrays = Object.fromEntries(
    Object.entries(ARRAYS).map(([name, array]) =>
      [name, streamed(array, types[name as keyof typeof types])] as const
    ),
  );
  assert.deepEqual(
    await bytesOf(streamSafetensors(arrays, metadata)),
    await bytesOf(encodeSafetensors(ARRAYS, metadata)),
  );
});

Deno.test("streamSafetensors() refuses pieces that do not fill the shape, and a reserved name", async () => {
  const array = streamed(ARRAYS.tokens!, "I32");
  await assert.rejects(
    bytesOf(streamSafetensors({ x: { ...array, shape: [3, 5] } })),
    { name: "RangeError", message: 'Cannot write array "x": 48 bytes, expected 60 for I32 [3, 5]' },
  );
  await assert.rejects(bytesOf(streamSafetensors({ __metadata__: array })), /a reserved name/);
});
