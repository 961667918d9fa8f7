/**
 * Activations of a corpus, from a finished run of `activations`.
 *
 * @module
 */
import { formatShape, type HostArray } from "../../array.ts";
import { cannot, type NeuriteError } from "../../errors.ts";
import { type CorpusRows, readCorpusRows } from "../../model/corpus_rows.ts";
import { readFloat32 } from "../../store/format/elements.ts";
import { quote } from "../../store/format/quote.ts";
import { openRangeFile, type RangeFile } from "../../store/format/range_file.ts";
import type { SafetensorsFile } from "../../store/format/safetensors.ts";
import type { FinishedRun } from "../../store/run/read_run.ts";
import { readSourceRun } from "../../store/run/source_run.ts";
import { type Affine, dequantise } from "./affine.ts";
import {
  type Aggregation,
  AGGREGATIONS,
  type Precision,
  PRECISIONS,
  RESULT_TYPES,
  type TokenOutput,
} from "./layout.ts";
import { type Location, LOCATIONS } from "../location.ts";
import type { Neuron } from "../neurons.ts";

/** The script that makes such a run, and its command. */
export const ACTIVATIONS_RUN = {
  script: "universal_neurons/activations",
  command: "deno task un:activations",
} as const;

/** Elements that an array of the reader may have: a neuron of 4 billion tokens, 16 GiB as float32. */
const MAX_ELEMENTS = 2 ** 32;

interface Opened {
  readonly run: FinishedRun;
  readonly arrays: SafetensorsFile;
  readonly file: RangeFile;
  readonly corpus: CorpusRows;
  readonly neurons: readonly Neuron[];
  readonly affines: readonly Affine[];
}

/**
 * Activations on disk; only what is asked is read, one neuron at a time.
 *
 * Here `N` is B·T, or B where rows of tokens are aggregated.
 */
export class Activations implements AsyncDisposable {
  readonly #opened: Opened;
  /** The run that holds them, with its record. */
  readonly run: FinishedRun;
  /** The model's label, as its run named it. */
  readonly model: string;
  /** Where in the block they were read. */
  readonly location: Location;
  /** What was made of the positions of a row. */
  readonly aggregation: Aggregation;
  /** Bits of an activation on disk. */
  readonly precision: Precision;
  /** Which neurons, in the order of {@linkcode Activations.read}. */
  readonly neurons: readonly Neuron[];
  /** i32 `[B, T]`, the rows that were read. */
  readonly tokens: CorpusRows["tokens"];
  /** Part of the corpus of each row, where rows were labelled. */
  readonly subsets: CorpusRows["subsets"];

  /** Use {@linkcode openActivations}. */
  constructor(opened: Opened) {
    const { run, arrays, corpus, neurons } = opened;
    this.#opened = opened;
    this.run = run;
    this.model = arrays.metadata["model"] ?? "";
    this.location = oneOf(LOCATIONS, "location", arrays);
    this.aggregation = oneOf(AGGREGATIONS, "aggregation", arrays);
    this.precision = oneOf(PRECISIONS, "precision", arrays);
    this.neurons = neurons;
    this.tokens = corpus.tokens;
    this.subsets = corpus.subsets;
  }

  /**
   * All activations of a neuron, f32 `[N]`; 4 bytes a token.
   *
   * @param place in {@linkcode Activations.neurons}.
   * @throws {RangeError} when there is no such place; {NeuriteError} E-FILE-CORRUPT.
   */
  async read(place: number): Promise<Float32Array> {
    const { arrays, file, neurons, affines } = this.#opened;
    if (neurons[place] === undefined) {
      throw new RangeError(
        `Cannot read "neuron ${place}": of ${neurons.length}, expected a place among them`,
      );
    }
    const { position, shape, byteLength, dtype } = arrays.info("activations");
    const count = shape[1]!;
    const start = position + place * (byteLength / neurons.length);
    if (dtype !== "U8") return await readFloat32(file, { type: dtype, position: start, count });
    const bytes = new Uint8Array(count);
    await file.readInto(bytes, start);
    const values = new Float32Array(count);
    dequantise(bytes, affines[place]!, values);
    return values;
  }

  /** Cross-entropy of each next token in nats, f32 `[B, T]`; the last column is 0. */
  loss(): Promise<HostArray<Float32Array>> {
    return this.#output("loss");
  }

  /** Entropy of each next-token distribution in nats, f32 `[B, T]`. */
  entropy(): Promise<HostArray<Float32Array>> {
    return this.#output("entropy");
  }

  /** How many tokens have a larger logit than the next token, i32 `[B, T]`; the last column is 0. */
  rank(): Promise<HostArray<Int32Array>> {
    return this.#output("rank");
  }

