/**
 * A local server that answers as the Hub does: the API and small files on one origin, large files by
 * redirect on a second one. It keeps every request for the tests to look at.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { deliver, type Delivery, type Fault } from "./hub_faults.ts";

/** A repository on the server. */
export interface HubRepo {
  /** Content by path. */
  files: Record<string, string | Uint8Array<ArrayBuffer>>;
  /** Which paths are stored as large files; weights when not said. */
  isLarge?: (path: string) => boolean;
  /** Revision to commit; `main` stands at {@linkcode COMMIT_A} when not said. */
  refs?: Record<string, string>;
  /** Files only for accounts that were let in. */
  gated?: boolean;
  /** Unknown to everyone without the right token. */
  private?: boolean;
}

/** A request as it came. */
export interface SeenRequest {
  origin: "hub" | "storage";
  method: string;
  path: string;
  range: string | null;
  ifRange: string | null;
  authorization: string | null;
}

/** Something to go wrong, once unless `times` says more. */
export interface PlannedFault {
  origin?: "hub" | "storage";
  path: RegExp;
  times?: number;
  fault: Fault;
}

/** Options of {@linkcode HubServer}. */
export interface HubServerOptions {
  repos: Record<string, HubRepo>;
  /** Legacy names and the ids they are redirected to. */
  legacy?: Record<string, string>;
  /** Entries a page of a listing. */
  pageSize?: number;
  /** The one token that opens gated and private repositories. */
  token?: string;
  /** Changes the entries of a listing before they are sent: a hostile server. */
  tamper?: ((entries: Record<string, unknown>[]) => unknown) | undefined;
}

/** The commit that `main` stands at unless a repository says otherwise. */
export const COMMIT_A = "a".repeat(40);
const encoder = new TextEncoder();

/** The hash git gives a file's content. */
export function gitSha1(body: Uint8Array): string {
  return createHash("sha1").update(`blob ${body.length}\0`).update(body).digest("hex");
}

/** The hash large files go by. */
export function sha256(body: Uint8Array): string {
  return createHash("sha256").update(body).digest("hex");
}

/** The server; `await using` ends it. */
export class HubServer implements AsyncDisposable {
  /** Every request, in order. */
  readonly requests: SeenRequest[] = [];
  /** Whether `Range` is heeded. */
  servesRanges = true;
  /** Raised when the stored objects are replaced: their etags change. */
  storeGeneration = 1;
  readonly #options: HubServerOptions;
  readonly #faults: PlannedFault[] = [];
  readonly #live = new Set<() => void>();
  readonly #hub: Deno.HttpServer<Deno.NetAddr>;
  readonly #storage: Deno.HttpServer<Deno.NetAddr>;

  constructor(options: HubServerOptions) {
    this.#options = options;
    // A cut is an error in the server's eyes, which it would print.
    const onError = () => new Response("fault of the test server", { status: 500 });
    const settings = { hostname: "127.0.0.1", port: 0, onListen() {}, onError };
    this.#hub = Deno.serve(settings, (request) => this.#onHub(request));
    this.#storage = Deno.serve(settings, (request) => this.#onStorage(request));
  }

  /** What HF_ENDPOINT would be. */
  get endpoint(): string {
    return `http://127.0.0.1:${this.#hub.addr.port}`;
  }

  /** Plans that something goes wrong. */
  fail(fault: PlannedFault): void {
    this.#faults.push({ times: 1, ...fault });
  }

