/**
 * Running one stage: chunk by chunk, the results in one array each.
 *
 * @module
 */
import type { InferenceSession, Tensor } from "onnxruntime-web";
import { elementCount } from "../../array.ts";
import type { Value } from "../graph.ts";
import { modelName, type Piece } from "./pieces.ts";
import { RUN_OPTIONS, type Runtime } from "./runtime.ts";
import { inputsInChunk, shapeInChunk, type Stage, type StageCut } from "./stages.ts";

/** The elements of a value. */
export type Elements = Float32Array | Int32Array;

/** Compiles a stage for chunks of one size. */
export type OpenStage = (stage: Stage, cut: StageCut) => Promise<InferenceSession>;

/** A chunk, and where it begins in units of its stage. */
interface Chunk extends StageCut {
  readonly start: number;
}

function partOf(stage: Stage, value: Value, data: Elements, chunk: Chunk): Elements {
  if (!stage.split.cut.has(value.id)) return data;
  const size = elementCount(value.shape) / stage.split.units;
  return data.subarray(chunk.start * size, (chunk.start + chunk.units) * size);
}

/** Runs a stage on values by id and returns its outputs by id. */
export async function runStage(
  runtime: Runtime,
  stage: Stage,
  { values, cut, open }: {
    values: ReadonlyMap<number, Elements>;
    cut: StageCut;
    open: OpenStage;
  },
): Promise<Map<number, Elements>> {
  const results = new Map<number, Elements>(
    stage.outputs.map((value) => [value.id, new Float32Array(elementCount(value.shape))]),
  );
  const output = (value: Value, chunk: Chunk): [string, Tensor] => [
    modelName(value),
    runtime.tensor(
      partOf(stage, value, results.get(value.id)!, chunk),
      shapeInChunk(stage, value, chunk.units),
    ),
  ];
  const total = stage.split.units;
  for (let start = 0; start < total; start += cut.units) {
    const chunk = { start, units: Math.min(cut.units, total - start), pieces: cut.pieces };
    const session = await open(stage, chunk);
    const feeds = Object.fromEntries(stage.inputs.flatMap((value) => {
      const data = partOf(stage, value, values.get(value.id)!, chunk);
      return inputsInChunk(stage, value, chunk).map((piece) => pieceTensor(runtime, data, piece));
    }));
    if (runtime.writesInPlace) {
      const fetches = Object.fromEntries(stage.outputs.map((value) => output(value, chunk)));
      await session.run(feeds, fetches, RUN_OPTIONS);
    } else {
      const given = await session.run(feeds, RUN_OPTIONS);
      for (const value of stage.outputs) {
        const { data } = given[modelName(value)]!;
        partOf(stage, value, results.get(value.id)!, chunk).set(data as Float32Array);
      }
    }
  }
  return results;
}

function pieceTensor(
  runtime: Runtime,
  data: Elements,
  { name, start, shape }: Piece,
): [string, Tensor] {
  const from = start * elementCount(shape.slice(1));
  return [name, runtime.tensor(data.subarray(from, from + elementCount(shape)), shape)];
}
