/**
 * neurite's side of the forward benchmark: one function a measured call, as the harness needs it.
 *
 * @module
 */
import type { Device } from "../../lib/device/device.ts";
import { openOnnx } from "../../lib/device/onnx/mod.ts";
import { openReference } from "../../lib/device/reference/mod.ts";
import { openWebGpu } from "../../lib/device/webgpu/mod.ts";
import { runWithHooks } from "../../lib/model/forward/forward.ts";
import { loadModel } from "../../lib/model/model.ts";
import { integers } from "../random.ts";

/** What a measured forward pass keeps. */
export type Mode = "none" | "hook_post" | "last_logits";

/** A way to run neurite on this machine. */
export type Runtime = "native" | "wasm" | "webgpu" | "reference";

/** A loaded model: runs one forward pass over fresh seeded tokens. */
export interface Ours extends AsyncDisposable {
  /** Runtime, versions, threads. */
  readonly description: string;
  /** One pass; resolves when everything asked is on the host. */
  run(batch: number, positions: number, mode: Mode): Promise<void>;
}

function openDevice(runtime: Runtime, threads: number): Promise<Device> {
  switch (runtime) {
    case "native":
    case "wasm":
      return openOnnx({ runtime, threads });
    case "webgpu":
      return openWebGpu({ allowSoftware: true });
    case "reference":
      return Promise.resolve(openReference());
  }
}

/** What each mode reads. `none` ends where GPT2Model does: one array after the final layer norm. */
function readsOf(mode: Mode, layers: number): string[] {
  switch (mode) {
    case "none":
      return ["ln_final.hook_normalized"];
    case "hook_post":
      return Array.from({ length: layers }, (_, layer) => `blocks.${layer}.mlp.hook_post`);
    case "last_logits":
      return ["logits"];
  }
}

/** Loads a model directory on a runtime. */
export async function openOurs(
  directory: string,
  runtime: Runtime,
  threads: number,
): Promise<Ours> {
  const device = await openDevice(runtime, threads);
  const model = await loadModel(directory, device);
  const { vocabSize, nLayer } = model.config;
  let seed = 0;
  return {
    description: device.description,
    async run(batch, positions, mode) {
      const tokens = integers([batch, positions], seed++, vocabSize);
      const read = readsOf(mode, nLayer);
      const results = await runWithHooks(model, tokens, {
        read,
        positions: mode === "last_logits" ? "last" : "all",
      });
      for (const name of read) {
        if (!results[name]) throw new Error(`the pass did not return ${name}`);
      }
    },
    async [Symbol.asyncDispose]() {
      await model[Symbol.asyncDispose]();
      await device[Symbol.asyncDispose]();
    },
  };
}