  /** Requests for the content of `name`, on the origin that sends it. */
  downloads(name: string): SeenRequest[] {
    return this.requests.filter(({ path, origin }) =>
      path.endsWith(`/${name}`) && (origin === "storage" || path.includes("/resolve/"))
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const end of this.#live) end();
    await Promise.all([this.#hub.shutdown(), this.#storage.shutdown()]);
  }

  #see(request: Request, origin: "hub" | "storage"): string {
    const path = decodeURIComponent(new URL(request.url).pathname);
    const { method, headers } = request;
    const [range, ifRange] = [headers.get("range"), headers.get("if-range")];
    const authorization = headers.get("authorization");
    this.requests.push({ origin, method, path, range, ifRange, authorization });
    return path;
  }

  #send(request: Request, path: string, origin: "hub" | "storage", delivery: Delivery): Response {
    const planned = this.#faults.find((fault) =>
      fault.times! > 0 && fault.path.test(path) && (fault.origin ?? origin) === origin
    );
    if (planned) planned.times!--;
    if (request.method === "HEAD" && planned?.fault.kind !== "status") {
      delivery.headers.set("content-length", String(delivery.body.length));
      return new Response(null, { status: delivery.status, headers: delivery.headers });
    }
    return deliver(delivery, planned?.fault, this.#live);
  }

  async #onHub(request: Request): Promise<Response> {
    const path = this.#see(request, "hub");
    // Before decoding: a revision may hold slashes, which arrive as %2F.
    const { pathname } = new URL(request.url);
    const api = /^\/api\/models\/(.+?)\/(revision|tree|paths-info)\/([^/]+)$/.exec(pathname);
    const file = /^\/(.+?)\/resolve\/([^/]+)\/(.+)$/.exec(pathname);
    const [name, encoded] = api ? [api[1]!, api[3]!] : file ? [file[1]!, file[2]!] : [];
    const revision = decodeURIComponent(encoded ?? "");
    if (name === undefined) return refuse(404, "RepoNotFound");
    const full = this.#options.legacy?.[name];
    if (full !== undefined) {
      const { search } = new URL(request.url);
      const location = pathname.replace(`/${name}/`, `/${full}/`) + search;
      return new Response(null, { status: 307, headers: { location } });
    }
    const repo = this.#options.repos[name];
    const { token } = this.#options;
    const given = request.headers.get("authorization");
    if (token !== undefined && given !== null && given !== `Bearer ${token}`) {
      return refuse(401, "", "Invalid credentials in Authorization header");
    }
    const isKnown = given !== null;
    if (!repo || (repo.private && !isKnown)) return refuse(isKnown ? 404 : 401, "RepoNotFound");
    const refs = repo.refs ?? { main: COMMIT_A };
    const commit = refs[revision] ?? Object.values(refs).find((known) => known === revision);
    if (commit === undefined) return refuse(404, "RevisionNotFound");
    const delivery = api
      ? await this.#api(request, name, { kind: api[2]!, repo, commit })
      : this.#file(request, name, { repo, commit, path: decodeURIComponent(file![3]!) });
    return delivery instanceof Response ? delivery : this.#send(request, path, "hub", delivery);
  }

