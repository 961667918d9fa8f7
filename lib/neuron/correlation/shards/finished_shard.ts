/**
 * The end of a shard: its sums under their name, and the marker that says what they hash to.
 *
 * @module
 */
import { join } from "node:path";
import { NeuriteError } from "../../../errors.ts";
import { writeAtomic } from "../../../store/atomic.ts";
import { openSafetensors } from "../../../store/format/safetensors.ts";
import {
  type StreamedArray,
  streamedArray,
  streamSafetensors,
} from "../../../store/format/safetensors_stream.ts";
import { stableJson } from "../../../store/format/json.ts";
import { sha256File } from "../../../store/hash.ts";
import type { ShardPlace } from "./shard_place.ts";

const SCHEMA = "neurite.shard/1";
const MOST_MARKER_BYTES = 4096;

/** What the marker beside a shard says. */
export interface ShardMarker {
  readonly schema: typeof SCHEMA;
  /** Of the run. */
  readonly identity: string;
  /** Of the sums. */
  readonly bytes: number;
  readonly sha256: string;
}

/** The marker of a shard, or undefined where there is none that can be read as one. */
export async function readMarker({ marker }: ShardPlace): Promise<ShardMarker | undefined> {
  try {
    if ((await Deno.stat(marker)).size > MOST_MARKER_BYTES) return undefined;
    const value: Partial<ShardMarker> | null = JSON.parse(await Deno.readTextFile(marker));
    const isMarker = value?.schema === SCHEMA && typeof value.identity === "string" &&
      Number.isSafeInteger(value.bytes) && /^[0-9a-f]{64}$/.test(String(value.sha256));
    return isMarker ? value as ShardMarker : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** What is wrong with a shard's sums by their marker, or undefined. Reads all of them. */
export async function shardFault(place: ShardPlace, marker: ShardMarker) {
  try {
    const { bytes, sha256 } = await sha256File(place.sums);
    if (bytes !== marker.bytes) return `${bytes} bytes, ${marker.bytes} when it was written`;
    if (sha256 !== marker.sha256) return "changed since it was written (another sha256)";
    await using file = await openSafetensors(place.sums);
    const name = file.metadata["shard"];
    return name === place.name ? undefined : `shard ${name} under another name`;
  } catch (error) {
    if (error instanceof NeuriteError && error.code === "E-FILE-MISSING") return "missing";
    throw error;
  }
}

/**
 * Puts the sums of all passes of a shard into one file, array by array, and marks it as finished. Both
 * files get their names when they are whole, the marker last.
 */
export async function finishShard(
  place: ShardPlace,
  passes: readonly string[],
  { identity, metadata }: { identity: string; metadata: Readonly<Record<string, string>> },
): Promise<ShardMarker> {
  await using scope = new AsyncDisposableStack();
  const arrays = new Map<string, StreamedArray>();
  for (const path of passes) {
    const file = scope.use(await openSafetensors(path));
    for (const name of file.names().filter((name) => !arrays.has(name))) {
      const { shape, dtype: type } = file.info(name);
      arrays.set(name, {
        type,
        shape,
        async *chunks() {
          yield* streamedArray(await file.read(name)).chunks();
        },
      });
    }
  }
  // In the shard's own folder, so that nobody else clears away what is being written.
  const whole = await writeAtomic(
    join(place.work, "sums.safetensors"),
    streamSafetensors(Object.fromEntries(arrays), metadata),
  );
  const { bytes, sha256 } = whole;
  const marker: ShardMarker = { schema: SCHEMA, identity, bytes, sha256 };
  const marked = await writeAtomic(
    join(place.work, "marker.json"),
    stableJson({ ...marker }, { indent: true }),
  );
  await Deno.rename(whole.path, place.sums);
  await Deno.rename(marked.path, place.marker);
  return marker;
}
