/**
 * Running one stage: chunk by chunk, the results in one array each.
 *
 * @module
 */
import type { InferenceSession, Tensor } from "onnxruntime-web";
import { elementCount } from "../../array.ts";
import type { Value } from "../graph.ts";
import { RUN_OPTIONS, type Runtime } from "./runtime.ts";
import { shapeInChunk, type Stage } from "./stages.ts";
import { modelName } from "./translate.ts";

/** The elements of a value. */
export type Elements = Float32Array | Int32Array;

/** Compiles a stage for chunks of so many units. */
export type OpenStage = (stage: Stage, units: number) => Promise<InferenceSession>;

/** Where a chunk begins and how long it is, in units of its stage. */
interface Chunk {
  readonly start: number;
  readonly units: number;
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
  { values, units, open }: {
    values: ReadonlyMap<number, Elements>;
    units: number;
    open: OpenStage;
  },
): Promise<Map<number, Elements>> {
  const results = new Map<number, Elements>(
    stage.outputs.map((value) => [value.id, new Float32Array(elementCount(value.shape))]),
  );
  const tensors = (some: readonly Value[], from: ReadonlyMap<number, Elements>, chunk: Chunk) =>
    Object.fromEntries(some.map((value): [string, Tensor] => [
      modelName(value),
      runtime.tensor(
        partOf(stage, value, from.get(value.id)!, chunk),
        shapeInChunk(stage, value, chunk.units),
      ),
    ]));
  const total = stage.split.units;
  for (let start = 0; start < total; start += units) {
    const chunk = { start, units: Math.min(units, total - start) };
    const session = await open(stage, chunk.units);
    const feeds = tensors(stage.inputs, values, chunk);
    if (runtime.writesInPlace) {
      await session.run(feeds, tensors(stage.outputs, results, chunk), RUN_OPTIONS);
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