  /** Closes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened.arrays.close();
    await this.#opened.file.close();
  }

  async #output<Data extends Float32Array | Int32Array>(
    name: TokenOutput,
  ): Promise<HostArray<Data>> {
    const { arrays, run } = this.#opened;
    const { shape } = this.tokens;
    if (!arrays.names().includes(name)) {
      throw cannot("E-FILE-MISSING", {
        do: `read the ${name} of`,
        thing: run.directory,
        is: `a run with --no-${name}`,
        expected: "one that has it",
        hint: `${ACTIVATIONS_RUN.command} without --no-${name}`,
      });
    }
    const array = await arrays.read(name);
    const wanted = name === "rank" ? Int32Array : Float32Array;
    if (array.data instanceof wanted && formatShape(array.shape) === formatShape(shape)) {
      return array as HostArray<Data>;
    }
    const is = `${array.data.constructor.name} ${formatShape(array.shape)} as ${name}`;
    throw damaged(arrays, is, `${wanted.name} ${formatShape(shape)}, as the tokens`);
  }
}

/**
 * Opens the activations that a finished run of `activations` wrote. It stands alone: model and corpus
 * are not needed.
 *
 * @param source the run's folder, or the run.
 * @throws {NeuriteError} E-FILE-MISSING when there is no such run, with the command that makes it;
 * E-FILE-CORRUPT when its files are not as they were written or do not fit each other; E-SAFETENSORS.
 *
 * @example Usage
 * ```ts
 * import { openReference } from "neurite/lib/device/reference/mod.ts";
 * import { loadModel } from "neurite/lib/model/model.ts";
 * import { cacheActivations } from "neurite/lib/neuron/cached/cache_activations.ts";
 * import { ACTIVATIONS_RUN, openActivations } from "neurite/lib/neuron/cached/open_activations.ts";
 * import { findModel } from "neurite/lib/model/find_model.ts";
 * import { openRun } from "neurite/lib/store/run/run_folder.ts";
 *
 * const folder = await Deno.makeTempDir();
 * {
 *   // What `deno task un:activations` does.
 *   const found = await findModel("tiny-gpt2-a");
 *   await using device = openReference();
 *   await using model = await loadModel(found.directory, device);
 *   const { script } = ACTIVATIONS_RUN;
 *   await using run = await openRun(folder, { script, options: {}, inputs: [] });
 *   await cacheActivations(run, {
 *     model: found,
 *     corpus: { tokens: { data: Int32Array.of(0, 262, 1151, 0, 5, 17), shape: [2, 3] } },
 *     request: {
 *       neurons: [{ layer: 3, neuron: 415 }, { layer: 0, neuron: 7 }],
 *       location: "mlp.hook_pre",
 *       aggregation: "none",
 *       precision: "16",
 *       outputs: ["loss", "entropy", "rank"],
 *     },
 *   }, { model: () => Promise.resolve(model) });
 *   await run.finish({ argv: [], options: {}, seeds: {} });
 * }
 *
 * await using cached = await openActivations(folder);
 * const place = cached.neurons.findIndex(({ layer, neuron }) => layer === 0 && neuron === 7);
 * const values = await cached.read(place); // [B·T]
 * const { data: loss, shape } = await cached.loss(); // [B, T], nats
 * if (values.length !== 6 || shape.join() !== "2,3" || loss[2] !== 0) throw new Error("unreachable");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function openActivations(source: string | FinishedRun): Promise<Activations> {
  const directory = typeof source === "string" ? source : source.directory;
  const run = await readSourceRun(directory, ACTIVATIONS_RUN);
  await using scope = new AsyncDisposableStack();
  const arrays = scope.use(await run.openArrays());
  const file = scope.use(await openRangeFile(arrays.path));
  const corpus = await readCorpusRows({ tokens: `${run.directory}/tokens.safetensors` }, []);
  const neurons = await readNeurons(arrays);
  checkActivations(arrays, corpus, neurons.length);
  const affines = await readAffines(arrays, neurons.length);
  const opened = new Activations({ run, arrays, file, corpus, neurons, affines });
  scope.move();
  return opened;
}

async function readNeurons(arrays: SafetensorsFile): Promise<Neuron[]> {
  const [layers, neurons] = await Promise.all(
    ["layer", "neuron"].map(async (name) => {
      const { data, shape } = await arrays.read(name);
      if (data instanceof Int32Array && shape.length === 1) return data;
      throw damaged(arrays, `${name} ${formatShape(shape)}`, "int32 [n]");
    }),
  );
  if (layers!.length !== neurons!.length || layers!.length === 0) {
    throw damaged(arrays, `${layers!.length} layers, ${neurons!.length} neurons`, "one of each");
  }
  return Array.from(layers!, (layer, i) => ({ layer, neuron: neurons![i]! }));
}

function checkActivations(arrays: SafetensorsFile, { tokens }: CorpusRows, n: number): void {
  const { dtype, shape } = arrays.info("activations");
  const [B, T] = tokens.shape as [number, number];
  const isAggregated = oneOf(AGGREGATIONS, "aggregation", arrays) !== "none";
  const wanted = [n, isAggregated ? B : B * T];
  const type = RESULT_TYPES[oneOf(PRECISIONS, "precision", arrays)];
  const fits = dtype === type && formatShape(shape) === formatShape(wanted);
  if (fits && wanted[1]! <= MAX_ELEMENTS) return;
  throw damaged(
    arrays,
    `activations ${dtype} ${formatShape(shape)}`,
    `${type} ${formatShape(wanted)} for its neurons and tokens`,
  );
}

async function readAffines(arrays: SafetensorsFile, n: number): Promise<Affine[]> {
  if (arrays.info("activations").dtype !== "U8") return [];
  const [scales, zeros] = await Promise.all(
    ["scale", "zero"].map(async (name) => {
      const { data } = await arrays.read(name);
      if (data instanceof Float64Array && data.length === n) return data;
      throw damaged(arrays, `${data.length} of ${name}`, `${n} in float64`);
    }),
  );
  return Array.from(scales!, (scale, i) => ({ scale, zero: zeros![i]! }));
}

function oneOf<const T extends string>(
  known: readonly T[],
  key: string,
  arrays: SafetensorsFile,
): T {
  const found = known.find((word) => word === arrays.metadata[key]);
  if (found !== undefined) return found;
  const is = quote(arrays.metadata[key] ?? "none");
  throw damaged(arrays, `${is} as ${key}`, `one of ${known.join(", ")}`);
}

function damaged({ path }: SafetensorsFile, is: string, expected: string): NeuriteError {
  return cannot("E-FILE-CORRUPT", {
    do: "read the activations of",
    thing: path,
    is,
    expected,
    hint: `run ${ACTIVATIONS_RUN.command} again`,
  });
}
