/**
 * What every script begins with: a model found, a device chosen, the model loaded, all of it said.
 *
 * @module
 */
import { note, warn } from "../cli/log.ts";
import { startProgress } from "../cli/progress.ts";
import { formatBytes } from "../cli/sizes.ts";
import { type DeviceChoice, openDevice } from "../device/choose.ts";
import type { Device } from "../device/device.ts";
import { resolveModel } from "../store/hub.ts";
import { loadModel, type Model } from "./model.ts";

/** What a session needs to know; the values of the scripts' options. */
export interface SessionOptions {
  /** Directory, Hub id, alias or embedded name. */
  model: string;
  /** @default {"auto"} */
  device?: DeviceChoice | undefined;
  /** Threads of the onnx device. */
  threads?: number | undefined;
}

/** An open device with a model on it. */
export interface Session extends AsyncDisposable {
  readonly device: Device;
  readonly model: Model;
}

/**
 * Opens a session and tells people on stderr which device was taken and why, and warns of weights
 * that are not finite.
 *
 * @throws {NeuriteError} E-DEVICE, and what {@linkcode loadModel} throws.
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { device: choice = "auto", threads } = options;
  const { directory } = await resolveModel(options.model);
  const { device, reason } = await openDevice(choice, { threads });
  note(`device ${device.description} (${reason})`);
  try {
    const model = await loadWithProgress(directory, device);
    return {
      device,
      model,
      async [Symbol.asyncDispose]() {
        await model[Symbol.asyncDispose]();
        await device[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await device[Symbol.asyncDispose]();
    throw error;
  }
}

async function loadWithProgress(directory: string, device: Device): Promise<Model> {
  let progress: ReturnType<typeof startProgress> | undefined;
  let bytes = 0;
  const model = await loadModel(directory, device, {
    onProgress: (done, total) => {
      progress ??= startProgress({ label: "loading", total, unit: "bytes" });
      progress.set(bytes = done);
    },
  });
  progress?.[Symbol.dispose]();
  const { nLayer, nHead, dModel, vocabSize } = model.config;
  note(
    `model  ${directory}: ${nLayer} layers, ${nHead} heads, d_model ${dModel}, ` +
      `${vocabSize} tokens, ${formatBytes(bytes)}`,
  );
  for (const [name, count] of model.nonFinite) {
    warn(`weight "${name}" holds ${count} values that are NaN or infinite; results will show it`);
  }
  return model;
}
