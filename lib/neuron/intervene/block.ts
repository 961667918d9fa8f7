/**
 * Every intervention on one block of rows.
 *
 * @module
 */
import type { Floats } from "../../array.ts";
import { DEFAULT_MEMORY } from "../../cli/common_options.ts";
import {
  FinalUpdates,
  mostPromptsHeld,
  type UpdateSpace,
  updateSpace,
} from "../../model/final/final_updates.ts";
import { runWithHooks } from "../../model/forward/forward.ts";
import { nextTokens } from "../../model/forward/head.ts";
import type { Model } from "../../model/model.ts";
import type { Tokens } from "../../model/tokens.ts";
import { nameOf, type Neuron } from "../neurons.ts";
import { changeWrite, outputMove } from "./change.ts";
import { type CleanRun, cleanRun, finalResidual } from "./clean_run.ts";
import type { NeuronSet } from "./neuron_sets.ts";
import type { Arm, InterventionBlock, InterventionRequest, Outcome } from "./request.ts";
import { TokenStatistics } from "./token_statistics.ts";

/** A set with what its neurons write. */
export interface PreparedSet {
  readonly place: number;
  /** Those of the earliest layer, whose outputs move by what the clean run tells. */
  readonly first: readonly Neuron[];
  /** Those of later layers, which are changed in the tail. */
  readonly later: readonly Neuron[];
  /** `[k, D]`, the rows of W_out of `first`. */
  readonly directions: Float32Array;
  /** Where all are in the last layer. */
  readonly space: UpdateSpace | undefined;
}

/** Positions whose base logits are held at a time. */
export function positionsHeld(model: Model, memory = DEFAULT_MEMORY): number {
  const most = Math.floor(memory / 4 / (4 * model.config.vocabSize));
  return Math.max(1, Math.min(mostPromptsHeld(model), most));
}

/** Reads what a set's neurons write. */
export async function prepareSet(
  model: Model,
  set: NeuronSet,
  place: number,
): Promise<PreparedSet> {
  const { dModel: D, nLayer } = model.config;
  const { layer } = set.neurons[0]!;
  const first = set.neurons.filter((neuron) => neuron.layer === layer);
  const whole = await model.weights.read(`blocks.${layer}.mlp.W_out`);
  const directions = new Float32Array(first.length * D);
  first.forEach(({ neuron }, k) => {
    directions.set(whole.subarray(neuron * D, (neuron + 1) * D), k * D);
  });
  const space = layer === nLayer - 1 ? await updateSpace(model, directions) : undefined;
  return { place, first, later: set.neurons.slice(first.length), directions, space };
}

/** All interventions on some rows. */
export class Block {
  readonly #model: Model;
  readonly #request: InterventionRequest;
  readonly #sets: readonly PreparedSet[];
  readonly #still: UpdateSpace;
  readonly #tokens: Tokens;
  readonly #targets: Int32Array;

  constructor(
    model: Model,
    { request, sets, still }: {
      request: InterventionRequest;
      sets: readonly PreparedSet[];
      still: UpdateSpace;
    },
    tokens: Tokens,
  ) {
    this.#model = model;
    this.#request = request;
    this.#sets = sets;
    this.#still = still;
    this.#tokens = tokens;
    this.#targets = nextTokens(tokens.data, tokens.shape[1]!);
  }

