/**
 * Where the bytes of a corpus are.
 *
 * @module
 */
import { basename } from "node:path";
import { openRangeFile } from "../../store/format/range_file.ts";

/** A file, here or elsewhere, read from its start or by ranges. */
export interface ByteSource {
  /** The file's name, which says its format and may be its subset. */
  readonly name: string;
  /** Absolute path or address, for messages. */
  readonly place: string;
  /** Its length, where it is known before reading. */
  readonly bytes?: number;
  /** The whole content, in order. */
  read(): AsyncIterable<Uint8Array>;
  /** Runs `use` with the length and a reader of ranges `[start, end)`. */
  withRanges<R>(use: (file: ByteRanges) => Promise<R>): Promise<R>;
}

/** Random access, in the form that hyparquet takes. */
export interface ByteRanges {
  readonly byteLength: number;
  slice(start: number, end?: number): Promise<ArrayBuffer>;
}

// Small enough that a piece of text and its tokens are a few MB, large enough that reads are few.
const READ_BYTES = 1 << 18;

/** A local file. It must be a regular one, because its hash is taken before it is read. */
export function fileSource(path: string, bytes: number): ByteSource {
  return {
    name: basename(path),
    place: path,
    bytes,
    async *read() {
      await using file = await openRangeFile(path);
      for (let at = 0; at < file.size; at += READ_BYTES) {
        const chunk = new Uint8Array(Math.min(READ_BYTES, file.size - at));
        await file.readInto(chunk, at);
        yield chunk;
      }
    },
    async withRanges(use) {
      await using file = await openRangeFile(path);
      return await use({
        byteLength: file.size,
        async slice(start, end = file.size) {
          const bytes = new Uint8Array(Math.max(0, end - start));
          await file.readInto(bytes, start);
          return bytes.buffer;
        },
      });
    },
  };
}

/** A source whose bytes are counted as they are read, for progress. */
export function counted(source: ByteSource, onBytes: (bytes: number) => void): ByteSource {
  return {
    ...source,
    async *read() {
      for await (const chunk of source.read()) {
        onBytes(chunk.length);
        yield chunk;
      }
    },
    withRanges: (use) =>
      source.withRanges(({ byteLength, slice }) =>
        use({
          byteLength,
          async slice(start, end) {
            const bytes = await slice(start, end);
            onBytes(bytes.byteLength);
            return bytes;
          },
        })
      ),
  };
}
