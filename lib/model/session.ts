/**
 * What every script begins with: a model found, a device chosen, the model loaded, all of it said.
 *
 * @module
 */
import { basename } from "node:path";
import { elementCount } from "../array.ts";
import { note, warn } from "../cli/log.ts";
import { startProgress } from "../cli/progress.ts";
import { formatBytes } from "../cli/sizes.ts";
import { type DeviceChoice, openDevice } from "../device/choose.ts";
import type { Device } from "../device/device.ts";
import type { GeluForm } from "../device/graph.ts";
import { resolveModel } from "../store/hub/mod.ts";
import { type InputFile, inputFile } from "../store/run/run_record.ts";
import { loadModel, type Model } from "./model.ts";
import { modelFiles } from "./model_files.ts";
import { type ForwardRun, reportWitness, witnessForward } from "./witness.ts";

/** What a session needs to know; the values of the scripts' options. */
export interface SessionOptions {
  /** Directory, Hub id, alias or embedded name. */
  model: string;
  /** @default {"auto"} */
  device?: DeviceChoice | undefined;
  /** Threads of the onnx device. */
  threads?: number | undefined;
  /** The GELU to compute with instead of the model's own. */
  gelu?: GeluForm | undefined;
}

/** A model found and a device open; the weights are loaded when they are first needed. */
export class Session implements AsyncDisposable {
  #model: Promise<Model> | undefined;
  #loaded: Model | undefined;

  /** Use {@linkcode openSession}. */
  constructor(
    readonly directory: string,
    readonly device: Device,
    /** The model as results name it: its alias or Hub id, or `./` and the directory's name. */
    readonly label: string,
    readonly gelu?: GeluForm | undefined,
  ) {}

  /** The model's files with their hashes, for a run's identity. */
  async inputs(): Promise<InputFile[]> {
    const files = await modelFiles(this.directory);
    return await Promise.all(files.map((path) => inputFile(`model/${basename(path)}`, path)));
  }

  /** The model on the device. Warns of weights that are not finite. */
  model(): Promise<Model> {
    return this.#model ??= loadAndTell(this).then((model) => this.#loaded = model);
  }

  /** The model once it is loaded, for what a record says of it; nothing is loaded for that. */
  get loaded(): Model | undefined {
    return this.#loaded;
  }

  /** `--witness`: recomputes `count` results of a run in float64 and says how far they are. */
  async witness(run: ForwardRun, asked: { count: number; seed: number }): Promise<void> {
    if (asked.count === 0) return;
    const { directory, gelu } = this;
    note(reportWitness(await witnessForward(directory, run, { ...asked, gelu })));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const model = await this.#model?.catch(() => undefined);
    await model?.[Symbol.asyncDispose]();
    await this.device[Symbol.asyncDispose]();
  }
}

/**
 * Opens a session and tells people on stderr which device was taken and why.
 *
 * @throws {NeuriteError} E-DEVICE, and what `resolveModel` throws; `model()` throws what
 * {@linkcode loadModel} throws.
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { device: choice = "auto", threads } = options;
  const { directory, origin } = await resolveModel(options.model);
  const { device, reason } = await openDevice(choice, { threads });
  note(`device ${device.description} (${reason})`);
  const label = origin === "directory" ? `./${basename(directory)}` : options.model;
  return new Session(directory, device, label, options.gelu);
}

async function loadWithProgress({ directory, device, gelu }: Session) {
  using progress = startProgress({ label: "loading", unit: "bytes" });
  const onProgress = (done: number, total: number) => progress.set(done, total);
  const model = await loadModel(directory, device, { gelu, onProgress });
  return { model, bytes: progress.done };
}

async function loadAndTell(session: Session): Promise<Model> {
  const { directory } = session;
  const { model, bytes } = await loadWithProgress(session);
  const { nLayer, nHead, dModel, vocabSize } = model.config;
  note(
    `model  ${directory}: ${nLayer} layers, ${nHead} heads, d_model ${dModel}, ` +
      `${vocabSize} tokens, ${formatBytes(bytes)} as float32`,
  );
  for (const [name, count] of model.nonFinite) {
    const all = elementCount(model.weights.shape(name));
    warn(
      `weight "${name}" holds NaN or infinity in ${count} of ${all} values; results will show it`,
    );
  }
  return model;
}
