import type { InferenceSession } from "onnxruntime-web";
import { formatShape, type HostArray } from "../../array.ts";
import { cannot } from "../../errors.ts";
import type { Device, DeviceArray, DeviceTensor, Tensors } from "../device.ts";
import type { Graph, Value } from "../graph.ts";
import { deviceFailure } from "./failures.ts";
import { HostTensor } from "./host_tensor.ts";
import type { Runtime } from "./runtime.ts";
import { SessionCache } from "./sessions.ts";
import { type Elements, runStage } from "./stage_runner.ts";
import {
  type ChunkLimits,
  cutStage,
  largestValueBytes,
  planStages,
  type Stage,
  type StageCut,
} from "./stages.ts";
import { translateStage } from "./translate.ts";

const MIB = 2 ** 20;

/** A session keeps the scratch memory of one chunk: about this many times its largest value. */
const SCRATCH_VALUES = 5;

/**
 * Scratch memory of the sessions kept: the one of the unembedding with those of single nodes, which
 * sweeps run in turn. The runtime holds up to twice what this counts.
 */
const SCRATCH_BYTES = 192 * MIB;

/**
 * How much a chunk of rows may hold. On one thread, a GPT-2-small block of 32 x 128 tokens in chunks of
 * 6 to 12 MiB takes 0.87 of the processor time of the whole batch at once, 0.76 under WebAssembly. Whole
 * rows of logits want more, because each chunk reads all of W_U; in pieces of the vocabulary, 490 rows
 * of GPT-2 small take 0.93 of the time of 140 whole ones.
 */
const CHUNK_LIMITS: ChunkLimits = {
  valueBytes: 12 * MIB,
  rowBytes: 1.5 * MIB,
  logitBytes: 32 * MIB,
};

const LATIN1 = new TextDecoder("latin1");

/** What a device is told besides its runtime. */
export interface OnnxDeviceOptions {
  /** Ends the description. */
  note?: string;
  /** How much a chunk of rows may hold. */
  limits?: ChunkLimits;
}

/** The device over ONNX Runtime. Tensors live in host memory; weights are inputs of every run. */
export class OnnxDevice implements Device {
  readonly name = "onnx";
  readonly description: string;
  readonly facts: Readonly<Record<string, string | number | boolean>>;
  readonly maxTensorBytes: number;
  readonly #runtime: Runtime;
  readonly #limits: ChunkLimits;
  readonly #sessions = new SessionCache(SCRATCH_BYTES);
  #last: Promise<unknown> = Promise.resolve();

  constructor(runtime: Runtime, { note = "", limits = CHUNK_LIMITS }: OnnxDeviceOptions = {}) {
    const { name, version, threads } = runtime;
    const plural = threads === 1 ? "thread" : "threads";
    this.#runtime = runtime;
    this.#limits = limits;
    this.description = `onnx: ONNX Runtime ${version} ${name}, ${threads} ${plural}${note}`;
    this.facts = { runtime: name, onnxruntime: version, threads };
    this.maxTensorBytes = runtime.maxTensorBytes;
  }

  upload({ data, shape }: HostArray<Float32Array | Int32Array>, label: string): DeviceTensor {
    return new HostTensor(data, shape, label);
  }

  async run(graph: Graph, inputs: Tensors): Promise<Tensors> {
    const values = new Map<number, Elements>();
    for (const [name, value] of graph.inputs) {
      values.set(value.id, given(name, value, inputs[name]));
    }
    const stages = planStages(graph);
    // One run at a time: a session released by the cache must not be running, and two runs would
    // only share the same cores.
    const turn = this.#last.then(() => this.#runStages(stages, values));
    this.#last = turn.catch(() => {});
    await turn;
    const ids = [...graph.inputs.values(), ...graph.outputs.values()].map(({ id }) => id);
    return Object.fromEntries(
      [...graph.outputs].map(([name, { id, shape }]) => {
        const isSole = ids.indexOf(id) === ids.lastIndexOf(id);
        return [name, new HostTensor(values.get(id)!, shape, name, isSole)];
      }),
    );
  }

  async #runStages(stages: readonly Stage[], values: Map<number, Elements>): Promise<void> {
    for (const stage of stages) {
      const models = new Map<number, Uint8Array>();
      const open = (part: Stage, cut: StageCut) => {
        const model = models.get(cut.units) ?? translateStage(part, cut);
        models.set(cut.units, model);
        return this.#open(model, SCRATCH_VALUES * largestValueBytes(part, cut));
      };
      try {
        const results = await runStage(this.#runtime, stage, {
          values,
          cut: cutStage(stage, this.#limits),
          open,
        });
        for (const [id, elements] of results) values.set(id, elements);
      } catch (cause) {
        throw deviceFailure("run", stage.nodes.map((node) => node.op).join(" "), cause);
      }
    }
  }

  /** Graphs that differ in their number of rows alone share the models of equal chunks. */
  #open(model: Uint8Array, scratchBytes: number): Promise<InferenceSession> {
    const key = LATIN1.decode(model);
    return this.#sessions.get(key, scratchBytes, () => this.#runtime.open(model));
  }

  read(tensors: readonly DeviceTensor[]): Promise<DeviceArray[]> {
    return Promise.resolve(tensors.map((tensor) => {
      const { data, shape } = tensor as HostTensor;
      return { data: data.slice(), shape } as DeviceArray;
    }));
  }

  take(tensors: readonly DeviceTensor[]): Promise<DeviceArray[]> {
    return Promise.resolve(tensors.map((tensor) => {
      const { data, shape, isSole } = tensor as HostTensor;
      tensor[Symbol.dispose]();
      return { data: isSole ? data : data.slice(), shape } as DeviceArray;
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#last;
    await this.#sessions[Symbol.asyncDispose]();
  }
}

function given(name: string, value: Value, tensor: DeviceTensor | undefined): Elements {
  const fits = tensor instanceof HostTensor && tensor.dtype === value.dtype &&
    formatShape(tensor.shape) === formatShape(value.shape);
  if (fits) return tensor.data;
  throw cannot("E-GRAPH", {
    do: "run with input",
    thing: name,
    is: tensor ? `${tensor.dtype} ${formatShape(tensor.shape)}` : "not given",
    expected: `${value.dtype} ${formatShape(value.shape)} of the onnx device`,
    hint: "check the tensors given to this run",
  });
}
