/**
 * Files of data, one script each. A page opened from disk may not fetch, but it may load scripts of
 * its own folder; each hands over a text and nothing of it is run.
 *
 * @module
 */
/// <reference lib="dom" />
import { DataFault } from "./fault.ts";

/** Longest text a file may unfold to, in bytes: what is larger is not of this builder. */
const LARGEST = 2 ** 28;

const received = new Map<string, string>();

/** Lets scripts of data hand their text over. */
export function receiveData(): void {
  Object.defineProperty(globalThis, "neuriteData", {
    value: (name: unknown, base64: unknown) => {
      if (typeof name === "string" && typeof base64 === "string") received.set(name, base64);
    },
  });
}

function runScript(name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `data/${encodeURIComponent(name)}.js`;
    script.onload = () => {
      script.remove();
      const base64 = received.get(name);
      received.delete(name);
      if (base64 === undefined) reject(new DataFault(name, "it hands over no data of that name"));
      else resolve(base64);
    };
    script.onerror = () => {
      script.remove();
      reject(new DataFault(name, "it is not there or cannot be read"));
    };
    document.head.append(script);
  });
}

async function inflate(name: string, base64: string): Promise<string> {
  const packed = decodeBase64(base64);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let size = 0;
  for (const reader = stream.getReader();;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > LARGEST) {
      await reader.cancel();
      throw new DataFault(name, `it unfolds to more than ${LARGEST / 2 ** 20} MiB`);
    }
    parts.push(decoder.decode(value, { stream: true }));
  }
  return parts.join("") + decoder.decode();
}

function decodeBase64(base64: string): Uint8Array<ArrayBuffer> {
  // Faster by far, but not in browsers of before 2025.
  if (typeof Uint8Array.fromBase64 === "function") return Uint8Array.fromBase64(base64);
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** What a file of data holds, not yet checked. Throws a {@linkcode DataFault} that names the file. */
export async function loadData(name: string): Promise<unknown> {
  const base64 = await runScript(name);
  try {
    return JSON.parse(await inflate(name, base64));
  } catch (error) {
    if (error instanceof DataFault) throw error;
    throw new DataFault(name, "it is not gzip of JSON, or was cut short");
  }
}
