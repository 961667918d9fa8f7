/**
 * Paths and addresses of a corpus to sources, with what identifies their content.
 *
 * @module
 */
import { resolve } from "node:path";
import { openRangeFile } from "../../store/format/range_file.ts";
import { type InputFile, inputFile } from "../../store/run/run_record.ts";
import { type ByteSource, fileSource } from "./byte_source.ts";
import { type HttpOptions, httpSource, type RemoteFacts, remoteFacts } from "./http_source.ts";

/** The files of a corpus, in order. */
export interface OpenedCorpus {
  readonly sources: readonly ByteSource[];
  /** Local files, hashed; for the run's record and identity. */
  readonly inputs: readonly InputFile[];
  /** Files elsewhere: what their server says of their content, for the run's identity. */
  readonly remote: readonly RemoteInput[];
}

/** A file that is streamed from a server, so that its hash is not known before it is read. */
export interface RemoteInput extends RemoteFacts {
  readonly [name: string]: string | number | null;
  readonly url: string;
}

/**
 * Looks at each file: hashes local ones, asks servers for length and version of the others.
 *
 * @param places paths, or addresses that begin with `http://` or `https://`.
 * @throws {NeuriteError} E-FILE-MISSING (also for folders, pipes and devices), E-FILE-PERMISSION;
 * E-CORPUS when a server refuses.
 */
export async function openCorpus(
  places: readonly string[],
  options: HttpOptions = {},
): Promise<OpenedCorpus> {
  const sources: ByteSource[] = [];
  const inputs: InputFile[] = [];
  const remote: RemoteInput[] = [];
  for (const [index, place] of places.entries()) {
    options.signal?.throwIfAborted();
    if (/^https?:\/\//i.test(place)) {
      const facts = await remoteFacts(place, options);
      sources.push(httpSource(place, facts.bytes, options));
      remote.push({ url: place.split(/[?#]/, 1)[0]!, ...facts });
      continue;
    }
    const path = resolve(place);
    // Refuses folders and pipes before anything waits for them.
    await (await openRangeFile(path)).close();
    // The place in the list is part of the name, because the order of files changes the rows.
    const input = await inputFile(`text-${index}`, path);
    inputs.push(input);
    sources.push(fileSource(path, input.bytes));
  }
  return { sources, inputs, remote };
}