  async run(): Promise<Pick<InterventionBlock, "nominal" | "outcomes" | "activations">> {
    const { location, memory, signal } = this.#request;
    const tails = this.#sets.filter(({ space }) => space === undefined);
    const clean = await cleanRun(this.#model, this.#tokens, {
      neurons: this.#request.sets.flatMap(({ neurons }) => neurons),
      startLayers: [...new Set(tails.map(({ first }) => first[0]!.layer + 1))],
      ...{ location, memory, signal },
    });
    const nominal = this.#empty();
    const outcomes = this.#outcomes();
    await this.#eachPiece(clean.final, async (updates, [start, end]) => {
      const moved = this.#mover(updates, [start, end]);
      nominal.place(start, await moved(this.#still, new Float64Array()));
      for (const set of this.#sets) {
        if (!set.space) continue;
        const K = set.first.length;
        for (const change of this.#request.changes.keys()) {
          const moves = this.#moves(clean, set, change).subarray(start * K, end * K);
          for (const { arm, statistics } of chosen(outcomes, set, change)) {
            const scale = arm === "full" ? undefined : nominal.scale.slice(start, end);
            statistics.place(start, await moved(set.space, moves, scale));
          }
        }
      }
    });
    for (const set of tails) {
      for (const change of this.#request.changes.keys()) {
        const final = await this.#tail(clean, set, change);
        await this.#eachPiece(final, async (updates, [start, end]) => {
          const moved = this.#mover(updates, [start, end]);
          for (const { arm, statistics } of chosen(outcomes, set, change)) {
            const scale = arm === "full" ? undefined : nominal.scale.slice(start, end);
            statistics.place(start, await moved(this.#still, new Float64Array(), scale));
          }
        });
      }
    }
    return { nominal, outcomes, activations: clean.activations };
  }

  #empty(): TokenStatistics {
    const [rows, T] = this.#tokens.shape as [number, number];
    return new TokenStatistics(rows, T);
  }

  #outcomes(): Outcome[] {
    const { changes, frozen } = this.#request;
    const arms: Arm[] = frozen ? ["full", "frozen_scale"] : ["full"];
    return this.#sets.flatMap(({ place: set }) =>
      [...changes.keys()].flatMap((change) =>
        arms.map((arm) => ({ set, change, arm, statistics: this.#empty() }))
      )
    );
  }

  /** Holds the base logits of some final residuals `[N, D]` after others. */
  async #eachPiece(
    final: Floats,
    body: (updates: FinalUpdates, range: readonly [number, number]) => Promise<void>,
  ): Promise<void> {
    const { dModel: D } = this.#model.config;
    const N = final.length / D;
    const most = positionsHeld(this.#model, this.#request.memory);
    for (let start = 0; start < N; start += most) {
      const end = Math.min(N, start + most);
      using updates = await FinalUpdates.open(this.#model, final.subarray(start * D, end * D));
      await body(updates, [start, end]);
    }
  }

  #mover(updates: FinalUpdates, [start, end]: readonly [number, number]) {
    const targets = this.#targets.slice(start, end);
    return async (space: UpdateSpace, moves: Float64Array, scale?: Float64Array) => {
      // Lets a signal be heard: a device that computes in this thread never waits.
      if (this.#request.signal) await new Promise((resolve) => setTimeout(resolve));
      this.#request.signal?.throwIfAborted();
      return await updates.statistics(space, moves, { targets, scale });
    };
  }

  /** f64 `[N, k]`: how far the outputs of a set's first neurons move. */
  #moves({ activations }: CleanRun, { first }: PreparedSet, change: number): Float64Array {
    const { location, changes } = this.#request;
    const { gelu } = this.#model.config;
    const K = first.length;
    const moves = new Float64Array(K * this.#tokens.data.length);
    first.forEach((neuron, k) => {
      activations.get(nameOf(neuron))!.forEach((a, n) => {
        moves[n * K + k] = outputMove(a, changes[change]!, { location, gelu });
      });
    });
    return moves;
  }

  /** The final residual `[N, D]` after a change below the last layer. */
  async #tail(clean: CleanRun, set: PreparedSet, change: number): Promise<Floats> {
    const { location, changes, memory, signal } = this.#request;
    const { dModel: D } = this.#model.config;
    const startLayer = set.first[0]!.layer + 1;
    const { data, shape } = clean.entering.get(startLayer)!;
    const moves = this.#moves(clean, set, change);
    const K = set.first.length;
    const moved = data.slice();
    for (let n = 0; n < moves.length / K; n++) {
      for (let k = 0; k < K; k++) {
        const move = moves[n * K + k]!;
        for (let d = 0; d < D; d++) moved[n * D + d]! += move * set.directions[k * D + d]!;
      }
    }
    const layers = Map.groupBy(set.later, ({ layer }) => layer);
    const writes = [...layers].map(([layer, neurons]) =>
      changeWrite(changes[change]!, {
        ...{ layer, location },
        neurons: neurons.map(({ neuron }) => neuron),
      })
    );
    const last = finalResidual(this.#model.config);
    const residual = { data: moved, shape };
    const read = [last];
    const options = { startLayer, residual, writes, read, memory, signal };
    const after = await runWithHooks(this.#model, this.#tokens, options);
    return after[last]!.data as Floats;
  }
}

/** The outcomes of one change of one set, by arm. */
function chosen(outcomes: readonly Outcome[], { place }: PreparedSet, change: number): Outcome[] {
  return outcomes.filter((one) => one.set === place && one.change === change);
}
