/**
 * One file from the Hub into the cache: streamed, resumed after a cut, bounded by its stated size
 * and kept only when its hash is right.
 *
 * @module
 */
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { cannot, type NeuriteError } from "../../errors.ts";
import { fileBytes, fullDisk } from "./cache.ts";
import { PartialBlob } from "./cache_partial.ts";
import type { HubFile } from "./api.ts";
import type { HubConnection } from "./connection.ts";
import { type HubAnswer, send, sorted } from "./http.ts";
import type { HubSubject } from "./refusal.ts";
import { PassingTrouble, repeatedly } from "./retry.ts";

/** A file to bring into the cache. */
export interface BlobRequest {
  /** Its name, size and hash. */
  file: HubFile;
  /** The `resolve` address at a commit. */
  url: string;
  /** The commit in that address. */
  commit: string;
  /** Absolute path of the blob. */
  blob: string;
  /** For messages. */
  subject: HubSubject;
  /** Bytes of the file that are on disk now; may fall when a download starts over. */
  onBytes: (bytes: number) => void;
}

const POLL_MS = 500;

/**
 * Makes sure the blob is there and right.
 *
 * @returns the bytes that came over the network: 0 when the blob was there.
 * @throws {NeuriteError} `E-HUB-SHA` for wrong bytes or a wrong size (the partial file is removed),
 * `E-HUB` when the server refuses or stays silent, `E-FILE-FULL`, `E-FILE-PERMISSION`.
 */
export async function downloadBlob(
  request: BlobRequest,
  connection: HubConnection,
): Promise<number> {
  const { blob, file } = request;
  if (await fileBytes(blob) === file.bytes) return 0;
  const { stallMs, signal, onNote } = connection;
  const partial = await PartialBlob.open(blob, file, { pollMs: POLL_MS, stallMs, signal, onNote });
  if (partial === undefined) return 0;
  const transfer = new Transfer(request, partial, connection);
  try {
    await transfer.run();
  } catch (error) {
    if (transfer.spoiled) await partial.discard();
    else await partial.close();
    throw error;
  }
  await partial.finish();
  return transfer.received;
}

class Transfer {
  /** Whether the bytes on disk are known to be wrong. */
  spoiled = false;
  /** Bytes that came over the network. */
  received = 0;
  #serverEtag: string | undefined;

  constructor(
    readonly request: BlobRequest,
    readonly partial: PartialBlob,
    readonly connection: HubConnection,
  ) {}

  async run(): Promise<void> {
    const { file } = this.request;
    await requireSpace(this.request.blob, file.bytes - this.partial.bytes);
    await this.#fill();
    if (this.partial.digest() === file.hash) return;
    if (this.partial.resumed === 0) throw this.#wrong(`content of another ${file.algorithm}`);
    // What an earlier run left may be what is wrong; the network deserves one clean try.
    this.connection.onNote(`${file.name}: the part left by an earlier run does not fit, once more`);
    await this.partial.restart();
    await this.#fill();
    if (this.partial.digest() !== file.hash) {
      throw this.#wrong(`content of another ${file.algorithm}`);
    }
  }

  async #fill(): Promise<void> {
    const { connection, request, partial } = this;
    request.onBytes(partial.bytes);
    if (partial.bytes === request.file.bytes) return;
    const call = { connection, subject: request.subject };
    await repeatedly(() => this.#attempt(), call, () => this.received);
  }

  async #attempt(): Promise<void> {
    const { connection, request, partial } = this;
    const headers: Record<string, string> = {};
    if (partial.bytes > 0) {
      headers.range = `bytes=${partial.bytes}-`;
      if (this.#serverEtag !== undefined) headers["if-range"] = this.#serverEtag;
    }
    const answer = await send(request.url, { connection, subject: request.subject }, headers);
    try {
      await this.#checkHead(answer);
      for await (const piece of answer.response.body ?? []) {
        answer.heard();
        if (partial.bytes + piece.length > request.file.bytes) throw this.#wrong("a longer file");
        await partial.append(piece);
        this.received += piece.length;
        request.onBytes(partial.bytes);
      }
    } catch (error) {
      throw sorted(error, request.url, connection);
    } finally {
      answer.close();
      // Cancelling a body that was read or broke is harmless; one left open keeps its connection.
      await answer.response.body?.cancel().catch(() => {});
    }
    if (partial.bytes < request.file.bytes) throw new PassingTrouble("the connection ended early");
  }

  async #checkHead({ response, linked }: HubAnswer): Promise<void> {
    const { file, commit } = this.request;
    const { headers, status } = response;
    if (linked.commit !== undefined && linked.commit !== commit) {
      throw this.#wrong(`a file of commit ${linked.commit.slice(0, 40)}`);
    }
    const etag = plainEtag(linked.etag ?? (linked.commit ? headers.get("etag") : null));
    if (etag !== undefined && etag !== file.hash) throw this.#wrong(`a file of hash ${etag}`);
    if (linked.bytes !== undefined && linked.bytes !== String(file.bytes)) {
      throw this.#wrong(`a file of ${linked.bytes.slice(0, 20)} bytes`);
    }
    if (status === 416) throw this.#wrong(`a file of at most ${this.partial.bytes} bytes`);
    const range = headers.get("content-range")?.match(/^bytes (\d+)-\d+\/(\d+|\*)$/);
    if (status === 206) {
      if (range?.[1] !== String(this.partial.bytes)) throw this.#wrong("another part of the file");
      if (range[2] !== "*" && range[2] !== String(file.bytes)) {
        throw this.#wrong(`a file of ${range[2]!.slice(0, 20)} bytes`);
      }
    } else if (this.partial.bytes > 0) {
      // The whole file again: ranges are not served, or the stored object was replaced.
      await this.partial.restart();
    }
    const left = file.bytes - this.partial.bytes;
    const length = headers.get("content-length");
    const encoded = headers.has("content-encoding");
    if (length !== null && !encoded && length !== String(left)) {
      throw this.#wrong(`${length.slice(0, 20)} bytes to come, not ${left}`);
    }
    // If-Range takes strong etags only.
    const own = headers.get("etag") ?? undefined;
    this.#serverEtag = own?.startsWith('"') ? own : undefined;
  }

  #wrong(is: string): NeuriteError {
    this.spoiled = true;
    const { file, subject, blob } = this.request;
    return cannot("E-HUB-SHA", {
      do: `keep ${file.name} of`,
      thing: subject.repo,
      is,
      expected: `${file.bytes.toLocaleString("en")} bytes of ${file.algorithm} ${file.hash}`,
      hint: `the part fetched for ${blob} was removed; run the same command again, ` +
        "and if it repeats check HF_ENDPOINT and proxies",
    });
  }
}

function plainEtag(etag: string | null | undefined): string | undefined {
  const plain = etag?.replace(/^W\//, "").replace(/^"|"$/g, "");
  // Storage hosts use etags of their own kind; only a hash can be compared.
  return plain !== undefined && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(plain) ? plain : undefined;
}

async function requireSpace(blob: string, neededBytes: number): Promise<void> {
  const permission = { name: "sys", kind: "statfs" } as const;
  if (Deno.permissions.querySync(permission).state !== "granted") return;
  let freeBytes;
  try {
    const { bavail, bsize } = await statfs(dirname(blob));
    freeBytes = bavail * bsize;
  } catch {
    // Not every system tells; then the disk itself will.
    return;
  }
  if (freeBytes < neededBytes) throw fullDisk(blob, { neededBytes, freeBytes });
}
