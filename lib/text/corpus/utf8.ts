import { cannot } from "../../errors.ts";

/** How {@linkcode decodeUtf8} takes bytes that are not UTF-8. */
export interface Utf8Options {
  /** The path or address, for messages. */
  readonly place: string;
  /**
   * Told the offset of the first byte that is not UTF-8; then such bytes become U+FFFD. Without it
   * they are an error.
   */
  readonly onInvalid?: ((offset: number) => void) | undefined;
}

/**
 * UTF-8 bytes to text, piece by piece; each piece has whole characters. A byte order mark at the
 * start is left out.
 *
 * @throws {NeuriteError} E-CORPUS naming the offset of the first byte that is not UTF-8.
 */
export async function* decodeUtf8(
  bytes: AsyncIterable<Uint8Array>,
  { place, onInvalid }: Utf8Options,
): AsyncGenerator<string> {
  let rest = new Uint8Array(0);
  let offset = 0;
  let isTold = false;

  function decode(part: Uint8Array): string {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(part);
    } catch {
      const at = offset + firstInvalid(part);
      if (!onInvalid) {
        throw cannot("E-CORPUS", {
          do: "read text",
          thing: place,
          is: `byte 0x${(part[at - offset] ?? 0).toString(16)} at offset ${at}, which is not UTF-8`,
          expected: "UTF-8",
          hint:
            "convert it with iconv -t UTF-8, or take U+FFFD for such bytes by --replace-invalid",
        });
      }
      if (!isTold) onInvalid(at);
      isTold = true;
      return new TextDecoder("utf-8", { ignoreBOM: true }).decode(part);
    }
  }

  for await (const chunk of bytes) {
    const joined = new Uint8Array(rest.length + chunk.length);
    joined.set(rest);
    joined.set(chunk, rest.length);
    const end = completeLength(joined);
    const text = decode(joined.subarray(0, end));
    yield offset === 0 ? text.replace(/^\ufeff/, "") : text;
    offset += end;
    rest = joined.slice(end);
  }
  if (rest.length > 0) yield decode(rest);
}

/** The length without a character that is cut at the end. */
function completeLength(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return bytes.length;
    if (byte < 0xc0) continue;
    const wanted = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return wanted > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** Where the first invalid sequence starts, in bytes that are known to hold one. */
function firstInvalid(bytes: Uint8Array): number {
  // The longest prefix that a fatal decoder takes, but for a cut character at its end.
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    try {
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
        .decode(bytes.subarray(0, middle), { stream: true });
      good = middle;
    } catch {
      bad = middle;
    }
  }
  const end = completeLength(bytes.subarray(0, good));
  return end;
}
