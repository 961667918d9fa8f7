/**
 * Small caches for tests, of an embedded model on the reference device.
 *
 * @module
 */
import { openReference } from "../../device/reference/mod.ts";
import { loadModel, type Model } from "../../model/model.ts";
import type { Tokens } from "../../model/tokens.ts";
import { openRun } from "../../store/run/run_folder.ts";
import { findModel, type FoundModel } from "../../model/find_model.ts";
import { cacheActivations, type CacheOptions } from "./cache_activations.ts";
import type { ActivationRequest } from "./layout.ts";
import { ACTIVATIONS_RUN } from "./open_activations.ts";
import type { ActivationSetup } from "./setup.ts";

/** A model on the reference device. */
export interface TestModel extends AsyncDisposable {
  readonly found: FoundModel;
  readonly model: Model;
}

/** Opens tiny-gpt2-a. */
export async function openTestModel(): Promise<TestModel> {
  await using scope = new AsyncDisposableStack();
  const found = await findModel("cache/models/tiny-gpt2-a");
  const device = scope.use(openReference());
  const model = scope.use(await loadModel(found.directory, device));
  const held = scope.move();
  return { found, model, [Symbol.asyncDispose]: () => held[Symbol.asyncDispose]() };
}

/** `[rows, T]` tokens without meaning. */
export function madeTokens(rows: number, T: number): Tokens {
  const data = Int32Array.from({ length: rows * T }, (_, i) => 1 + (i * 37 + (i >> 3)) % 4000);
  return { data, shape: [rows, T] };
}

/** Two neurons of two layers with all outputs, in float32. */
export const TWO_NEURONS: ActivationRequest = {
  neurons: [{ layer: 2, neuron: 511 }, { layer: 0, neuron: 7 }],
  location: "mlp.hook_pre",
  aggregation: "none",
  precision: "32",
  outputs: ["loss", "entropy", "rank"],
};

/** What a test's cache is made of. */
export interface MadeCache {
  readonly tokens: Tokens;
  /** In place of parts of {@linkcode TWO_NEURONS}. */
  readonly request?: Partial<ActivationRequest> | undefined;
  readonly setup?: Partial<ActivationSetup> | undefined;
  readonly options?: Omit<CacheOptions, "model"> | undefined;
  /** What decides the run's identity. @default {"test"} */
  readonly name?: string | undefined;
}

/** Writes a whole run, or goes on with one. */
export async function makeCache(
  folder: string,
  { found, model }: TestModel,
  { tokens, request, setup, options, name = "test" }: MadeCache,
): Promise<void> {
  const identity = { script: ACTIVATIONS_RUN.script, options: { name }, inputs: [] };
  await using run = await openRun(folder, identity);
  await cacheActivations(
    run,
    { model: found, corpus: { tokens }, request: { ...TWO_NEURONS, ...request }, ...setup },
    { model: () => Promise.resolve(model), ...options },
  );
  await run.finish({ argv: [], options: {}, seeds: {} });
}
