/**
 * The sums of a walk as the bytes of a file, and back.
 *
 * @module
 */
import { note } from "../../cli/log.ts";
import { NeuriteError } from "../../errors.ts";
import { openRangeFile } from "../../store/format/range_file.ts";
import { openSafetensors, type SafetensorsFile } from "../../store/format/safetensors.ts";
import {
  type StreamedArray,
  streamedArray,
  streamSafetensors,
} from "../../store/format/safetensors_stream.ts";
import type { SummarySetup } from "./setup.ts";
import type { SliceArrays, SliceSums } from "./slice_sums.ts";
import { partSums, type WalkState } from "./walk.ts";

/** How far a walk is. */
export interface SavedPlace {
  readonly pass: number;
  readonly part: number;
  readonly next: number;
}

/** A place as the metadata of a file, and back; undefined for what is no place. */
export const PLACE = {
  encode: ({ pass, part, next }: SavedPlace): Record<string, string> => ({
    pass: String(pass),
    part: String(part),
    next: String(next),
  }),
  decode: (metadata: Readonly<Record<string, string>>): SavedPlace | undefined => {
    const [pass, part, next] = ["pass", "part", "next"].map((name) => {
      return /^\d{1,9}$/.test(metadata[name] ?? "") ? Number(metadata[name]) : -1;
    }) as [number, number, number];
    return pass >= 0 && part >= 0 && next >= 0 ? { pass, part, next } : undefined;
  },
};

const NAMES = [
  ...["bins", "powers", "shift", "values", "numbers", "contexts", "sum", "max"] as const,
  ...["maxValues", "maxTokens"] as const,
] as const;

function streamed(data: SliceArrays[typeof NAMES[number]]): StreamedArray {
  if (!(data instanceof Float16Array)) return streamedArray({ data, shape: [data.length] });
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { type: "F16", shape: [data.length], chunks: () => [bytes] };
}

/** Where sums are in the file. Sums of unlabelled rows are both, and saved once. */
function* named({ current, pooled }: WalkState): Generator<[string, SliceSums]> {
  for (const [i, sums] of pooled.entries()) yield [`pooled.${i}`, sums];
  if (current === pooled) return;
  for (const [i, sums] of current.entries()) yield [`current.${i}`, sums];
}

/** The file of a state; `key` names the run. */
export function encodeState(key: string, state: WalkState): AsyncGenerator<Uint8Array> {
  const arrays: Record<string, StreamedArray> = {};
  for (const [prefix, sums] of named(state)) {
    for (const name of NAMES) arrays[`${prefix}.${name}`] = streamed(sums[name]);
  }
  return streamSafetensors(arrays, { ...PLACE.encode(state), key });
}

/**
 * The state that a file holds, at `place` of the walk that `begun` begins and whose sums it fills;
 * undefined, and said, when its arrays are not those of such a state.
 */
export async function decodeState(
  path: string,
  begun: WalkState,
  { place, setup }: { place: SavedPlace; setup: SummarySetup },
): Promise<WalkState | undefined> {
  const { pass, part, next } = place;
  if (part === 0 && next === 0) return begun;
  const row = setup.parts[part];
  if (!row) return undefined;
  try {
    await using file = await openSafetensors(path);
    const { pooled } = begun;
    await readSums(file, "pooled", pooled);
    if (!setup.isLabelled) return { pass, part, next, current: pooled, pooled };
    // The shift is one array, which the sums of this part may still fill.
    const current = partSums(row, pooled, setup.rank);
    await readSums(file, "current", current);
    return { pass, part, next, current, pooled };
  } catch (error) {
    const code = error instanceof NeuriteError ? error.code : undefined;
    if (code !== "E-SAFETENSORS" && code !== "E-FILE-CORRUPT" && !(error instanceof RangeError)) {
      throw error;
    }
    note(`damaged ${path}`);
    return undefined;
  }
}

/** Fills sums of nothing from the disk, straight into their arrays: a second copy might not fit. */
async function readSums(
  file: SafetensorsFile,
  prefix: string,
  wanted: readonly SliceSums[],
): Promise<void> {
  await using bytes = await openRangeFile(file.path);
  for (const [i, sums] of wanted.entries()) {
    for (const name of NAMES) {
      const { buffer, byteOffset, byteLength } = sums[name];
      const found = file.info(`${prefix}.${i}.${name}`);
      if (found.byteLength !== byteLength || found.dtype !== streamed(sums[name]).type) {
        throw new RangeError(
          `Cannot read "${prefix}.${i}.${name}": ${found.byteLength} bytes of ${found.dtype}, ` +
            `expected ${byteLength}`,
        );
      }
      await bytes.readInto(new Uint8Array(buffer, byteOffset, byteLength), found.position);
    }
  }
}
