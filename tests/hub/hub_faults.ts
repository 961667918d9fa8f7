/**
 * What can go wrong between the Hub and us, asked for by a test.
 *
 * @module
 */

/** A body to be sent, before a fault has touched it. */
export interface Delivery {
  status: number;
  headers: Headers;
  body: Uint8Array<ArrayBuffer>;
}

/** What happens to an answer. */
export type Fault =
  /** The connection breaks after this many bytes of the body, which had announced its full length. */
  | { kind: "cut"; afterBytes: number }
  /** Silence after this many bytes. */
  | { kind: "stall"; afterBytes: number }
  /** Another status with a short body. */
  | { kind: "status"; status: number; headers?: Record<string, string> }
  /** One byte of the body is turned over. */
  | { kind: "wrongByte"; at: number }
  /** The body ends this many bytes early (or, negative, late) and says so in Content-Length. */
  | { kind: "shorter"; bytes: number }
  /** As `shorter`, without a Content-Length. */
  | { kind: "shorterChunked"; bytes: number }
  /** Headers are replaced. */
  | { kind: "headers"; headers: Record<string, string> };

/** The answer that goes out. `live` collects the streams that a shutdown must end. */
export function deliver(
  { status, headers, body }: Delivery,
  fault: Fault | undefined,
  live: Set<() => void>,
): Response {
  const answer = (sent: BodyInit | null) => new Response(sent, { status, headers });
  headers.set("content-length", String(body.length));
  switch (fault?.kind) {
    case undefined:
      return answer(body);
    case "status":
      return new Response("no", { status: fault.status, headers: fault.headers ?? {} });
    case "headers":
      for (const [name, value] of Object.entries(fault.headers)) headers.set(name, value);
      return answer(body);
    case "wrongByte": {
      const wrong = body.slice();
      wrong[fault.at]! ^= 1;
      return answer(wrong);
    }
    case "shorter": {
      const other = resized(body, fault.bytes);
      headers.set("content-length", String(other.length));
      return answer(other);
    }
    case "shorterChunked": {
      headers.delete("content-length");
      const other = resized(body, fault.bytes);
      return answer(ReadableStream.from([other]));
    }
    case "cut":
    case "stall":
      return answer(broken(body.subarray(0, fault.afterBytes), fault.kind, live));
  }
}

function resized(body: Uint8Array, fewer: number): Uint8Array<ArrayBuffer> {
  const other = new Uint8Array(body.length - fewer);
  other.set(body.subarray(0, other.length));
  return other;
}

function broken(start: Uint8Array, kind: "cut" | "stall", live: Set<() => void>): ReadableStream {
  let isSent = start.length === 0;
  return new ReadableStream({
    async pull(controller) {
      if (!isSent) {
        isSent = true;
        controller.enqueue(start);
        return;
      }
      // The bytes before the cut must have left, or the client sees none of them.
      if (kind === "cut") await new Promise((done) => setTimeout(done, 20));
      else {
        await new Promise<void>((done) => {
          live.add(done);
        });
      }
      controller.error(new Error("cut by the test"));
    },
    cancel() {
      for (const end of live) end();
    },
  });
}
