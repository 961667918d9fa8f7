/**
 * A file of activations in 8 bits from one in float32.
 *
 * @module
 */
import { openRangeFile, type RangeFile } from "../../store/format/range_file.ts";
import type { PlacedLayout } from "../../store/format/placed_safetensors.ts";
import { openSafetensors, type TensorInfo } from "../../store/format/safetensors.ts";
import { type StreamedArray, streamSafetensors } from "../../store/format/safetensors_stream.ts";
import { type Affine, affineOf, dequantise, quantise } from "./affine.ts";
import { quantisedLayout } from "./layout.ts";

/** Values converted at a time. */
const CHUNK_VALUES = 1 << 18;

/** Largest errors, complete once the bytes were taken. */
export interface QuantisationError {
  /** Of any value, in its own unit; NaN where a neuron's values are not all finite. */
  largest: number;
  /** Of any value, in steps of its neuron; a half but for float32's rounding. */
  steps: number;
}

/** The schemes of all neurons. */
export interface QuantisedFile {
  /** Bytes of the file, piece by piece. Asked for once. */
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly error: QuantisationError;
}

/** The values of a neuron, chunk by chunk; each is overwritten by the next. */
async function* column(file: RangeFile, { position, shape }: TensorInfo, place: number) {
  const count = shape[1]!;
  const buffer = new Float32Array(Math.min(count, CHUNK_VALUES));
  for (let start = 0; start < count; start += buffer.length) {
    const values = buffer.subarray(0, Math.min(buffer.length, count - start));
    const bytes = new Uint8Array(values.buffer, 0, values.byteLength);
    await file.readInto(bytes, position + 4 * (place * count + start));
    yield values;
  }
}

async function* copy(file: RangeFile, { position, byteLength }: TensorInfo) {
  for (let start = 0; start < byteLength; start += 4 * CHUNK_VALUES) {
    const bytes = new Uint8Array(Math.min(4 * CHUNK_VALUES, byteLength - start));
    await file.readInto(bytes, position + start);
    yield bytes;
  }
}

/** A pass over all values: the scheme of each neuron. */
async function schemes(file: RangeFile, info: TensorInfo): Promise<Affine[]> {
  const found: Affine[] = [];
  for (let place = 0; place < info.shape[0]!; place++) {
    let [min, max] = [Infinity, -Infinity];
    for await (const values of column(file, info, place)) {
      for (const value of values) {
        min = Math.min(min, value);
        max = Math.max(max, value);
      }
    }
    found.push(affineOf(min, max));
  }
  return found;
}

/**
 * Quantises the `activations` float32 `[n, N]` of a file that `layout` describes, neuron by neuron, and
 * copies its other arrays. Nothing that grows with N is held: the file is read twice.
 *
 * @throws {NeuriteError} the errors of the file.
 */
export async function quantiseFile(path: string, layout: PlacedLayout): Promise<QuantisedFile> {
  await using header = await openSafetensors(path);
  const infos = new Map(header.names().map((name) => [name, header.info(name)]));
  const activations = infos.get("activations")!;
  const affines = await (async () => {
    await using file = await openRangeFile(path);
    return await schemes(file, activations);
  })();
  const error = { largest: 0, steps: 0 };
  async function* chunks() {
    await using file = await openRangeFile(path);
    const ofEach = (values: Float64Array) => () => [new Uint8Array(values.buffer)];
    const made: Record<string, StreamedArray["chunks"]> = {
      scale: ofEach(Float64Array.from(affines, ({ scale }) => scale)),
      zero: ofEach(Float64Array.from(affines, ({ zero }) => zero)),
      activations: () => quantised(file, activations, { affines, error }),
    };
    const { arrays, metadata } = quantisedLayout(layout);
    const streams = Object.entries(arrays).map(([name, { type, shape }]) => [
      name,
      { type, shape, chunks: made[name] ?? (() => copy(file, infos.get(name)!)) },
    ]);
    yield* streamSafetensors(Object.fromEntries(streams), metadata);
  }
  return { chunks: chunks(), error };
}

async function* quantised(
  file: RangeFile,
  info: TensorInfo,
  { affines, error }: { affines: readonly Affine[]; error: QuantisationError },
) {
  const back = new Float32Array(Math.min(info.shape[1]!, CHUNK_VALUES));
  for (const [place, affine] of affines.entries()) {
    for await (const values of column(file, info, place)) {
      const clamped = new Uint8ClampedArray(values.length);
      quantise(values, affine, clamped);
      const bytes = new Uint8Array(clamped.buffer);
      dequantise(bytes, affine, back.subarray(0, values.length));
      for (let i = 0; i < values.length; i++) {
        const apart = Math.abs(values[i]! - back[i]!);
        error.largest = Math.max(error.largest, apart);
        error.steps = Math.max(error.steps, apart / affine.scale);
      }
      yield bytes;
    }
  }
}
