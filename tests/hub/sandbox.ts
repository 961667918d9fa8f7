/**
 * A server and an empty cache for one test, and models to put on the server.
 *
 * @module
 */
import type { FetchOptions } from "neurite/lib/store/hub/mod.ts";
import { type HubRepo, HubServer, type HubServerOptions } from "./hub_server.ts";

/** A server, a cache and the options that lead there and nowhere else. */
export interface Sandbox extends AsyncDisposable {
  hub: HubServer;
  cacheDir: string;
  options: FetchOptions & { cacheDir: string };
  /** What the fetch told people. */
  notes: string[];
}

/** Opens a sandbox; `await using` removes it. */
export async function openSandbox(server: HubServerOptions): Promise<Sandbox> {
  const cacheDir = await Deno.makeTempDir({ prefix: "neurite-hub-" });
  const hub = new HubServer(server);
  const notes: string[] = [];
  return {
    hub,
    cacheDir,
    notes,
    // All given, so that the machine's own environment does not reach the test.
    options: {
      endpoint: hub.endpoint,
      cacheDir,
      token: "",
      offline: false,
      symlinks: true,
      retryDelayMs: 1,
      onNote: (note) => notes.push(note),
    },
    async [Symbol.asyncDispose]() {
      await hub[Symbol.asyncDispose]();
      await Deno.remove(cacheDir, { recursive: true });
    },
  };
}

/** `count` bytes that differ from their neighbours. */
export function bytes(count: number, seed = 1): Uint8Array<ArrayBuffer> {
  const made = new Uint8Array(count);
  let state = seed >>> 0;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    made[i] = state >>> 24;
  }
  return made;
}

/** A small model as it lies on the Hub, with files nobody asked for around it. */
export function smallModel(weights: Uint8Array<ArrayBuffer> = bytes(50_000)): HubRepo {
  return {
    files: {
      ".gitattributes": "*.bin filter=lfs",
      "README.md": "# a model",
      "config.json": '{"model_type":"gpt2"}',
      "generation_config.json": "{}",
      "tokenizer.json": '{"model":{}}',
      "vocab.json": "{}",
      "merges.txt": "#version: 0.2",
      "model.safetensors": weights,
      "pytorch_model.bin": bytes(60_000, 2),
      "tf_model.h5": bytes(70_000, 3),
      "flax_model.msgpack": bytes(70_000, 4),
      "onnx/model.onnx": bytes(70_000, 5),
      "onnx/config.json": "{}",
    },
  };
}