  async #api(
    request: Request,
    name: string,
    { kind, repo, commit }: { kind: string; repo: HubRepo; commit: string },
  ): Promise<Delivery> {
    const url = new URL(request.url);
    if (kind === "revision") {
      const gated = repo.gated ? "auto" : false;
      return json({ _id: "1", id: name, sha: commit, private: repo.private ?? false, gated });
    }
    const entries = listing(repo);
    if (kind === "paths-info") {
      const { paths } = await request.json() as { paths: string[] };
      return json(entries.filter(({ path }) => paths.includes(path as string)));
    }
    const isRecursive = url.searchParams.get("recursive") === "true";
    const shown = entries.filter(({ path }) => isRecursive || !String(path).includes("/"));
    const start = Number(url.searchParams.get("cursor") ?? 0);
    const end = start + (this.#options.pageSize ?? 1000);
    const page = shown.slice(start, end);
    const answer = json(this.#options.tamper?.(page) ?? page);
    url.searchParams.set("cursor", String(end));
    if (end < shown.length) answer.headers.set("link", `<${url}>; rel="next"`);
    return answer;
  }

  #file(
    request: Request,
    name: string,
    { repo, commit, path }: { repo: HubRepo; commit: string; path: string },
  ): Delivery | Response {
    const isKnown = request.headers.has("authorization");
    if (repo.gated && !isKnown) return refuse(401, "GatedRepo");
    const body = bodyOf(repo, path);
    if (body === undefined) return refuse(404, "EntryNotFound");
    const headers = new Headers({ "x-repo-commit": commit, "accept-ranges": "bytes" });
    if (!isLarge(repo, path)) {
      headers.set("etag", `"${gitSha1(body)}"`);
      return ranged(request, body, headers);
    }
    headers.set("x-linked-etag", `"${sha256(body)}"`);
    headers.set("x-linked-size", String(body.length));
    const { port } = this.#storage.addr;
    headers.set("location", `http://127.0.0.1:${port}/${name}/${path}?X-Signature=secret`);
    return new Response(null, { status: 302, headers });
  }

  #onStorage(request: Request): Response {
    const path = this.#see(request, "storage");
    // Storage hosts refuse a request that carries both a signature and a token.
    if (request.headers.has("authorization")) return refuse(400, "");
    const [org, model, ...rest] = path.slice(1).split("/");
    const repo = this.#options.repos[`${org}/${model}`];
    const body = repo && bodyOf(repo, rest.join("/"));
    if (!body) return refuse(404, "");
    // An etag of the store's own kind, as S3 and CloudFront send.
    const headers = new Headers({ etag: `"store-${this.storeGeneration}"` });
    const whole = { status: 200, headers, body };
    const delivery = this.servesRanges ? ranged(request, body, headers) : whole;
    return this.#send(request, path, "storage", delivery);
  }
}

function refuse(status: number, code: string, message = ""): Response {
  const headers = { "x-error-code": code, "x-error-message": message };
  return Response.json({ error: message || code }, { status, headers });
}

function json(value: unknown): Delivery {
  const body = encoder.encode(JSON.stringify(value));
  return { status: 200, headers: new Headers({ "content-type": "application/json" }), body };
}

function isLarge(repo: HubRepo, path: string): boolean {
  return repo.isLarge?.(path) ?? /\.(safetensors|bin|h5|msgpack|onnx)$/.test(path);
}

function bodyOf(repo: HubRepo, path: string): Uint8Array<ArrayBuffer> | undefined {
  const content = Object.hasOwn(repo.files, path) ? repo.files[path] : undefined;
  return typeof content === "string" ? encoder.encode(content) : content;
}

function listing(repo: HubRepo): Record<string, unknown>[] {
  const paths = Object.keys(repo.files).sort();
  const folders = new Set(paths.flatMap((path) => path.includes("/") ? [path.split("/")[0]!] : []));
  const directories = [...folders].map((path) => ({
    type: "directory",
    oid: gitSha1(encoder.encode(path)),
    size: 0,
    path,
  }));
  const files = paths.map((path) => {
    const body = bodyOf(repo, path)!;
    const entry = { type: "file", oid: gitSha1(body), size: body.length, path };
    if (!isLarge(repo, path)) return entry;
    const pointer = encoder.encode(`version https://git-lfs.github.com/spec/v1\n${sha256(body)}`);
    const lfs = { oid: sha256(body), size: body.length, pointerSize: pointer.length };
    return { ...entry, oid: gitSha1(pointer), lfs };
  });
  return [...directories, ...files];
}

function ranged(request: Request, body: Uint8Array<ArrayBuffer>, headers: Headers): Delivery {
  const range = /^bytes=(\d+)-$/.exec(request.headers.get("range") ?? "");
  const ifRange = request.headers.get("if-range");
  if (!range || (ifRange !== null && ifRange !== headers.get("etag"))) {
    return { status: 200, headers, body };
  }
  const start = Number(range[1]);
  if (start >= body.length) {
    headers.set("content-range", `bytes */${body.length}`);
    return { status: 416, headers, body: new Uint8Array() };
  }
  headers.set("content-range", `bytes ${start}-${body.length - 1}/${body.length}`);
  return { status: 206, headers, body: body.slice(start) };
}
