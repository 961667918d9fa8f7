/**
 * What the Hub knows about a repository: the commit behind a revision, the files of a commit. The
 * client library builds the requests and reads the answers; sending them stays with `send`.
 *
 * @module
 */
import { listFiles, modelInfo } from "@huggingface/hub";
import { cannot, NeuriteError } from "../../errors.ts";
import type { HubCall, HubConnection } from "./connection.ts";
import { type HubAnswer, send, sorted, withoutQuery } from "./http.ts";
import { COMMIT, type HubId } from "./id.ts";
import type { HubSubject } from "./refusal.ts";
import { repeatedly } from "./retry.ts";

/** A file of a repository, by content. */
export interface HubFile {
  /** Name in the repository's root. */
  name: string;
  /** Size the listing states. */
  bytes: number;
  /** sha256 of the content for large files, git's sha1 for small ones; also the blob's name. */
  hash: string;
  /** Which of the two it is. */
  algorithm: "sha256" | "git-sha1";
}

/** An entry as the server sent it; nothing in it is checked yet. */
export interface ListedFile {
  /** Size in the tree. */
  size: number;
  /** Git's sha1 of the content, or of the pointer to a large file. */
  oid?: string;
  /** The large file behind a pointer: sha256 and size. */
  lfs?: { oid: string; size: number };
}

// The largest honest answers: a page of 1,000 entries is about 300 kB.
const MAX_ANSWER_BYTES = 16 << 20;
const MAX_PAGES = 100;
const MAX_ENTRIES = 20_000;

/** The 40-digit commit behind `id.revision`; a full commit is returned without a request. */
export async function resolveCommit(id: HubId, connection: HubConnection): Promise<string> {
  if (COMMIT.test(id.revision)) return id.revision;
  const info = await understood(id, () =>
    modelInfo({
      name: id.repo,
      revision: id.revision,
      hubUrl: connection.endpoint,
      additionalFields: ["sha"],
      fetch: libraryFetch(connection, id),
    }));
  const commit: unknown = info.sha;
  if (typeof commit === "string" && COMMIT.test(commit)) return commit;
  throw strangeAnswer(id, "no commit in the answer");
}

/** The files in the root of a commit, by name. */
export async function listRoot(
  id: HubId,
  commit: string,
  connection: HubConnection,
): Promise<Map<string, ListedFile>> {
  return await understood(id, async () => {
    const files = new Map<string, ListedFile>();
    const entries = listFiles({
      repo: { type: "model", name: id.repo },
      revision: commit,
      hubUrl: connection.endpoint,
      fetch: libraryFetch(connection, id),
    });
    for await (const entry of entries) {
      if (files.size >= MAX_ENTRIES) {
        throw strangeAnswer(id, `more than ${MAX_ENTRIES.toLocaleString("en")} files`);
      }
      if (entry.type === "file") files.set(String(entry.path), entry);
    }
    return files;
  });
}

/** Where the bytes of a file are. */
export function fileUrl(
  endpoint: string,
  { repo, commit, name }: { repo: string; commit: string; name: string },
): string {
  const path = name.split("/").map(encodeURIComponent).join("/");
  return `${endpoint}/${repo}/resolve/${commit}/${path}`;
}

/** The whole body of a small file or answer, refused beyond `limit` bytes. */
export async function readSmall(
  url: string,
  call: HubCall,
  limit: number,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; headers: Headers }> {
  return await repeatedly(async () => {
    const answer = await send(url, call);
    try {
      const bytes = await readBody(answer, limit, call.subject);
      return { bytes, headers: answer.response.headers };
    } catch (error) {
      throw sorted(error, url, call.connection);
    } finally {
      answer.close();
    }
  }, call);
}

async function readBody(
  answer: HubAnswer,
  limit: number,
  subject: HubSubject,
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let total = 0;
  for await (const piece of answer.response.body ?? []) {
    answer.heard();
    total += piece.length;
    if (total > limit) {
      throw strangeAnswer(subject, `more than ${limit.toLocaleString("en")} bytes`);
    }
    pieces.push(piece);
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

function libraryFetch(connection: HubConnection, id: HubId): typeof fetch {
  const call = { connection, subject: id };
  let pages = 0;
  return async (input) => {
    // The address of the next page comes from the server, which could go on for ever.
    if (++pages > MAX_PAGES) throw strangeAnswer(id, `more than ${MAX_PAGES} pages`);
    const { bytes, headers } = await readSmall(String(input), call, MAX_ANSWER_BYTES);
    const link = headers.get("link");
    return new Response(bytes, { headers: link === null ? {} : { link } });
  };
}

async function understood<T>(id: HubId, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof TypeError)) throw error;
    throw strangeAnswer(id, withoutQuery(error.message), error);
  }
}

/** The error for an answer that is not what the Hub's interface promises. */
export function strangeAnswer(subject: HubSubject, what: string, cause?: unknown): NeuriteError {
  return cannot("E-HUB", {
    do: "read the Hub's answer about",
    thing: subject.repo,
    is: what,
    expected: "what the Hub's interface promises",
    hint: "check HF_ENDPOINT; a proxy or a mirror may answer in the Hub's place",
    cause,
  });
}
